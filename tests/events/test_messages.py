"""Messages as the platform writes them."""

from __future__ import annotations

from typing import Any

import pytest

from tests.events import ACCOUNT, FOLLOWER, SECOND, in_json, sent
from wxevents import (
    Event,
    ImageMessage,
    LinkMessage,
    LocationEvent,
    LocationMessage,
    Message,
    ShortVideoMessage,
    TextMessage,
    UnknownMessage,
    VideoMessage,
    VoiceMessage,
    xml,
)
from wxevents.events import parse

TEXT = (
    "<xml><ToUserName><![CDATA[gh_5a4b3c2d1e0f]]></ToUserName>"
    "<FromUserName><![CDATA[oWxEv0000demoUser0000000000A]]></FromUserName>"
    "<CreateTime>1735700100</CreateTime><MsgType><![CDATA[text]]></MsgType>"
    "<Content><![CDATA[还有货吗]]></Content><MsgId>24800000000000001</MsgId></xml>"
)


def test_a_text_message_has_the_common_fields_and_its_content() -> None:
    message = parse(xml.parse(TEXT.encode()))
    assert isinstance(message, TextMessage)
    assert message.to_user_name == "gh_5a4b3c2d1e0f"
    assert message.from_user_name == message.openid == "oWxEv0000demoUser0000000000A"
    assert message.create_time == 1735700100
    assert message.msg_type == message.name == "text"
    assert message.content == message.routing_key == "还有货吗"
    assert message.msg_id == 24800000000000001
    assert message.bizmsgmenuid is None
    assert message.msg_data_id is None
    assert message.idx is None
    assert message.model_extra == {}


def test_a_tap_on_a_message_menu_names_its_option() -> None:
    message = sent(
        TextMessage,
        "<MsgType>text</MsgType><Content>满意</Content><MsgId>1</MsgId>"
        "<bizmsgmenuid>101</bizmsgmenuid>",
    )
    assert message.bizmsgmenuid == "101"


def test_a_message_from_within_an_article_names_the_article() -> None:
    message = sent(
        TextMessage,
        "<MsgType>text</MsgType><Content>hi</Content><MsgId>1</MsgId>"
        "<MsgDataId>2247483907_1</MsgDataId><Idx>2</Idx>",
    )
    assert (message.msg_data_id, message.idx) == ("2247483907_1", 2)


def test_an_empty_article_position_loses_no_message() -> None:
    message = sent(
        TextMessage,
        "<MsgType>text</MsgType><Content>hi</Content><MsgId>1</MsgId>"
        "<MsgDataId></MsgDataId><Idx></Idx>",
    )
    assert message.idx is None


def test_a_text_may_be_empty_and_keeps_its_white_space() -> None:
    assert sent(TextMessage, "<MsgType>text</MsgType><Content/><MsgId>1</MsgId>").content == ""
    spaced = "<MsgType>text</MsgType><Content><![CDATA[ a\n b ]]></Content><MsgId>1</MsgId>"
    assert sent(TextMessage, spaced).content == " a\n b "


def test_an_image_message_has_its_picture_and_media_id() -> None:
    message = sent(
        ImageMessage,
        "<MsgType><![CDATA[image]]></MsgType>"
        "<PicUrl><![CDATA[http://mmbiz.example/p/7]]></PicUrl>"
        "<MediaId><![CDATA[med-0007]]></MediaId><MsgId>24800000000000002</MsgId>",
    )
    assert message.pic_url == "http://mmbiz.example/p/7"
    assert message.media_id == "med-0007"
    assert message.msg_id == 24800000000000002
    assert message.routing_key is None


def test_a_voice_message_has_format_and_recognition() -> None:
    message = sent(
        VoiceMessage,
        "<MsgType><![CDATA[voice]]></MsgType><MediaId><![CDATA[med-0008]]></MediaId>"
        "<Format><![CDATA[amr]]></Format><Recognition><![CDATA[你好]]></Recognition>"
        "<MsgId>24800000000000003</MsgId>",
    )
    assert message.media_id == "med-0008"
    assert message.format == "amr"
    assert message.recognition == "你好"
    assert message.media_id_16k is None
    assert message.msg_id == 24800000000000003


def test_speech_recognition_may_be_off_or_find_nothing() -> None:
    voice = "<MsgType>voice</MsgType><MediaId>m</MediaId><Format>speex</Format><MsgId>3</MsgId>"
    assert sent(VoiceMessage, voice).recognition is None
    assert sent(VoiceMessage, f"{voice}<Recognition><![CDATA[]]></Recognition>").recognition == ""


def test_newer_voice_messages_have_a_second_media_id() -> None:
    message = sent(
        VoiceMessage,
        "<MsgType>voice</MsgType><MediaId>m</MediaId><MediaId16K>m16</MediaId16K><MsgId>3</MsgId>",
    )
    assert (message.media_id, message.media_id_16k) == ("m", "m16")


def test_a_video_message_has_its_cover() -> None:
    message = sent(
        VideoMessage,
        "<MsgType><![CDATA[video]]></MsgType><MediaId><![CDATA[med-0009]]></MediaId>"
        "<ThumbMediaId><![CDATA[med-0010]]></ThumbMediaId><MsgId>24800000000000004</MsgId>",
    )
    assert (message.media_id, message.thumb_media_id) == ("med-0009", "med-0010")
    assert message.msg_id == 24800000000000004


def test_a_short_video_message_has_its_cover() -> None:
    message = sent(
        ShortVideoMessage,
        "<MsgType><![CDATA[shortvideo]]></MsgType><MediaId><![CDATA[med-0011]]></MediaId>"
        "<ThumbMediaId><![CDATA[med-0012]]></ThumbMediaId><MsgId>24800000000000005</MsgId>",
    )
    assert (message.media_id, message.thumb_media_id) == ("med-0011", "med-0012")
    assert message.msg_id == 24800000000000005


def test_a_location_message_has_latitude_before_longitude() -> None:
    message = sent(
        LocationMessage,
        "<MsgType><![CDATA[location]]></MsgType><Location_X>31.230416</Location_X>"
        "<Location_Y>121.473701</Location_Y><Scale>16</Scale>"
        "<Label><![CDATA[上海市某路1号]]></Label><MsgId>24800000000000006</MsgId>",
    )
    assert (message.latitude, message.longitude) == (31.230416, 121.473701)
    assert (message.scale, message.label) == (16, "上海市某路1号")
    assert message.msg_id == 24800000000000006


def test_a_link_message_has_title_description_and_address() -> None:
    message = sent(
        LinkMessage,
        "<MsgType><![CDATA[link]]></MsgType><Title><![CDATA[Spring sale]]></Title>"
        "<Description><![CDATA[two days only]]></Description>"
        "<Url><![CDATA[https://shop.example/s]]></Url><MsgId>24800000000000007</MsgId>",
    )
    assert (message.title, message.description) == ("Spring sale", "two days only")
    assert message.url == "https://shop.example/s"
    assert message.msg_id == 24800000000000007


@pytest.mark.parametrize("msg_type", ["text", "Text", "TEXT"])
def test_the_case_of_a_message_type_does_not_matter(msg_type: str) -> None:
    message = sent(
        TextMessage, f"<MsgType>{msg_type}</MsgType><Content>a</Content><MsgId>1</MsgId>"
    )
    assert message.name == msg_type


@pytest.mark.parametrize("msg_type", ["location", "LOCATION", "Location"])
def test_a_location_message_is_no_location_event(msg_type: str) -> None:
    place = "<Location_X>1</Location_X><Location_Y>2</Location_Y><MsgId>1</MsgId>"
    message: Event = sent(LocationMessage, f"<MsgType>{msg_type}</MsgType>{place}")
    assert isinstance(message, Message)
    assert not isinstance(message, LocationEvent)


def test_elements_may_come_in_any_order() -> None:
    elements = TEXT.removeprefix("<xml>").removesuffix("</xml>")
    backwards = "".join(f"{one}>" for one in _elements(elements)[::-1])
    assert parse(xml.parse(f"<xml>{backwards}</xml>".encode())) == parse(xml.parse(TEXT.encode()))


def _elements(text: str) -> list[str]:
    names = ("ToUserName", "FromUserName", "CreateTime", "MsgType", "Content", "MsgId")
    starts = [text.index(f"<{name}>") for name in names]
    return [
        text[start:end].removesuffix(">")
        for start, end in zip(starts, [*starts[1:], len(text)], strict=True)
    ]


def test_json_pushes_give_the_same_messages() -> None:
    text = in_json(TextMessage, MsgType="text", Content="还有货吗", MsgId=24800000000000001)
    assert text == parse(xml.parse(TEXT.encode()))

    place = in_json(
        LocationMessage,
        MsgType="location",
        Location_X=31.230416,
        Location_Y=121.473701,
        Scale=16,
        Label="上海市某路1号",
        MsgId=24800000000000006,
    )
    assert (place.latitude, place.longitude, place.scale) == (31.230416, 121.473701, 16)

    menu = in_json(
        TextMessage, MsgType="text", Content="满意", MsgId=1, bizmsgmenuid=101, MsgDataId=7, Idx=1
    )
    assert (menu.bizmsgmenuid, menu.msg_data_id, menu.idx) == ("101", "7", 1)


@pytest.mark.parametrize(
    "elements",
    [
        "<MsgType>text</MsgType><Content>no id</Content>",
        "<MsgType>text</MsgType><MsgId>1</MsgId>",
        "<MsgType>image</MsgType><MediaId>m</MediaId><MsgId>1</MsgId>",
        "<MsgType>location</MsgType><Location_X>north</Location_X><Location_Y>1</Location_Y>"
        "<MsgId>1</MsgId>",
    ],
)
def test_a_message_whose_fields_do_not_fit_keeps_them_all(elements: str) -> None:
    message = sent(UnknownMessage, elements)
    assert message.to_user_name == ACCOUNT
    assert message.openid == FOLLOWER
    assert message.create_time == SECOND
    assert message.model_extra == {
        name: value
        for name, value in message.raw.items()
        if name not in ("ToUserName", "FromUserName", "CreateTime", "MsgType", "MsgId")
    }
    assert message.msg_id == int(message.raw.get("MsgId", 0))


@pytest.mark.parametrize(
    "elements",
    [
        {"MsgId": "none"},
        {"MsgId": {"A": "1"}},
        {"MsgDataId": {"A": "1"}},
        {"Idx": "first"},
    ],
)
def test_what_all_messages_have_may_be_unreadable(elements: dict[str, Any]) -> None:
    message = in_json(UnknownMessage, MsgType="sticker", **elements)
    assert isinstance(message, Message)
    assert (message.msg_id, message.msg_data_id, message.idx) == (0, None, None)
    assert message.raw.items() >= elements.items()
