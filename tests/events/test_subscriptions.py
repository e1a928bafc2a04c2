"""Subscription messages, as the platform writes them."""

from __future__ import annotations

import pytest

from tests.events import happened, in_json
from wxevents import SubscribeMsgChangeEvent, SubscribeMsgPopupEvent, SubscribeMsgSentEvent

ACCEPTED = (
    "<List><TemplateId><![CDATA[tpl_1]]></TemplateId>"
    "<SubscribeStatusString><![CDATA[accept]]></SubscribeStatusString>"
    "<PopupScene>2</PopupScene></List>"
)
REJECTED = (
    "<List><TemplateId><![CDATA[tpl_2]]></TemplateId>"
    "<SubscribeStatusString><![CDATA[reject]]></SubscribeStatusString>"
    "<PopupScene>1</PopupScene></List>"
)


def popup(entries: str) -> SubscribeMsgPopupEvent:
    return happened(
        SubscribeMsgPopupEvent,
        "<Event><![CDATA[subscribe_msg_popup_event]]></Event>"
        f"<SubscribeMsgPopupEvent>{entries}</SubscribeMsgPopupEvent>",
    )


@pytest.mark.parametrize(
    ("entries", "choices"),
    [
        ("", []),
        (ACCEPTED, [("tpl_1", "accept", 2)]),
        (ACCEPTED + REJECTED, [("tpl_1", "accept", 2), ("tpl_2", "reject", 1)]),
    ],
)
def test_the_dialog_lists_none_one_or_many_choices(
    entries: str, choices: list[tuple[str, str, int]]
) -> None:
    event = popup(entries)
    assert [
        (one.template_id, one.subscribe_status_string, one.popup_scene)
        for one in event.subscribe_msg_popup_event.choices
    ] == choices
    assert not event.answerable


@pytest.mark.parametrize("several", [False, True])
def test_a_list_in_json_is_one_object_or_an_array(several: bool) -> None:
    entry = {"TemplateId": "tpl_1", "SubscribeStatusString": "accept", "PopupScene": 2}
    event = in_json(
        SubscribeMsgPopupEvent,
        MsgType="event",
        Event="subscribe_msg_popup_event",
        SubscribeMsgPopupEvent={"List": [entry] if several else entry},
    )
    assert event.subscribe_msg_popup_event == popup(ACCEPTED).subscribe_msg_popup_event


def test_a_change_in_the_settings_has_no_scene() -> None:
    event = happened(
        SubscribeMsgChangeEvent,
        "<Event><![CDATA[subscribe_msg_change_event]]></Event><SubscribeMsgChangeEvent>"
        "<List><TemplateId><![CDATA[tpl_1]]></TemplateId>"
        "<SubscribeStatusString><![CDATA[reject]]></SubscribeStatusString></List>"
        "</SubscribeMsgChangeEvent>",
    )
    (choice,) = event.subscribe_msg_change_event.choices
    assert (choice.template_id, choice.subscribe_status_string) == ("tpl_1", "reject")
    assert choice.popup_scene is None
    assert not event.answerable


def test_a_sent_message_has_an_id_and_an_error_code() -> None:
    event = happened(
        SubscribeMsgSentEvent,
        "<Event><![CDATA[subscribe_msg_sent_event]]></Event><SubscribeMsgSentEvent>"
        "<List><TemplateId><![CDATA[tpl_1]]></TemplateId><MsgID>1700827132819554304</MsgID>"
        "<ErrorCode>0</ErrorCode><ErrorStatus><![CDATA[success]]></ErrorStatus></List>"
        "</SubscribeMsgSentEvent>",
    )
    (message,) = event.subscribe_msg_sent_event.sent
    assert (message.template_id, message.msg_id) == ("tpl_1", "1700827132819554304")
    assert (message.error_code, message.error_status) == (0, "success")
    assert not event.answerable


def test_several_sent_messages_come_in_one_push() -> None:
    entry = "<List><TemplateId>{}</TemplateId><MsgID>1</MsgID><ErrorCode></ErrorCode></List>"
    event = happened(
        SubscribeMsgSentEvent,
        "<Event>subscribe_msg_sent_event</Event><SubscribeMsgSentEvent>"
        f"{entry.format('a')}{entry.format('b')}</SubscribeMsgSentEvent>",
    )
    assert [one.template_id for one in event.subscribe_msg_sent_event.sent] == ["a", "b"]
    assert [one.error_code for one in event.subscribe_msg_sent_event.sent] == [None, None]


def test_numbers_in_json_give_the_same_sent_message() -> None:
    event = in_json(
        SubscribeMsgSentEvent,
        MsgType="event",
        Event="subscribe_msg_sent_event",
        SubscribeMsgSentEvent={
            "List": {"TemplateId": "tpl_1", "MsgID": 1700827132819554304, "ErrorCode": 0}
        },
    )
    (message,) = event.subscribe_msg_sent_event.sent
    assert (message.msg_id, message.error_code) == ("1700827132819554304", 0)
