"""A push as something to paste: a `wxevents push` command, and a line of a test."""

from __future__ import annotations

import copy
import shlex
from collections.abc import Iterator
from typing import Any, Final

from wxevents.emulator.records import OWN_ELEMENTS, PushOutcome
from wxevents.errors import PushError
from wxevents.pushes import FOLLOWER, compose, set_field
from wxevents.pushes.posting import DEFAULT_URL
from wxevents.xml import Fields

_KEYED: Final = {"text": "Content"}


def command(fields: Fields, webhook: str | None) -> str:
    """The command that sends the same push to the same bot."""
    name, key = _name_and_key(fields)
    shown = "text" if name == "text" else name if name == "LOCATION" else name.lower()
    words = ["wxevents", "push", shown]
    for path, value in _differing(fields, name, key):
        words += ["--set", f"{path}={value}"]
    if fields["FromUserName"] != FOLLOWER:
        words += ["--openid", fields["FromUserName"]]
    if webhook not in (None, DEFAULT_URL):
        words += ["--url", webhook]
    if key:
        # Behind two dashes, a key that begins with one is no option.
        words[3:3] = [key] if not key.startswith("-") else []
        words += ["--", key] if key.startswith("-") else []
    return shlex.join(words)


def test(fields: Fields, outcome: PushOutcome, answer: Fields | None) -> str:
    """The lines of a test with the fixture `phone` that sends the same and expects the same."""
    openid = fields["FromUserName"]
    phone = "phone" if openid == FOLLOWER else f"Phone(phone.bot, {_quoted(openid)})"
    call = f"await {phone}.{_phone_call(fields)}"
    if outcome == "outage":
        return f"with pytest.raises(AnswerError):\n    {call}"
    if outcome == "empty":
        return f"assert {call} is None"
    if answer is None:
        return call
    if answer.get("MsgType") == "text":
        return f"assert {call} == TextReply({_quoted(answer['Content'])})"
    return f"assert ({call}).msg_type == {_quoted(str(answer.get('MsgType')))}"


def _phone_call(fields: Fields) -> str:
    name, key = _name_and_key(fields)
    elements = dict(_differing(fields, name, key))
    simple = {
        "CLICK": "click",
        "VIEW": "view",
        "view_miniprogram": "view_miniprogram",
        "text": "say",
        "SCAN": "scan_scene",
    }
    if name in simple and key and not (elements.keys() - {"MenuId"}):
        return f"{simple[name]}({_quoted(key)})"
    try:
        if name.startswith("scancode_"):
            return _scan_call(fields, name, key or "")
        if name.startswith("pic_"):
            return _photos_call(fields, name, key or "")
        if name == "location_select":
            return _place_call(fields, key or "")
    except (KeyError, TypeError, AttributeError):
        pass  # somebody composed it with other elements than the platform's
    if name == "subscribe":
        return f"subscribe({_quoted(key)})" if key else "subscribe()"
    if name == "unsubscribe":
        return "unsubscribe()"
    arguments = [_quoted(name), *([_quoted(key)] if key else [])]
    if elements:
        pairs = ", ".join(f"{_quoted(path)}: {value!r}" for path, value in elements.items())
        arguments += [*([] if key else ["None"]), f"{{{pairs}}}"]
    return f"push({', '.join(arguments)})"


def _scan_call(fields: Fields, name: str, key: str) -> str:
    info = fields["ScanCodeInfo"]
    result, more = info["ScanResult"], ""
    if info["ScanType"] == "barcode" and "," in result:
        symbology, _, result = result.partition(",")
        more = f", symbology={_quoted(symbology)}"
    wait = "" if name == "scancode_waitmsg" else ", wait=False"
    return f"scan({_quoted(key)}, {_quoted(result)}{more}{wait})"


def _photos_call(fields: Fields, name: str, key: str) -> str:
    pictures = fields["SendPicsInfo"]["PicList"]
    lists = pictures if isinstance(pictures, list) else [pictures] if pictures else []
    sums = [_quoted(item["PicMd5Sum"]) for one in lists for item in one["item"]]
    return f"photos({', '.join([_quoted(key), *sums])}, button={_quoted(name)})"


def _place_call(fields: Fields, key: str) -> str:
    place = fields["SendLocationInfo"]
    where = f"{place['Location_X']}, {place['Location_Y']}"
    label, poiname = _quoted(place["Label"]), _quoted(place["Poiname"])
    return f"locate({_quoted(key)}, {where}, {label}, {poiname})"


def _name_and_key(fields: Fields) -> tuple[str, str | None]:
    name = str(fields.get("Event") or fields["MsgType"])
    if name in _KEYED:
        return name, str(fields.get(_KEYED[name], ""))
    key = fields.get("EventKey")
    if name == "subscribe" and key:
        key = str(key).removeprefix("qrscene_")
    return name, str(key) if key is not None else None


def _differing(fields: Fields, name: str, key: str | None) -> Iterator[tuple[str, Any]]:
    """The elements, by path, that `compose` would not give by itself."""
    try:
        sample = compose(name, key or None, create_time=0)
    except PushError:  # a message that has no key
        sample = compose(name, create_time=0)
    for path, value in _leaves(fields):
        top = path.partition(".")[0]
        if top in OWN_ELEMENTS or (name, top) in _KEYED.items():
            continue
        if path == "SendPicsInfo.Count" and value:
            continue  # of the pictures only the sample's one can be set
        if _at(sample, path) != value and _can_be_set(sample, path):
            yield path, value
    for element in sample.keys() - fields.keys() - OWN_ELEMENTS:
        yield element, ""


def _can_be_set(sample: Fields, path: str) -> bool:
    try:
        set_field(copy.deepcopy(sample), path, "")
    except PushError:  # behind the sample's last entry of a list
        return False
    return True


def _leaves(value: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    """Texts and numbers by path."""
    if isinstance(value, dict):
        for name, item in value.items():
            yield from _leaves(item, f"{path}.{name}" if path else name)
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from _leaves(item, f"{path}.{index}")
    else:
        yield path, value


def _at(value: Any, path: str) -> Any:
    for part in path.split("."):
        if isinstance(value, dict):
            value = value.get(part)
        elif isinstance(value, list):
            value = value[int(part)] if int(part) < len(value) else None
        else:
            return None
    return value


def _quoted(text: str) -> str:
    """A Python literal in double quotes."""
    literal = repr(text)
    if literal.startswith('"'):
        return literal
    return '"' + literal[1:-1].replace('"', '\\"').replace("\\'", "'") + '"'
