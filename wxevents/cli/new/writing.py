"""Writing a project: all of it, or nothing."""

from __future__ import annotations

import os
from collections.abc import Mapping
from contextlib import ExitStack
from pathlib import Path, PurePosixPath

from wxevents.cli.new.templates import DOTENV


def write_files(folder: Path, files: Mapping[PurePosixPath, str]) -> None:
    """Write them below `folder`, which is made if need be. What fails midway, or is interrupted,
    takes back what it wrote. Raises OSError; a file that is there already stays, and is one."""
    with ExitStack() as undoing:
        for path, text in files.items():
            file = folder / path
            _make_folder(file.parent, undoing)
            mode = 0o600 if path == DOTENV else 0o666  # secrets are nobody else's from the start
            descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
            undoing.callback(file.unlink)
            with os.fdopen(descriptor, "w", encoding="utf-8", newline="\n") as stream:
                stream.write(text)
        undoing.pop_all()


def _make_folder(folder: Path, undoing: ExitStack) -> None:
    if folder.is_dir():
        return
    _make_folder(folder.parent, undoing)
    folder.mkdir()
    undoing.callback(folder.rmdir)
