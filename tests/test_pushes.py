"""The platform's side: pushes composed, signed and sealed, answers judged."""

from __future__ import annotations

from typing import Any

import pytest

from wxevents import (
    Bot,
    Event,
    Reply,
    Response,
    Router,
    Settings,
    TextMessage,
    TextReply,
    json,
    xml,
)
from wxevents.errors import AnswerError, PushError
from wxevents.events import EVENT_NAMES, MESSAGE_TYPES, parse
from wxevents.pushes import ACCOUNT, EVENTS, FOLLOWER, MESSAGES, Platform, compose, set_field
from wxevents.security import Cipher, sign
from wxevents.settings import DataFormat, Mode
from wxevents.testing import ManualClock, Phone
from wxevents.xml import Fields

NOW = 1735700000
KEY = "k3Yb0QmZr8TnW1xVd5CpLs9HfGj2Ua7EiOq4RtMwXyQ"
APP_ID = "wx1f2e3d4c5b6a7988"

MODES = pytest.mark.parametrize("mode", ["plain", "compatible", "safe"])
SEALED = pytest.mark.parametrize("mode", ["compatible", "safe"])
FORMATS = pytest.mark.parametrize("data_format", ["xml", "json"])


def account(mode: Mode = "plain", data_format: DataFormat = "xml", **options: Any) -> Settings:
    values: dict[str, Any] = {
        "token": "menuDemo7",
        "app_id": APP_ID,
        "encoding_aes_key": KEY,
        "store": "memory://",
    }
    values |= {"mode": mode, "data_format": data_format, "blocked_after": 0}
    return Settings(**(values | options))


# Composing


SPELLINGS = [(name, {name, name.lower(), name.upper()} - {"location"}) for name in EVENTS]


@pytest.mark.parametrize(
    ("name", "spelling"),
    [(name, one) for name, all_of_it in SPELLINGS for one in sorted(all_of_it)],
)
def test_every_event_is_composed_under_any_spelling(name: str, spelling: str) -> None:
    fields = compose(spelling, create_time=NOW)
    assert fields["Event"] == name
    assert fields["MsgType"] == "event"
    assert fields["ToUserName"] == ACCOUNT
    assert fields["FromUserName"] == FOLLOWER
    assert fields["CreateTime"] == NOW
    assert "MsgId" not in fields
    assert type(parse(fields)) is EVENT_NAMES[name.lower()]


@pytest.mark.parametrize("name", MESSAGES)
def test_every_message_is_composed_with_its_id(name: str) -> None:
    fields = compose(name, create_time=NOW, msg_id=7)
    assert fields["MsgType"] == name
    assert fields["MsgId"] == 7
    assert "Event" not in fields
    assert type(parse(fields)) is MESSAGE_TYPES[name]


def test_only_in_capitals_location_is_the_event() -> None:
    assert compose("LOCATION", create_time=NOW)["MsgType"] == "event"
    assert compose("location", create_time=NOW)["MsgType"] == "location"
    assert compose("Location", create_time=NOW)["MsgType"] == "location"


def test_both_names_of_a_published_draft_are_composed() -> None:
    fields = compose("FREEPUBLISHJOBFINISH", create_time=NOW)
    assert type(parse(fields)) is EVENT_NAMES["publishjobfinish"]


def test_user_and_account_can_be_chosen() -> None:
    fields = compose("CLICK", openid="o1", account="gh_1", create_time=NOW)
    assert (fields["FromUserName"], fields["ToUserName"]) == ("o1", "gh_1")


def test_a_key_replaces_that_of_the_sample() -> None:
    assert compose("click", "K", create_time=NOW)["EventKey"] == "K"
    assert compose("click", "", create_time=NOW)["EventKey"] == ""
    assert compose("click", create_time=NOW)["EventKey"] == "V1001_TODAY_MUSIC"


def test_an_event_without_a_key_of_its_own_takes_one() -> None:
    assert "EventKey" not in compose("LOCATION", create_time=NOW)
    assert compose("LOCATION", "k", create_time=NOW)["EventKey"] == "k"


@pytest.mark.parametrize("scene", ["till07", "qrscene_till07"])
def test_a_follower_by_a_qr_code_has_prefix_and_ticket(scene: str) -> None:
    fields = compose("subscribe", scene, create_time=NOW)
    assert fields["EventKey"] == "qrscene_till07"
    assert fields["Ticket"]


@pytest.mark.parametrize("scene", [None, ""])
def test_a_follower_without_a_qr_code_has_an_empty_key(scene: str | None) -> None:
    fields = compose("subscribe", scene, create_time=NOW)
    assert fields["EventKey"] == ""
    assert "Ticket" not in fields


def test_the_key_of_a_text_message_is_what_it_says() -> None:
    assert compose("text", "hello", create_time=NOW)["Content"] == "hello"


@pytest.mark.parametrize("name", [name for name in MESSAGES if name != "text"])
def test_other_messages_have_no_key(name: str) -> None:
    with pytest.raises(PushError, match=name):
        compose(name, "key", create_time=NOW)


def test_an_event_that_nobody_knows_is_composed_as_it_is_named() -> None:
    fields = compose("Card_Pass", "k", create_time=NOW)
    assert (fields["MsgType"], fields["Event"], fields["EventKey"]) == ("event", "Card_Pass", "k")
    assert "EventKey" not in compose("Card_Pass", create_time=NOW)


def test_two_pushes_share_nothing_that_can_be_changed() -> None:
    first = compose("pic_weixin", create_time=NOW)
    set_field(first, "SendPicsInfo.PicList.item.0.PicMd5Sum", "changed")
    set_field(first, "SendPicsInfo.Count", 9)
    assert compose("pic_weixin", create_time=NOW) != first


# Setting fields by their path


@pytest.mark.parametrize(
    ("path", "after"),
    [
        ("A", {"A": "new", "B": {"C": "2"}, "L": [{"D": "3"}, "4"]}),
        ("B.C", {"A": "1", "B": {"C": "new"}, "L": [{"D": "3"}, "4"]}),
        ("B.E", {"A": "1", "B": {"C": "2", "E": "new"}, "L": [{"D": "3"}, "4"]}),
        ("B", {"A": "1", "B": "new", "L": [{"D": "3"}, "4"]}),
        ("L.0.D", {"A": "1", "B": {"C": "2"}, "L": [{"D": "new"}, "4"]}),
        ("L.1", {"A": "1", "B": {"C": "2"}, "L": [{"D": "3"}, "new"]}),
        ("X.Y.Z", {"A": "1", "B": {"C": "2"}, "L": [{"D": "3"}, "4"], "X": {"Y": {"Z": "new"}}}),
    ],
)
def test_a_field_is_set_by_its_path(path: str, after: Fields) -> None:
    fields: Fields = {"A": "1", "B": {"C": "2"}, "L": [{"D": "3"}, "4"]}
    set_field(fields, path, "new")
    assert fields == after


@pytest.mark.parametrize(
    "path",
    [
        "",
        ".",
        "A.",
        ".A",
        "B..C",
        "A.x",
        "A.x.y",
        "L.2",
        "L.2.D",
        "L.x",
        "L.-1",
        "L.1.D",
        "L.²",
        "L.².D",
    ],
)
def test_a_path_that_leads_nowhere_is_refused_and_changes_nothing(path: str) -> None:
    fields: Fields = {"A": "1", "B": {"C": "2"}, "L": [{"D": "3"}, "4"]}
    with pytest.raises(PushError):
        set_field(fields, path, "new")
    assert fields == {"A": "1", "B": {"C": "2"}, "L": [{"D": "3"}, "4"]}


@pytest.mark.parametrize("path", ["a b", "<a>", "A/B", "1a"])
def test_a_name_that_no_element_can_have_is_refused(path: str) -> None:
    with pytest.raises(PushError):
        set_field(compose("CLICK", create_time=NOW), path, "new")


def test_the_error_names_the_path() -> None:
    with pytest.raises(PushError, match=r"L\.7\.D"):
        set_field({"L": []}, "L.7.D", "new")


# Delivering


async def answered(settings: Settings, answer: str | None = "hello") -> tuple[Response, Fields]:
    """What a bot with these settings sends, and the push that it answers."""
    router = Router()

    @router.on(Event)
    async def handler(event: Event) -> str | None:
        return answer

    async with Bot(settings, routers=[router], clock=ManualClock(NOW)) as bot:
        phone = Phone(bot)
        fields = phone.compose("click", "K")
        return await bot.handle(phone.delivery(fields)), fields


@MODES
@FORMATS
async def test_a_delivery_is_accepted_and_its_answer_judged_legal(
    mode: Mode, data_format: DataFormat
) -> None:
    settings = account(mode, data_format)
    response, push = await answered(settings)
    fields = Platform(settings).judge(response, push)
    assert fields is not None
    assert fields["Content"] == "hello"
    assert fields["MsgType"] == "text"


@MODES
@FORMATS
async def test_silence_is_a_legal_answer_in_the_clear(mode: Mode, data_format: DataFormat) -> None:
    settings = account(mode, data_format)
    response, push = await answered(settings, None)
    assert response.body == b"success"
    assert Platform(settings).judge(response, push) is None
    assert Platform(settings).judge(Response(200, "text/plain", b""), push) is None


@MODES
def test_a_delivery_is_signed_and_names_the_user(mode: Mode) -> None:
    request = Platform(account(mode)).delivery(compose("CLICK", create_time=NOW), NOW)
    query = request.query
    assert request.method == "POST"
    assert query["timestamp"] == str(NOW)
    assert query["openid"] == FOLLOWER
    signed = [one.encode() for one in ("menuDemo7", query["timestamp"], query["nonce"])]
    assert query["signature"].encode() == sign(*signed)


def test_a_plain_delivery_carries_its_fields_in_the_clear() -> None:
    fields = compose("CLICK", "K", create_time=NOW)
    request = Platform(account()).delivery(fields, NOW)
    assert xml.parse(request.body) == fields | {"CreateTime": str(NOW)}
    assert "encrypt_type" not in request.query
    assert "msg_signature" not in request.query


@SEALED
@FORMATS
def test_a_sealed_delivery_opens_with_the_accounts_key(mode: Mode, data_format: DataFormat) -> None:
    reader = json if data_format == "json" else xml
    fields = compose("CLICK", "K", create_time=NOW)
    request = Platform(account(mode, data_format)).delivery(fields, NOW)
    outer = reader.parse(request.body)
    inner = reader.parse(Cipher(KEY, APP_ID).decrypt(outer["Encrypt"].encode()))
    assert inner == fields | {"CreateTime": inner["CreateTime"]}
    assert request.query["encrypt_type"] == "aes"
    query = request.query
    signed = ("menuDemo7", query["timestamp"], query["nonce"], outer["Encrypt"])
    assert query["msg_signature"].encode() == sign(*(one.encode() for one in signed))


def test_a_safe_delivery_shows_nothing_but_the_account() -> None:
    fields = compose("text", "secret", create_time=NOW)
    body = Platform(account("safe")).delivery(fields, NOW).body
    assert xml.parse(body).keys() == {"ToUserName", "Encrypt"}
    assert b"secret" not in body


def test_a_compatible_delivery_has_the_fields_in_the_clear_too() -> None:
    fields = compose("text", "shown", create_time=NOW)
    body = Platform(account("compatible")).delivery(fields, NOW).body
    assert xml.parse(body).keys() == fields.keys() | {"Encrypt"}
    assert "Encrypt" not in fields


def test_no_two_deliveries_look_alike() -> None:
    platform = Platform(account("safe"))
    fields = compose("CLICK", create_time=NOW)
    assert platform.delivery(fields, NOW) != platform.delivery(fields, NOW)


@MODES
@FORMATS
async def test_a_verification_is_answered_with_its_echo(
    mode: Mode, data_format: DataFormat
) -> None:
    settings = account(mode, data_format)
    async with Bot(settings, clock=ManualClock(NOW)) as bot:
        response = await bot.handle(Platform(settings).verification("5837194", NOW))
    assert (response.status, response.body) == (200, b"5837194")


# Judging


def judged(response: Response, settings: Settings | None = None) -> str:
    """Why the platform would not take the response."""
    with pytest.raises(AnswerError) as raised:
        Platform(settings or account()).judge(response, compose("CLICK", create_time=NOW))
    return str(raised.value)


def said(body: str) -> Response:
    return Response(200, "application/xml", body.encode())


ANSWER: Fields = {
    "ToUserName": FOLLOWER,
    "FromUserName": ACCOUNT,
    "CreateTime": NOW,
    "MsgType": "text",
    "Content": "hello",
}


@pytest.mark.parametrize("status", [201, 204, 302, 400, 403, 404, 500])
@pytest.mark.parametrize("body", [b"", b"success", xml.render(ANSWER).encode()])
def test_any_status_but_200_is_illegal(status: int, body: bytes) -> None:
    assert str(status) in judged(Response(status, "text/plain", body))


@pytest.mark.parametrize(
    "body", ['"success"', "SUCCESS", " success", "<html>", "<!DOCTYPE html><html/>", "ok", "<xml/>"]
)
def test_what_is_no_xml_is_illegal(body: str) -> None:
    assert "cannot be read" in judged(said(body))


def test_json_is_illegal_where_xml_is_due_and_xml_where_json_is() -> None:
    assert "cannot be read" in judged(said(json.render(ANSWER)))
    assert "cannot be read" in judged(said(xml.render(ANSWER)), account(data_format="json"))


@pytest.mark.parametrize("name", ["ToUserName", "FromUserName", "CreateTime", "MsgType"])
def test_an_answer_without_a_common_element_is_illegal(name: str) -> None:
    rest = {key: value for key, value in ANSWER.items() if key != name}
    assert name in judged(said(xml.render(rest)))
    assert name in judged(said(xml.render(ANSWER | {name: ""})))


@pytest.mark.parametrize("name", ["ToUserName", "FromUserName"])
def test_an_answer_to_somebody_else_is_illegal(name: str) -> None:
    assert "swap" in judged(said(xml.render(ANSWER | {name: "somebody"})))


def test_an_answer_that_does_not_swap_the_names_is_illegal() -> None:
    assert "swap" in judged(
        said(xml.render(ANSWER | {"ToUserName": ACCOUNT, "FromUserName": FOLLOWER}))
    )


def test_a_legal_answer_is_its_fields() -> None:
    push = compose("CLICK", create_time=NOW)
    fields = Platform(account()).judge(said(xml.render(ANSWER)), push)
    assert fields == ANSWER | {"CreateTime": str(NOW)}


def sealed(
    fields: Fields, key: str = KEY, app_id: str = APP_ID, changes: dict[str, Any] | None = None
) -> Response:
    """An answer sealed by hand, so that one thing in it can be wrong."""
    encrypted = Cipher(key, app_id).encrypt(xml.render(fields).encode())
    signature = sign(b"menuDemo7", str(NOW).encode(), b"7", encrypted)
    envelope: Fields = {
        "Encrypt": encrypted.decode(),
        "MsgSignature": signature.decode(),
        "TimeStamp": NOW,
        "Nonce": "7",
    }
    return said(
        xml.render({k: v for k, v in (envelope | (changes or {})).items() if v is not None})
    )


@SEALED
def test_a_sealed_answer_is_opened(mode: Mode) -> None:
    push = compose("CLICK", create_time=NOW)
    fields = Platform(account(mode)).judge(sealed(ANSWER), push)
    assert fields == ANSWER | {"CreateTime": str(NOW)}


@pytest.mark.parametrize("name", ["Encrypt", "MsgSignature", "TimeStamp", "Nonce"])
def test_an_envelope_that_lacks_an_element_is_illegal(name: str) -> None:
    assert name in judged(sealed(ANSWER, changes={name: None}), account("safe"))


@pytest.mark.parametrize("name", ["Encrypt", "MsgSignature"])
def test_an_envelope_with_a_structure_for_a_text_is_illegal(name: str) -> None:
    assert "not sealed" in judged(sealed(ANSWER, changes={name: {"A": "b"}}), account("safe"))


def test_a_plain_answer_in_safe_mode_is_illegal() -> None:
    assert "not sealed" in judged(said(xml.render(ANSWER)), account("safe"))


@pytest.mark.parametrize(
    "changes", [{"MsgSignature": "0" * 40}, {"TimeStamp": NOW + 1}, {"Nonce": "8"}]
)
def test_an_envelope_that_is_signed_wrongly_is_illegal(changes: dict[str, Any]) -> None:
    assert "MsgSignature" in judged(sealed(ANSWER, changes=changes), account("safe"))


@pytest.mark.parametrize(("key", "app_id"), [("x" * 42 + "0", APP_ID), (KEY, "wx0000000000000000")])
def test_an_answer_that_is_sealed_with_another_account_is_illegal(key: str, app_id: str) -> None:
    assert "cannot be opened" in judged(sealed(ANSWER, key, app_id), account("safe"))


def test_a_ciphertext_that_is_none_is_illegal() -> None:
    signature = sign(b"menuDemo7", str(NOW).encode(), b"7", b"AAAA").decode()
    response = sealed(ANSWER, changes={"Encrypt": "AAAA", "MsgSignature": signature})
    assert "cannot be opened" in judged(response, account("safe"))


def test_a_sealed_text_that_is_no_answer_is_illegal() -> None:
    encrypted = Cipher(KEY, APP_ID).encrypt(b"success")
    signature = sign(b"menuDemo7", str(NOW).encode(), b"7", encrypted).decode()
    response = sealed(ANSWER, changes={"Encrypt": encrypted.decode(), "MsgSignature": signature})
    assert "sealed answer cannot be read" in judged(response, account("safe"))


def answer_of(msg_type: str, **elements: Any) -> Response:
    common = {name: value for name, value in ANSWER.items() if name != "Content"}
    return said(xml.render(common | {"MsgType": msg_type} | elements))


@pytest.mark.parametrize(
    ("response", "fault"),
    [
        (answer_of("text"), "a text reply without Content"),
        (answer_of("text", Content="字" * 683), "Content has 2049 bytes, at most 2048 are shown"),
        (answer_of("image", Image=""), "a reply of type image without Image.MediaId"),
        (answer_of("music", Music={"Title": "x"}), "without Music.ThumbMediaId"),
        (answer_of("news", ArticleCount=0, Articles=""), "a news reply without Articles"),
        (answer_of("transfer_customer_service"), "only messages can be handed to customer service"),
        (answer_of("hologram"), "there is no reply of type 'hologram'"),
    ],
)
def test_a_reply_that_the_platform_discards_is_illegal(response: Response, fault: str) -> None:
    assert fault in judged(response)


def test_a_reported_place_may_not_be_answered_with_a_reply() -> None:
    push = compose("LOCATION", create_time=NOW)
    platform = Platform(account())
    assert platform.judge(said("success"), push) is None
    with pytest.raises(AnswerError, match="success or nothing only"):
        platform.judge(said(xml.render(ANSWER)), push)


async def test_the_phone_raises_what_the_platform_would_not_take() -> None:
    class NamelessReply(Reply):
        msg_type = ""

        def fields(self) -> Fields:
            return {}

    class Hologram(NamelessReply):
        msg_type = "hologram"

    router = Router()

    @router.text()
    async def hello(event: TextMessage) -> Reply:
        replies = {"hi": TextReply("hello"), "show yourself": Hologram()}
        return replies.get(event.content, NamelessReply())

    async with Bot(account("safe"), routers=[router], clock=ManualClock(NOW)) as bot:
        phone = Phone(bot)
        assert await phone.say("hi") == TextReply("hello")
        with pytest.raises(AnswerError, match="lacks MsgType"):
            await phone.say("who are you?")
        with pytest.raises(AnswerError, match="no reply of type 'hologram'"):
            await phone.say("show yourself")
        assert phone.replies == [TextReply("hello")]
