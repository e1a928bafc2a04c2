"""What a reader has before the first command."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import sysconfig
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from tests.docs.pages import ROOT

# Those that the pages show: the bot's, that of its metrics, and the phone's.
_PORTS: Final = (8080, 8081, 8090)
_LEFT_OUT: Final = shutil.ignore_patterns(
    ".git", ".*_cache", ".hypothesis", ".wxevents", ".venv", ".coverage*", "__pycache__", "build"
)


def clean_environ() -> dict[str, str]:
    """The environment without anybody's settings, and without an active virtual environment."""
    dropped = ("WXEVENTS_", "VIRTUAL_ENV", "PYTHON", "PYTEST_", "COVERAGE_", "COV_")
    environ = {name: value for name, value in os.environ.items() if not name.startswith(dropped)}
    own = sysconfig.get_path("scripts")
    path = [one for one in environ["PATH"].split(os.pathsep) if one != own]
    # Neither the width nor the colours of somebody's terminal.
    return environ | {
        "PATH": os.pathsep.join(path),
        "PYTHONIOENCODING": "utf-8",
        "NO_COLOR": "1",
        "TERM": "dumb",
        "COLUMNS": "200",
    }


def beside_a_checkout(folder: Path) -> dict[str, str]:
    """A folder with a copy of this checkout in it; the environment knows only Python."""
    shutil.copytree(ROOT, folder / "wxevents", ignore=_LEFT_OUT)
    # `python3` of the system may be older than what runs the tests.
    programs = folder.with_name(f"{folder.name}-programs")
    programs.mkdir()
    (programs / "python3").symlink_to(Path(sys.base_prefix) / "bin" / Path(sys.executable).name)
    environ = clean_environ()
    return environ | {"PATH": f"{programs}{os.pathsep}{environ['PATH']}"}


def installed(folder: Path) -> dict[str, str]:
    """A virtual environment that has what the tests have; what a page installs besides stays in it.
    Gives the environment in which it is active."""
    subprocess.run([sys.executable, "-m", "venv", folder], check=True)
    variables = {"base": str(folder), "platbase": str(folder)}
    packages = Path(sysconfig.get_path("purelib", vars=variables))
    (packages / "of_the_tests.pth").write_text(
        "".join(f"import site; site.addsitedir({one!r})\n" for one in _own_packages()), "utf-8"
    )
    environ = clean_environ()
    scripts = [str(folder / "bin"), sysconfig.get_path("scripts")]
    return environ | {
        "PATH": os.pathsep.join((*scripts, environ["PATH"])),
        "VIRTUAL_ENV": str(folder),
    }


def _own_packages() -> list[str]:
    return sorted({sysconfig.get_path("purelib"), sysconfig.get_path("platlib")})


@contextmanager
def ports_of_the_pages() -> Iterator[None]:
    """The ports are this session's alone; AssertionError where another program has them."""
    import fcntl  # Windows has none, and the rest of this module may be imported there

    lock = Path(tempfile.gettempdir()) / "wxevents-pages.lock"
    with lock.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        for port in _PORTS:
            with socket.socket() as probe:
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                try:
                    probe.bind(("127.0.0.1", port))
                except OSError as error:
                    raise AssertionError(
                        f"port {port} is taken ({error.strerror}), and the pages serve there: end "
                        "what listens, such as a `wxevents dev` of yours"
                    ) from error
        yield
