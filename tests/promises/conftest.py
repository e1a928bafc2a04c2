from __future__ import annotations

import sys

# No lasting store, no fork and no SIGKILL there.
collect_ignore_glob = ["test_*.py"] if sys.platform == "win32" else []
