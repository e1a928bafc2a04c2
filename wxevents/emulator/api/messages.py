"""Customer-service messages and the typing indicator (protocol: customer-service message)."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any, Final, NamedTuple, TypeAlias

from wxevents.emulator.api.endpoints import OK, Answer, Arguments, Endpoint, Escaped
from wxevents.emulator.refusals import Refusal
from wxevents.emulator.state.account import Account
from wxevents.emulator.state.links import segments
from wxevents.emulator.state.media import StoredMedia, article_card
from wxevents.emulator.state.people import User
from wxevents.pushes.judging import MAX_TEXT_BYTES

TYPING_SECONDS: Final = 15

# A cover is uploaded as what it is, or as what it is for: the pages do not agree.
_COVERS: Final = ("thumb", "image")


class Shown(NamedTuple):
    """What of a message appears in the chat, as in reference/emulator.md."""

    kind: str
    content: Mapping[str, Any]


Given: TypeAlias = Mapping[str, Any]
Judge: TypeAlias = Callable[[Given, Account], Shown]


def send(arguments: Arguments) -> Answer:
    """Judged in this order: permission, body, user, type, content, and the allowance last, so that
    a message which could not be sent anyway uses nothing up (inferred)."""
    account = arguments.account
    _judge_permission(account)
    given = arguments.json()
    user = _receiver(given, account)
    msgtype = given.get("msgtype")
    judge = _JUDGES.get(msgtype) if isinstance(msgtype, str) else None
    if judge is None:
        raise Refusal(40008)
    shown = judge(_fields(given, str(msgtype)), account)
    _judge_sender(given)
    account.interactions.spend(user.openid)
    account.chats.from_account(user.openid, shown.kind, shown.content, via="customer_service")
    if user.typing_until:
        user.typing_until = 0.0
        account.feed.changed("state")
    return OK


def typing(arguments: Arguments) -> Answer:
    """Typing is shown for 15 s; CancelTyping ends it, at any time (inferred)."""
    account = arguments.account
    _judge_permission(account)
    given = arguments.json()
    user = _receiver(given, account)
    command = given.get("command")
    if command not in ("Typing", "CancelTyping"):
        raise Refusal(45072)
    now = account.clock.monotonic()
    if command == "CancelTyping":
        user.typing_until = 0.0
    elif not account.interactions.lately(user.openid):
        raise Refusal(45080)
    elif now < user.typing_until:
        raise Refusal(45081)
    else:
        user.typing_until = now + TYPING_SECONDS
        account.clock.call_later(TYPING_SECONDS, lambda: account.feed.changed("state"))
    account.feed.changed("state")
    return OK


def _judge_permission(account: Account) -> None:
    if account.kind in ("unverified_subscription", "unverified_service"):
        raise Refusal(48001)


def _receiver(given: Given, account: Account) -> User:
    openid = given.get("touser")
    user = account.users.get(openid) if isinstance(openid, str) else None
    if user is None:
        raise Refusal(40003)
    if not user.subscribed:
        raise Refusal(43004)
    return user


def _judge_sender(given: Given) -> None:
    """`customservice` names one of the account's agents, whom the emulator does not know."""
    sender = given.get("customservice", {})
    if not isinstance(sender, dict) or not isinstance(sender.get("kf_account", ""), str):
        raise Refusal(47001)


def _fields(given: Given, msgtype: str) -> Given:
    """The object named as the type; a text without one is an empty text."""
    fields = given.get(msgtype)
    if fields is None and msgtype == "text":
        raise Refusal(44004)
    if not isinstance(fields, dict):
        raise Refusal(47001)
    return fields


def _text(given: Given, account: Account) -> Shown:
    content = given.get("content", "")
    if not isinstance(content, str):
        raise Refusal(47001)
    if not content:
        raise Refusal(44004)
    if len(content.encode()) > MAX_TEXT_BYTES:
        raise Refusal(45002)
    return Shown("text", {"segments": segments(_as_it_appears(content))})


def _image(given: Given, account: Account) -> Shown:
    return Shown("image", _file(_media(given.get("media_id"), account, "image")))


def _voice(given: Given, account: Account) -> Shown:
    media = _media(given.get("media_id"), account, "voice")
    return Shown("voice", {**_file(media), "recognition": ""})


def _video(given: Given, account: Account) -> Shown:
    """The cover may be missing: widely used clients know of none (wechatpy, WeRoBot)."""
    media = _media(given.get("media_id"), account, "video")
    if given.get("thumb_media_id"):
        _media(given["thumb_media_id"], account, *_COVERS)
    return Shown(
        "video",
        {
            **_file(media),
            "title": _string(given, "title", media.title),
            "description": _string(given, "description", media.description),
        },
    )


def _music(given: Given, account: Account) -> Shown:
    cover = _media(given.get("thumb_media_id"), account, *_COVERS)
    return Shown(
        "music",
        {
            "title": _string(given, "title"),
            "description": _string(given, "description"),
            "url": _string(given, "musicurl"),
            "hq_url": _string(given, "hqmusicurl"),
            "thumb_url": cover.url,
        },
    )


def _news(given: Given, account: Account) -> Shown:
    articles = given.get("articles")
    if not isinstance(articles, list):
        raise Refusal(47001)
    if len(articles) != 1:
        raise Refusal(45008)
    (article,) = articles
    if not isinstance(article, dict):
        raise Refusal(47001)
    shown = {
        "title": _string(article, "title"),
        "description": _string(article, "description"),
        "pic_url": _string(article, "picurl"),
        "url": _string(article, "url"),
    }
    return Shown("news", {"articles": [shown]})


def _article(given: Given, account: Account) -> Shown:
    """Of an article that nobody told the emulator of only the id is known."""
    article_id = _string(given, "article_id")
    stored = account.media.articles.get(article_id)
    if not article_id or (stored is None and account.switches.strict):
        raise Refusal(53600)
    articles = stored or [{"title": article_id}]
    return Shown("news", {"articles": [article_card(one) for one in articles]})


def _menu(given: Given, account: Account) -> Shown:
    if account.kind == "test":
        raise Refusal(40200)
    options = given.get("list")
    if not isinstance(options, list) or not options:
        raise Refusal(47001)
    return Shown(
        "menu",
        {
            "head": _as_it_appears(_string(given, "head_content")),
            "options": [_option(option) for option in options],
            "tail": _as_it_appears(_string(given, "tail_content")),
        },
    )


def _option(option: Any) -> dict[str, str]:
    """Its id is a text in the pages' sample; numbers are taken as their digits."""
    if not isinstance(option, dict):
        raise Refusal(47001)
    option_id, text = option.get("id"), option.get("content")
    if isinstance(option_id, bool) or not isinstance(option_id, str | int):
        raise Refusal(47001)
    if not isinstance(text, str) or not text:
        raise Refusal(47001)
    return {"id": str(option_id), "text": _as_it_appears(text)}


def _card(given: Given, account: Account) -> Shown:
    card_id = _string(given, "card_id")
    if not card_id:
        raise Refusal(47001)
    return Shown("card", {"card_id": card_id})


def _mini_program(given: Given, account: Account) -> Shown:
    app_id = _string(given, "appid")
    if not app_id:
        raise Refusal(40013)
    if account.switches.strict and app_id not in account.mini_programs:
        raise Refusal(85005)
    cover = _media(given.get("thumb_media_id"), account, *_COVERS)
    return Shown(
        "miniprogram",
        {
            "title": _as_it_appears(_string(given, "title")),
            "appid": app_id,
            "path": _string(given, "pagepath"),
            "thumb_url": cover.url,
        },
    )


def _media(media_id: Any, account: Account, *kinds: str) -> StoredMedia:
    media = account.media.find(media_id)
    if media is None or media.kind not in kinds:
        raise Refusal(40007)
    return media


def _file(media: StoredMedia) -> dict[str, str]:
    return {"url": media.url, "media_id": media.media_id}


def _string(given: Given, name: str, default: str = "") -> str:
    value = given.get(name, default)
    if not isinstance(value, str):
        raise Refusal(47001)
    return value


def _as_it_appears(text: str) -> str:
    r"""A text that was sent with \u escapes shows them to the user (protocol: transport). Which of
    its characters were sent so is not known any more: those that encoders escape."""
    return "".join(map(_escape, text)) if isinstance(text, Escaped) else text


def _escape(sign: str) -> str:
    if sign in "<>&":
        return f"\\u{ord(sign):04x}"
    return sign if sign.isascii() else json.dumps(sign)[1:-1]


_JUDGES: Final[Mapping[str, Judge]] = {
    "text": _text,
    "image": _image,
    "voice": _voice,
    "video": _video,
    "music": _music,
    "news": _news,
    "mpnewsarticle": _article,
    "msgmenu": _menu,
    "wxcard": _card,
    "miniprogrampage": _mini_program,
}

ENDPOINTS: Final = (
    Endpoint("/cgi-bin/message/custom/send", "POST", send),
    Endpoint("/cgi-bin/message/custom/typing", "POST", typing),
)
