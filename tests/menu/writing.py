"""Menu files as tests write them, and the findings in them as tests read them."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import pytest

from wxevents.errors import MenuError
from wxevents.menu import ClickButton, Finding, MenuSet

PAGES = Path(__file__).parents[1] / "emulator" / "api" / "pages"
CLICK = ClickButton("今日歌曲", "V1001_TODAY_MUSIC")


def page(name: str) -> Any:
    """An example of the platform's pages."""
    return json.loads((PAGES / f"{name}.json").read_text("utf-8"))


def here() -> str:
    """The place of the call, as a button knows it."""
    caller = sys._getframe(1)
    path = Path(caller.f_code.co_filename)
    path = path.relative_to(Path.cwd()) if path.is_relative_to(Path.cwd()) else path
    return f"{path.as_posix()}:{caller.f_lineno}"


class Writer:
    """Writes files into a folder, and reads menus from them."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def __call__(self, name: str, text: str | bytes) -> Path:
        content = text if isinstance(text, bytes) else text.encode()
        (self._folder / name).parent.mkdir(parents=True, exist_ok=True)
        (self._folder / name).write_bytes(content)
        return Path(name)

    def menus(self, name: str, text: str | bytes) -> MenuSet:
        return MenuSet.from_file(self(name, text))

    def findings(self, name: str, text: str | bytes) -> list[Finding]:
        """What the file is refused for."""
        path = self(name, text)
        with pytest.raises(MenuError) as refused:
            MenuSet.from_file(path)
        assert str(refused.value) == "\n".join(map(str, refused.value.findings))
        return [one for one in refused.value.findings if isinstance(one, Finding)]

    def refusal(self, name: str, text: str | bytes) -> str:
        """The one reason for which the file is refused."""
        (finding,) = self.findings(name, text)
        return str(finding)
