"""`python -m wxevents` is the `wxevents` command."""

from __future__ import annotations

import sys


def main() -> None:
    """The command. Ctrl-C ends it without a traceback, also while its modules are imported."""
    try:
        from wxevents.cli import app

        app(prog_name="wxevents")
    except KeyboardInterrupt:
        sys.exit(130)


if __name__ == "__main__":
    main()
