"""Menus as the text of a file that people read, edit and publish again."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from wxevents.errors import MenuError
from wxevents.menu.buttons import Button, ClickButton, SubMenu, button_body
from wxevents.menu.files import write_json
from wxevents.menu.findings import Finding, join
from wxevents.menu.limits import PLATFORMS
from wxevents.menu.menus import MatchRule, Menu, MenuSet
from wxevents.menu.replying import reply_body

RETIRED: Final = "retired: nobody sees this menu, and the platform takes it no more (65320)"


def file_text(menus: MenuSet, path: Path, tags: Mapping[str, str] | None = None) -> str:
    """The menus as YAML or JSON, whichever the path ends in; `tags` names tags by id in comments.

    Raises MenuError for another ending, and for a reply that a file cannot have. Keys have to be
    text by now.
    """
    body: dict[str, Any] = {"button": _buttons(menus.menu)}
    comments: dict[str, str] = {}
    if menus.conditional:
        body["conditionalmenu"] = [
            {"matchrule": _rule(one.match), "button": _buttons(one.menu)}
            for one in menus.conditional
        ]
    for index, one in enumerate(menus.conditional):
        rule = f"conditionalmenu[{index}].matchrule"
        if one.match.tag_id in (tags or {}):
            comments[join(rule, "tag_id")] = (tags or {})[one.match.tag_id]
        comments |= {join(rule, name): RETIRED for name in one.match.retired}
    if path.suffix.lower() in (".yaml", ".yml"):
        from wxevents.menu.yaml import write_yaml  # slow, and wanted for such files only

        return write_yaml(body, comments)
    if path.suffix.lower() == ".json":
        return write_json(body)
    raise MenuError(
        [Finding("", "menus are written as .yaml, .yml or .json", place=path.as_posix())]
    )


def _buttons(menu: Menu) -> list[dict[str, Any]]:
    return [_button(one) for one in menu.button]


def _button(button: Button | SubMenu) -> dict[str, Any]:
    if isinstance(button, SubMenu):
        return {"name": button.name, "sub_button": [_button(one) for one in button.sub_button]}
    body = button_body(button)
    if isinstance(button, ClickButton) and button.reply is not None:
        body["reply"] = reply_body(button.reply)
    return body


def _rule(rule: MatchRule) -> dict[str, str]:
    body = {"tag": rule.tag} if rule.tag else {}
    body |= rule.body()
    platform = rule.client_platform_type
    if platform in PLATFORMS:
        body["client_platform_type"] = PLATFORMS[platform]
    return body
