"""From the files below `files/` to those of a project.

All of them end in `.txt`, which is taken off: so pytest, ruff, mypy and git do not take them for
their own here, where nothing stands around them yet.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from importlib.metadata import version
from pathlib import Path, PurePosixPath
from typing import Final, Literal, TypeAlias

from wxevents.settings import PREFIX

Language: TypeAlias = Literal["en", "zh"]

_FILES: Final = Path(__file__).parent / "files"
_SUFFIX: Final = ".txt"
_EXAMPLE: Final = PurePosixPath(".env.example")
DOTENV: Final = PurePosixPath(".env")


def project_files(
    language: Language, name: str, account: Mapping[str, str]
) -> dict[PurePosixPath, str]:
    """The text of every file, under its path in the project; `.env` only if there are values of an
    account."""
    # A local part of the version, as a build may have one, is none for `>=`.
    words = {"name": name, "version": version("wxevents").partition("+")[0]}
    files = {
        PurePosixPath(str(path).replace("NAME", name)): _filled_in(text, words)
        for source in ("both", language)
        for path, text in _templates(_FILES / source).items()
    }
    if account:
        files[DOTENV] = _with_values(files[_EXAMPLE], account)
    return dict(sorted(files.items()))


def _templates(source: Path) -> dict[PurePosixPath, str]:
    return {
        PurePosixPath(path.relative_to(source).as_posix().removesuffix(_SUFFIX)): path.read_text(
            "utf-8"
        )
        for path in source.rglob(f"*{_SUFFIX}")
    }


def _filled_in(text: str, words: Mapping[str, str]) -> str:
    return re.sub(r"\{\{(\w+)\}\}", lambda place: words[place[1]], text)


def _with_values(example: str, account: Mapping[str, str]) -> str:
    for name, value in account.items():
        line = f"{PREFIX}{name.upper()}="
        example = re.sub(f"^{line}.*$", f"{line}{value}", example, flags=re.MULTILINE)
    return example
