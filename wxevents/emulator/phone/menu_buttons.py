"""The buttons of the menu that a phone shows: found, and those that need no bot served."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from wxevents.emulator.requests import WrongRequest
from wxevents.emulator.state.account import Account
from wxevents.emulator.state.links import segments
from wxevents.emulator.state.media import article_card
from wxevents.emulator.state.samples import fresh_sample

Json = Mapping[str, Any]

_NOTHING_THERE: Final = "the account has nothing under this id any more"


def find_button(buttons: Sequence[Json], where: Mapping[str, Any]) -> Json:
    """The button at `path` ([1, 2]: the third of the second column), or the first one with this
    `key` or `name`. Raises WrongRequest."""
    if "path" in where:
        return _at(buttons, where["path"])
    name, wanted = next(((name, where[name]) for name in ("key", "name") if name in where), ("", 0))
    if not name:
        raise WrongRequest("which button? Give its path, key or name")
    for button in _leaves(buttons):
        if button.get(name) == wanted:
            return button
    shown = ", ".join(str(button[name]) for button in _leaves(buttons) if name in button)
    it_shows = f"it shows {shown}" if shown else "it shows none"
    raise WrongRequest(f"no button that can be tapped has the {name} {wanted!r}; {it_shows}")


def show_material(account: Account, openid: str, button: Json) -> Json:
    """Serve a button whose material the platform itself delivers; gives what the phone did."""
    kind = str(button.get("type"))
    match kind:
        case "media_id" | "view_limited":
            return _show_material(account, openid, kind, str(button["media_id"]))
        case "article_id" | "article_view_limited":
            articles = account.media.articles.get(str(button["article_id"]), ())
            return _show_articles(account, openid, articles, opens=kind != "article_id")
        case "text":
            text = {"segments": segments(str(button.get("value", "")))}
            account.chats.from_account(openid, "text", text, "menu")
        case "news":
            listed = button.get("news_info", {}).get("list", [])
            return _show_articles(account, openid, listed, opens=False)
        case "img" | "photo" | "voice":
            media = fresh_sample(kind, account.media)
            content = {"media_id": media.media_id, "url": media.url}
            account.chats.from_account(openid, media.kind, content, "menu")
        case "video":
            content = {"media_id": "", "url": str(button.get("value", ""))}
            account.chats.from_account(openid, "video", content, "menu")
        case _:
            raise WrongRequest(f"{button.get('name')!r} has sub-buttons: tap one of them")
    return {"kind": "delivered"}


def _show_material(account: Account, openid: str, kind: str, media_id: str) -> Json:
    material = account.media.permanent(media_id)
    if material is None:
        account.chats.from_system(openid, "notice", {"text": _NOTHING_THERE})
    elif material.kind == "news":
        return _show_articles(account, openid, material.articles, opens=kind == "view_limited")
    else:
        content = {"media_id": media_id, "url": material.url}
        if material.kind == "video":
            content |= {"title": material.title, "description": material.description}
        account.chats.from_account(openid, material.kind, content, "menu")
    return {"kind": "delivered"}


def _show_articles(account: Account, openid: str, articles: Sequence[Json], *, opens: bool) -> Json:
    """As a card in the chat, or opened at once."""
    if not articles:
        account.chats.from_system(openid, "notice", {"text": _NOTHING_THERE})
        return {"kind": "delivered"}
    shown = [article_card(one) for one in articles]
    if opens:
        url = shown[0]["url"]
        account.chats.from_system(openid, "opened", {"what": "url", "target": url})
        return {"kind": "opened", "url": url}
    account.chats.from_account(openid, "news", {"articles": shown}, "menu")
    return {"kind": "delivered"}


def _at(buttons: Sequence[Json], path: Any) -> Json:
    button: Json = {"sub_button": buttons}
    indices = path if isinstance(path, list) else [path]
    for index in indices:
        children = button.get("sub_button") or []
        if not isinstance(index, int) or not 0 <= index < len(children):
            raise WrongRequest(f"there is no button at the path {path}")
        button = children[index]
    if not indices:
        raise WrongRequest("the path is empty")
    return button


def _leaves(buttons: Sequence[Json]) -> Iterator[Json]:
    for button in buttons:
        children = button.get("sub_button")
        if children:
            yield from _leaves(children)
        else:
            yield button
