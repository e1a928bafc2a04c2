"""Two deliveries of one push have one identity, and no two pushes share one."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from wxevents import Settings, xml
from wxevents.clock import SystemClock
from wxevents.envelope import Envelope
from wxevents.events import identity, parse
from wxevents.pushes import EVENTS, MESSAGES, Platform, compose

APP_ID = "wx1f2e3d4c5b6a7988"


def of(name: str, key: str | None = None, *, second: int = 1735700100, **fields: Any) -> str:
    """The identity of a push, after it went through XML."""
    pushed = compose(name, key, create_time=second, msg_id=24800000000000001) | fields
    return identity(parse(xml.parse(xml.render(pushed).encode())), APP_ID)


@pytest.mark.parametrize("name", [*EVENTS, *MESSAGES, "card_pass_check"])
@pytest.mark.parametrize("data_format", ["xml", "json"])
def test_every_delivery_of_a_push_has_the_same_identity(name: str, data_format: Any) -> None:
    key = "x" * 43
    account = Settings(
        token="t",
        app_id=APP_ID,
        encoding_aes_key=key,
        data_format=data_format,
        store="memory://",
    )
    envelope = Envelope(account, SystemClock())
    fields = compose(name, create_time=1735700100, msg_id=24800000000000001)
    now = int(SystemClock().time())
    deliveries = [Platform(account).delivery(fields, now + second) for second in (0, 5, 10)]
    assert len({delivery.body for delivery in deliveries}) == 3
    assert len({identity(parse(envelope.open(one).fields), APP_ID) for one in deliveries}) == 1


def test_the_identity_of_a_message_is_its_id_and_its_user() -> None:
    assert of("text") == of("text", "another text", second=1735700101)
    assert of("text") != of("text", MsgId=24800000000000002)
    assert of("text") != of("text", FromUserName="oWxEv0000demoUser0000000000B")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (of("CLICK", "k"), of("CLICK", "k2")),
        (of("CLICK", "k"), of("CLICK", "K")),
        (of("CLICK", "k"), of("CLICK", "k", second=1735700101)),
        (of("CLICK", "k"), of("CLICK", "k", FromUserName="oWxEv0000demoUser0000000000B")),
        (of("CLICK", "k"), of("scancode_push", "k")),
        (of("VIEW", "u"), of("VIEW", "u", MenuId=7)),
        (of("VIEW", "u", MenuId="7"), of("CLICK", "u", MenuId="7")),
        (of("CLICK", "k"), of("CLICK", "k", New="1")),
        (of("LOCATION"), of("CLICK", "k")),
        (of("LOCATION"), of("location")),
        (of("LOCATION"), of("LOCATION", Latitude="31.230417")),
        (of("subscribe"), of("unsubscribe")),
        (of("subscribe", "a"), of("subscribe", "b")),
        (of("SCAN", "a"), of("SCAN", "a", Ticket="gQ_demo_ticket_2")),
        (of("kf_create_session"), of("kf_create_session", KfAccount="bo@shopdemo")),
        (of("TEMPLATESENDJOBFINISH"), of("TEMPLATESENDJOBFINISH", MsgID=310000000000000002)),
        (of("new", "k"), of("newer", "k")),
        (of("new", "k"), of("new", "k", Detail={"A": "1"})),
    ],
)
def test_another_push_has_another_identity(one: str, other: str) -> None:
    assert one != other


@pytest.mark.parametrize(
    ("name", "fields"),
    [
        ("scancode_waitmsg", {"ScanCodeInfo": {"ScanType": "qrcode", "ScanResult": "other"}}),
        ("pic_weixin", {"SendPicsInfo": {"Count": 1, "PicList": {"item": {"PicMd5Sum": "0"}}}}),
        ("pic_weixin", {"SendPicsInfo": {"Count": 0, "PicList": ""}}),
        ("location_select", {"SendLocationInfo": {"Location_X": "1", "Location_Y": "2"}}),
        ("MASSSENDJOBFINISH", {"ArticleUrlResult": ""}),
    ],
)
def test_the_sub_structure_belongs_to_the_identity(name: str, fields: dict[str, Any]) -> None:
    assert of(name) != of(name, **fields)


def test_the_order_of_elements_does_not_belong_to_the_identity() -> None:
    fields = compose("scancode_waitmsg", "k", create_time=1735700100)
    backwards = dict(reversed(fields.items()))
    backwards["ScanCodeInfo"] = dict(reversed(fields["ScanCodeInfo"].items()))
    assert identity(parse(fields), APP_ID) == identity(parse(backwards), APP_ID)


def test_the_case_of_a_name_does_not_belong_to_the_identity() -> None:
    assert of("CLICK", "k") == of("CLICK", "k", Event="click")
    assert of("new", "k") == of("NEW", "k")


@pytest.mark.parametrize("name", ["CLICK", "text", "sticker", "new"])
def test_each_account_has_its_own_identities(name: str) -> None:
    event = parse(compose(name, create_time=1735700100, msg_id=1))
    assert identity(event, APP_ID) != identity(event, "wx0000000000000000")
    assert identity(event, APP_ID).startswith(APP_ID)


def test_a_message_that_does_not_fit_still_has_an_identity_by_its_fields() -> None:
    assert of("text", "a", MsgId="x") == of("text", "a", MsgId="x")
    assert of("text", "a", MsgId="x") != of("text", "a", MsgId="y")
    assert of("text", "a", MsgId="x") != of("text", "b", MsgId="x")


def test_a_message_of_a_new_type_goes_by_its_id_where_it_has_one() -> None:
    assert of("sticker", MsgType="sticker", MsgId=1) == of("sticker", MsgType="sticker", MsgId=1)
    with_id, again = (of("x", second=one, MsgType="sticker", MsgId=1) for one in (1, 2))
    assert with_id == again
    without, later = (of("x", second=one, MsgType="sticker") for one in (1, 2))
    assert without != later
    assert of("x", MsgType="sticker", Pack="a") != of("x", MsgType="sticker", Pack="b")
    assert of("x", MsgType="sticker", MsgId=0, Pack="a") != of("x", MsgType="sticker", MsgId=0)


def test_a_key_that_is_no_text_still_belongs_to_the_identity() -> None:
    one, other, plain = (of("CLICK", EventKey=key) for key in ({"a": "1"}, {"a": "2"}, ""))
    assert len({one, other, plain}) == 3


def test_menu_ids_of_both_spellings_belong_to_the_identity() -> None:
    assert of("CLICK", "k", MenuID="1") != of("CLICK", "k", MenuID="2")


# Nothing that the owner or a user can put into a field looks like the border between two.

PARTS = st.text(alphabet=":a1", max_size=5)
USERS = st.text(alphabet=":a1", min_size=1, max_size=5)
PUSHES = st.fixed_dictionaries(
    {"FromUserName": USERS, "Event": PARTS, "EventKey": PARTS, "CreateTime": st.integers(1, 11)},
    optional={"MenuId": PARTS, "New": PARTS},
)


@settings(deadline=None, derandomize=True)
@given(PUSHES, PUSHES)
@example({"EventKey": "a:", "MenuId": "b"}, {"EventKey": "a", "MenuId": ":b"})
@example({"EventKey": "a:b", "MenuId": ""}, {"EventKey": "a", "MenuId": "b:"})
@example({"Event": "x:y", "EventKey": "z"}, {"Event": "x", "EventKey": "y:z"})
def test_separators_cannot_be_confused(one: dict[str, Any], other: dict[str, Any]) -> None:
    assume(_distinct(one) != _distinct(other))
    assert _identity(one) != _identity(other)


def test_a_message_cannot_be_taken_for_an_event() -> None:
    click = compose("CLICK", "k", create_time=7, openid="o")
    text = compose("text", openid="o:7:click:k", create_time=7, msg_id=5)
    click["MenuId"] = "5"
    assert identity(parse(click), APP_ID) != identity(parse(text), APP_ID)


def _identity(fields: dict[str, Any]) -> str:
    return identity(parse(compose("CLICK", "k", create_time=7) | fields), APP_ID)


def _distinct(fields: dict[str, Any]) -> dict[str, Any]:
    """What makes it another push; an absent key or menu id is an empty one."""
    defaults = {"EventKey": "k", "MenuId": "", "Event": "click"}
    return defaults | {k: v.lower() if k == "Event" else v for k, v in fields.items()}
