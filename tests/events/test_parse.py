"""From the fields of a push to its model: what nobody models, what does not fit, what is broken."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import Field

from tests.events import ACCOUNT, FOLLOWER, SECOND, happened, sent
from wxevents import (
    Bot,
    ClickEvent,
    Event,
    LocationSelectEvent,
    Message,
    Notification,
    Router,
    Settings,
    TextMessage,
    TextReply,
    UnknownEvent,
    UnknownMessage,
    json,
    xml,
)
from wxevents.errors import MalformedPush
from wxevents.events import EVENT_NAMES, MESSAGE_TYPES, parse
from wxevents.pushes import EVENTS, MESSAGES, compose
from wxevents.testing import Phone

COMMON = {"ToUserName": ACCOUNT, "FromUserName": FOLLOWER, "CreateTime": str(SECOND)}
CLICK = COMMON | {"MsgType": "event", "Event": "CLICK", "EventKey": "k"}


def test_an_event_that_nobody_models_keeps_all_its_fields() -> None:
    event = happened(
        UnknownEvent,
        "<Event>card_pass_check</Event><EventKey>e</EventKey><CardId>c1</CardId>"
        "<Detail><A>1</A><A>2</A></Detail>",
    )
    assert event.name == "card_pass_check"
    assert event.event_key == event.routing_key == "e"
    assert event.model_extra == {"CardId": "c1", "Detail": {"A": ["1", "2"]}}
    assert event.answerable


def test_an_unknown_event_without_a_key_has_no_routing_key() -> None:
    assert happened(UnknownEvent, "<Event>card_pass_check</Event>").routing_key is None


def test_a_message_that_nobody_models_keeps_all_its_fields() -> None:
    message = sent(UnknownMessage, "<MsgType>sticker</MsgType><Pack>p</Pack><MsgId>1</MsgId>")
    assert message.name == "sticker"
    assert isinstance(message, Message)
    assert message.msg_id == 1
    assert message.model_extra == {"Pack": "p"}
    assert message.routing_key is None


def test_what_the_platform_adds_to_a_known_event_is_kept() -> None:
    event = happened(
        ClickEvent, "<Event>CLICK</Event><EventKey>k</EventKey><New>1</New><Newer><A>2</A></Newer>"
    )
    assert event.model_extra == {"New": "1", "Newer": {"A": "2"}}


def test_raw_is_the_push_as_it_came() -> None:
    fields = xml.parse(xml.render(CLICK | {"New": "1"}).encode())
    assert parse(fields).raw == CLICK | {"New": "1"}
    assert parse(fields).raw is fields


def test_raw_of_an_event_built_by_hand_is_what_its_push_would_hold() -> None:
    event = ClickEvent(
        to_user_name=ACCOUNT,
        from_user_name=FOLLOWER,
        create_time=SECOND,
        msg_type="event",
        event="CLICK",
        event_key="k",
        menu_id="5",
    )
    assert event.raw == CLICK | {"CreateTime": SECOND, "MenuId": "5"}
    assert parse(dict(event.raw)) == event


@pytest.mark.parametrize("name", ["raw", "name", "key", "openid", "routing_key", "model_extra"])
def test_an_element_cannot_pretend_to_be_a_property(name: str) -> None:
    event = parse(CLICK | {name: "forged"})
    assert isinstance(event, ClickEvent)
    assert (event.name, event.key, event.routing_key, event.openid) == (
        "CLICK",
        "k",
        "k",
        FOLLOWER,
    )
    assert event.raw == CLICK | {name: "forged"}


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"Event": "pic_weixin", "SendPicsInfo": "secret"}, "SendPicsInfo"),
        ({"Event": "pic_weixin", "SendPicsInfo": {"PicList": "secret"}}, "SendPicsInfo.PicList"),
        ({"Event": "LOCATION", "Latitude": "secret"}, "Latitude"),
        (
            {"Event": "location_select", "SendLocationInfo": {"Location_X": "secret"}},
            "SendLocationInfo.Location_X",
        ),
        ({"Event": "PUBLISHJOBFINISH", "PublishEventInfo": {"publish_id": "secret"}}, "publish"),
        ({"Event": "MASSSENDJOBFINISH", "MsgID": "1", "Status": ["secret"]}, "Status"),
        ({"Event": "CLICK", "EventKey": {"a": "secret"}}, "EventKey"),
        ({"Event": "CLICK", "EventKey": ["secret", "b"]}, "EventKey"),
        ({"Event": "annual_renew", "ExpiredTime": "secret"}, "ExpiredTime"),
    ],
)
def test_a_known_event_that_does_not_fit_is_unknown_and_logs_the_field_but_not_the_value(
    fields: dict[str, Any], field: str, caplog: pytest.LogCaptureFixture
) -> None:
    pushed = COMMON | {"MsgType": "event"} | fields
    event = parse(pushed)
    assert type(event) is UnknownEvent
    assert event.name == fields["Event"]
    assert event.raw == pushed
    (record,) = caplog.records
    assert record.levelname == "WARNING"
    assert field in record.getMessage()
    assert fields["Event"] in record.getMessage()
    assert "secret" not in record.getMessage()
    assert "\n" not in record.getMessage()


def test_a_known_message_that_does_not_fit_is_unknown_and_logs_the_field(
    caplog: pytest.LogCaptureFixture,
) -> None:
    message = sent(UnknownMessage, "<MsgType>text</MsgType><Content>secret</Content>")
    assert message.model_extra == {"Content": "secret"}
    (record,) = caplog.records
    assert "TextMessage" in record.getMessage()
    assert "MsgId" in record.getMessage()
    assert "secret" not in record.getMessage()


def test_an_unknown_event_logs_nothing(caplog: pytest.LogCaptureFixture) -> None:
    happened(UnknownEvent, "<Event>card_pass_check</Event>")
    happened(UnknownEvent, "<Event>card_pass_check</Event><EventKey><A>1</A></EventKey>")
    assert caplog.records == []


def test_the_findings_of_one_push_are_at_most_five(caplog: pytest.LogCaptureFixture) -> None:
    parse(
        COMMON
        | {
            "MsgType": "event",
            "Event": "pic_weixin",
            "SendPicsInfo": {"PicList": {"item": ["secret"] * 200}},
        }
    )
    (record,) = caplog.records
    assert len(record.getMessage()) < 1_000


@pytest.mark.parametrize(
    "missing", ["ToUserName", "FromUserName", "CreateTime", "MsgType", "Event"]
)
def test_a_push_without_a_common_element_is_malformed(missing: str) -> None:
    fields = {name: value for name, value in CLICK.items() if name != missing}
    with pytest.raises(MalformedPush, match=missing):
        parse(fields)


@pytest.mark.parametrize("missing", ["ToUserName", "FromUserName", "CreateTime", "MsgType"])
@pytest.mark.parametrize("msg_type", ["text", "sticker"])
def test_a_message_without_a_common_element_is_malformed(missing: str, msg_type: str) -> None:
    fields = COMMON | {"MsgType": msg_type, "Content": "a", "MsgId": "1"}
    del fields[missing]
    with pytest.raises(MalformedPush, match=missing):
        parse(fields)


ODD: list[Any] = [["a", "b"], {"a": "b"}, [], {}, None, True, 1.5, "", "x" * 9]


@pytest.mark.parametrize("value", ["noon", "", ["1", "2"], {"a": "1"}, None, "1.5", "9" * 5_000])
def test_a_creation_time_that_is_no_number_is_malformed(value: Any) -> None:
    with pytest.raises(MalformedPush, match="CreateTime") as raised:
        parse(CLICK | {"CreateTime": value})
    assert "noon" not in str(raised.value)


@pytest.mark.parametrize("name", ["MsgType", "Event"])
@pytest.mark.parametrize("value", [["CLICK", "VIEW"], {"a": "b"}, None, 7])
def test_a_type_or_name_that_is_no_text_is_malformed(name: str, value: Any) -> None:
    with pytest.raises(MalformedPush, match=name):
        parse(CLICK | {name: value})


@pytest.mark.parametrize("value", [["a", "b"], {"a": "b"}, [], {}, True])
@pytest.mark.parametrize("name", ["CLICK", "subscribe", "SCAN", "card_pass_check"])
def test_a_key_that_is_no_text_leaves_the_event_unknown(name: str, value: Any) -> None:
    fields = CLICK | {"Event": name, "EventKey": value}
    event = parse(fields)
    assert type(event) is UnknownEvent
    assert event.event_key == ""
    assert event.raw["EventKey"] == value


@pytest.mark.parametrize("value", ODD)
@pytest.mark.parametrize("name", [*CLICK, "MenuId", "SendPicsInfo", "Latitude", "List", "New"])
@pytest.mark.parametrize("event", ["CLICK", "pic_weixin", "LOCATION", "subscribe", "new"])
def test_an_odd_value_anywhere_gives_an_event_or_a_malformed_push(
    event: str, name: str, value: Any
) -> None:
    fields = CLICK | {"Event": event, name: value}
    _parses_or_is_malformed(fields)


VALUES: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["item", "PicList", "Count", "List", "a"]), inner)
    ),
    max_leaves=6,
)
NAMES = st.sampled_from(
    [
        *CLICK,
        *("MsgId", "Content", "SendPicsInfo", "ScanCodeInfo", "SendLocationInfo", "MenuId"),
        *("ArticleUrlResult", "PublishEventInfo", "SubscribeMsgPopupEvent", "MsgID", "Status"),
    ]
)
TYPES = st.sampled_from([*EVENT_NAMES, "new"]).map(lambda name: {"Event": name}) | st.sampled_from(
    [*MESSAGE_TYPES, "new"]
).map(lambda name: {"MsgType": name})


@settings(deadline=None, derandomize=True)
@given(TYPES, st.dictionaries(NAMES, VALUES))
def test_any_fields_give_an_event_or_a_malformed_push(
    kind: dict[str, str], fields: dict[str, Any]
) -> None:
    _parses_or_is_malformed(CLICK | kind | fields)


def _parses_or_is_malformed(fields: dict[str, Any]) -> None:
    try:
        event = parse(fields)
    except MalformedPush:
        return
    assert event.raw == fields


# One registry: adding an event is one class.


@pytest.fixture
def registries() -> Iterator[None]:
    """The registries as they were before, after the test."""
    before = dict(EVENT_NAMES), dict(MESSAGE_TYPES)
    yield
    for registry, content in zip((EVENT_NAMES, MESSAGE_TYPES), before, strict=True):
        registry.clear()
        registry.update(content)


@pytest.mark.usefixtures("registries")
async def test_adding_an_event_is_one_class() -> None:
    class CardPassEvent(Notification, event="card_pass_check"):
        card_id: str = Field(alias="CardId")
        refuse_reason: str = ""

    pushed = "<Event>Card_Pass_Check</Event><CardId>c1</CardId><RefuseReason>no</RefuseReason>"
    event = happened(CardPassEvent, pushed)
    assert (event.card_id, event.refuse_reason) == ("c1", "no")

    router = Router()

    @router.on(CardPassEvent)
    async def checked(event: CardPassEvent) -> str:
        return f"by class {event.card_id}"

    assert await _answer_to_a_card(router) == TextReply("by class c9")

    router = Router()

    @router.on("CARD_pass_check")
    async def named(event: CardPassEvent) -> str:
        return f"by name {event.card_id}"

    assert await _answer_to_a_card(router) == TextReply("by name c9")


async def _answer_to_a_card(router: Router) -> object:
    account = Settings(token="t", mode="plain", blocked_after=0, store="memory://")
    async with Bot(account, routers=[router]) as bot:
        return await Phone(bot).push("card_pass_check", None, {"CardId": "c9"})


@pytest.mark.usefixtures("registries")
def test_adding_a_message_is_one_class() -> None:
    class StickerMessage(Message, msg_type="sticker"):
        pack: str

    message = sent(StickerMessage, "<MsgType>Sticker</MsgType><Pack>p</Pack><MsgId>7</MsgId>")
    assert (message.pack, message.msg_id) == ("p", 7)


@pytest.mark.usefixtures("registries")
def test_one_class_may_have_several_names() -> None:
    class CardEvent(Notification, event=("card_a", "card_b")):
        pass

    assert EVENT_NAMES["card_a"] is EVENT_NAMES["card_b"] is CardEvent


@pytest.mark.usefixtures("registries")
@pytest.mark.parametrize("name", ["CLICK", "click", "cLiCk"])
def test_an_event_cannot_be_modelled_twice(name: str) -> None:
    with pytest.raises(TypeError, match="ClickEvent"):

        class Again(Notification, event=name):
            pass

    assert EVENT_NAMES["click"] is ClickEvent


@pytest.mark.usefixtures("registries")
def test_a_message_cannot_be_modelled_twice() -> None:
    with pytest.raises(TypeError, match="TextMessage"):

        class Again(Message, msg_type="TEXT"):
            pass

    assert MESSAGE_TYPES["text"] is TextMessage


@pytest.mark.usefixtures("registries")
def test_a_class_that_is_refused_takes_no_name() -> None:
    with pytest.raises(TypeError, match="ClickEvent"):

        class Again(Notification, event=("brand_new", "click")):
            pass

    assert "brand_new" not in EVENT_NAMES


@pytest.mark.usefixtures("registries")
def test_a_subclass_without_a_name_is_in_no_registry() -> None:
    before = dict(EVENT_NAMES)

    class Special(ClickEvent):
        pass

    assert before == EVENT_NAMES


def test_a_misspelled_class_argument_is_refused() -> None:
    define: Callable[..., object] = type(Notification)
    with pytest.raises(TypeError):
        define("Misspelled", (Notification,), {"__module__": __name__}, evnt="card_pass_check")


# The registry and the samples of the platform's side tell the same story.


def test_every_modelled_event_has_a_sample_and_every_sample_a_model() -> None:
    assert {EVENT_NAMES[name.lower()] for name in EVENTS} == set(EVENT_NAMES.values())
    # The one name that is documented but never pushed; protocol: publishing.
    assert EVENT_NAMES.keys() - {name.lower() for name in EVENTS} <= {"freepublishjobfinish"}


def test_every_modelled_message_has_a_sample_and_every_sample_a_model() -> None:
    assert MESSAGES.keys() == MESSAGE_TYPES.keys()


def test_a_registered_name_is_in_lower_case() -> None:
    assert all(name == name.lower() for name in (*EVENT_NAMES, *MESSAGE_TYPES))


SAMPLES = [(name, EVENT_NAMES[name.lower()]) for name in EVENTS] + [
    (name, MESSAGE_TYPES[name]) for name in MESSAGES
]


@pytest.mark.parametrize(("name", "kind"), SAMPLES)
def test_a_sample_gives_the_same_model_in_xml_and_in_json(name: str, kind: type[Event]) -> None:
    fields = compose(name, create_time=SECOND, msg_id=24800000000000001)
    event = parse(xml.parse(xml.render(fields).encode()))
    assert type(event) is kind
    assert event.name == name
    other = parse(json.parse(json.render(fields).encode()))
    assert type(other) is kind
    assert other.model_dump(exclude=set(other.model_extra or ())) == event.model_dump(
        exclude=set(event.model_extra or ())
    )


def test_places_differ_by_their_numbers_and_not_by_their_format() -> None:
    place = {"Location_X": "31.23", "Location_Y": "121.47", "Scale": "16"}
    text = parse(CLICK | {"Event": "location_select", "SendLocationInfo": place})
    numbers = {"Location_X": 31.23, "Location_Y": 121.47, "Scale": 16}
    number = parse(CLICK | {"Event": "location_select", "SendLocationInfo": numbers})
    assert isinstance(text, LocationSelectEvent)
    assert text == number
