"""QR codes that lead to the account (protocol: further calls)."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from typing import Any, Final

from wxevents.emulator.api.endpoints import Answer, Arguments, Endpoint, is_number
from wxevents.emulator.refusals import Refusal

MAX_SECONDS: Final = 2_592_000
DEFAULT_SECONDS: Final = 60  # as the platform's page has it
MAX_SCENE_CHARACTERS: Final = 64

# The largest scene_id; None for the actions that take a scene_str.
_ACTIONS: Final[Mapping[str, int | None]] = {
    "QR_SCENE": 2**32 - 1,
    "QR_STR_SCENE": None,
    "QR_LIMIT_SCENE": 100_000,
    "QR_LIMIT_STR_SCENE": None,
}


def create(arguments: Arguments) -> Answer:
    """The ticket is the one that is pushed when somebody scans this scene."""
    given = arguments.json()
    action = given.get("action_name")
    if not isinstance(action, str) or action not in _ACTIONS:
        raise Refusal(40052)
    scene = _judged_scene(given.get("action_info"), _ACTIONS[action])
    ticket = f"gQ{secrets.token_urlsafe(60)}"
    answer: dict[str, object] = {"ticket": ticket}
    if "LIMIT" not in action:
        seconds = given.get("expire_seconds", DEFAULT_SECONDS)
        if not _is_within(seconds, MAX_SECONDS):
            raise Refusal(40097)
        answer["expire_seconds"] = seconds
    arguments.account.tickets[scene] = ticket
    return answer | {"url": f"http://weixin.qq.com/q/{secrets.token_urlsafe(15)}"}


def _judged_scene(action_info: Any, largest: int | None) -> str:
    """A number for the actions that take one, else a text of 1 to 64 characters; gives its text."""
    scene = action_info.get("scene") if isinstance(action_info, dict) else None
    if not isinstance(scene, dict):
        raise Refusal(40053)
    if largest is None:
        text = scene.get("scene_str")
        fits = isinstance(text, str) and 1 <= len(text) <= MAX_SCENE_CHARACTERS
    else:
        fits = _is_within(scene.get("scene_id"), largest)
    if not fits:
        raise Refusal(40053)
    return str(scene["scene_str" if largest is None else "scene_id"])


def _is_within(value: Any, largest: int) -> bool:
    return is_number(value) and 1 <= value <= largest


ENDPOINTS: Final = (Endpoint("/cgi-bin/qrcode/create", "POST", create),)
