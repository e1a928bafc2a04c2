"""Menu events as the platform writes them, in all the shapes that were seen."""

from __future__ import annotations

from typing import TypeVar

import pytest

from tests.events import FOLLOWER, happened, in_json
from wxevents import (
    ClickEvent,
    LocationSelectEvent,
    MenuEvent,
    PicPhotoOrAlbumEvent,
    PicSysphotoEvent,
    PicturesEvent,
    PicWeixinEvent,
    ScanCodeEvent,
    ScancodePushEvent,
    ScancodeWaitmsgEvent,
    UnknownEvent,
    ViewEvent,
    ViewMiniprogramEvent,
    xml,
)
from wxevents.events import parse

CLICK = (
    "<xml><ToUserName><![CDATA[gh_5a4b3c2d1e0f]]></ToUserName>"
    "<FromUserName><![CDATA[oWxEv0000demoUser0000000000A]]></FromUserName>"
    "<CreateTime>1735700001</CreateTime><MsgType><![CDATA[event]]></MsgType>"
    "<Event><![CDATA[CLICK]]></Event><EventKey><![CDATA[shop.order.status.last]]></EventKey></xml>"
)

FIRST = "0cc175b9c0f1b6a831c399e269772661"
SECOND = "92eb5ffee6ae2fec3ad71c777531578f"


def item(md5: str) -> str:
    return f"<item><PicMd5Sum><![CDATA[{md5}]]></PicMd5Sum></item>"


def test_a_click_has_its_key_and_no_menu_id() -> None:
    event = parse(xml.parse(CLICK.encode()))
    assert isinstance(event, ClickEvent)
    assert event.key == event.event_key == event.routing_key == "shop.order.status.last"
    assert event.menu_id is None
    assert event.name == event.event == "CLICK"
    assert event.msg_type == "event"
    assert event.create_time == 1735700001
    assert event.openid == FOLLOWER
    assert event.answerable


@pytest.mark.parametrize("spelling", ["CLICK", "click", "Click"])
def test_the_case_of_a_name_does_not_matter(spelling: str) -> None:
    event = happened(ClickEvent, f"<Event>{spelling}</Event><EventKey>K</EventKey>")
    assert event.name == spelling


@pytest.mark.parametrize("msg_type", ["event", "Event", "EVENT"])
def test_the_case_of_the_type_event_does_not_matter(msg_type: str) -> None:
    pushed = CLICK.replace("[event]", f"[{msg_type}]")
    assert isinstance(parse(xml.parse(pushed.encode())), ClickEvent)


def test_the_case_of_a_key_does_matter() -> None:
    assert happened(ClickEvent, "<Event>CLICK</Event><EventKey>kEy</EventKey>").key == "kEy"


def test_a_view_has_the_address_as_its_key_and_a_menu_id() -> None:
    event = happened(
        ViewEvent,
        "<Event><![CDATA[VIEW]]></Event><EventKey><![CDATA[https://shop.example/o]]></EventKey>"
        "<MenuId>500100200</MenuId>",
    )
    assert event.key == event.routing_key == "https://shop.example/o"
    assert event.menu_id == "500100200"
    assert not event.answerable


def test_a_mini_program_has_the_page_as_its_key_and_a_menu_id() -> None:
    event = happened(
        ViewMiniprogramEvent,
        "<Event><![CDATA[view_miniprogram]]></Event>"
        "<EventKey><![CDATA[pages/home/main]]></EventKey><MenuId>500100200</MenuId>",
    )
    assert event.key == "pages/home/main"
    assert event.menu_id == "500100200"
    assert not event.answerable


@pytest.mark.parametrize("element", ["MenuId", "MenuID"])
def test_both_spellings_of_the_menu_id_are_read(element: str) -> None:
    event = happened(
        ViewEvent, f"<Event>VIEW</Event><EventKey>u</EventKey><{element}>5</{element}>"
    )
    assert event.menu_id == "5"
    assert event.model_extra == {}


SCANS = pytest.mark.parametrize(
    ("kind", "name"),
    [(ScancodePushEvent, "scancode_push"), (ScancodeWaitmsgEvent, "scancode_waitmsg")],
)


def scanned(kind: type[ScanCodeEvent], name: str, scan_type: str, result: str) -> ScanCodeEvent:
    return happened(
        kind,
        f"<Event><![CDATA[{name}]]></Event><EventKey><![CDATA[k.scan]]></EventKey>"
        f"<ScanCodeInfo><ScanType><![CDATA[{scan_type}]]></ScanType>"
        f"<ScanResult><![CDATA[{result}]]></ScanResult></ScanCodeInfo>",
    )


@SCANS
def test_a_qr_code_has_no_symbology(kind: type[ScanCodeEvent], name: str) -> None:
    event = scanned(kind, name, "qrcode", "https://t.example/9")
    assert event.key == "k.scan"
    assert event.scan_code_info.scan_type == "qrcode"
    assert event.scan_code_info.scan_result == event.code == "https://t.example/9"
    assert event.symbology is None
    assert event.answerable


@SCANS
def test_a_bar_code_is_split_from_its_symbology(kind: type[ScanCodeEvent], name: str) -> None:
    event = scanned(kind, name, "barcode", "EAN_13,4006381333931")
    assert event.scan_code_info.scan_result == "EAN_13,4006381333931"
    assert (event.symbology, event.code) == ("EAN_13", "4006381333931")
    assert (event.scan_code_info.symbology, event.scan_code_info.code) == (
        "EAN_13",
        "4006381333931",
    )


@pytest.mark.parametrize(
    ("scan_type", "result", "symbology", "code"),
    [
        ("qrcode", "one,two", None, "one,two"),
        ("barcode", "CODE_128,A,B", "CODE_128", "A,B"),
        ("barcode", "4006381333931", None, "4006381333931"),
        ("BarCode", "EAN_8,40063813", "EAN_8", "40063813"),
        ("barcode", "", None, ""),
    ],
)
def test_only_the_first_comma_of_a_bar_code_splits(
    scan_type: str, result: str, symbology: str | None, code: str
) -> None:
    event = scanned(ScancodeWaitmsgEvent, "scancode_waitmsg", scan_type, result)
    assert (event.symbology, event.code) == (symbology, code)


@pytest.mark.parametrize("element", ["", "<ScanCodeInfo></ScanCodeInfo>"])
def test_a_scan_without_a_result_is_an_empty_one(element: str) -> None:
    event = happened(
        ScancodePushEvent, f"<Event>scancode_push</Event><EventKey>k</EventKey>{element}"
    )
    assert (event.symbology, event.code) == (None, "")


P = TypeVar("P", bound=PicturesEvent)

PICTURES = pytest.mark.parametrize(
    ("kind", "name"),
    [
        (PicSysphotoEvent, "pic_sysphoto"),
        (PicPhotoOrAlbumEvent, "pic_photo_or_album"),
        (PicWeixinEvent, "pic_weixin"),
    ],
)


def pictured(kind: type[P], name: str, info: str) -> P:
    return happened(
        kind,
        f"<Event><![CDATA[{name}]]></Event><EventKey><![CDATA[k.pic]]></EventKey>{info}",
    )


def sums(event: PicturesEvent) -> list[str]:
    return [picture.pic_md5_sum for picture in event.pictures]


@PICTURES
def test_several_pictures_come_in_one_list(kind: type[PicturesEvent], name: str) -> None:
    event = pictured(
        kind,
        name,
        f"<SendPicsInfo><Count>2</Count><PicList>{item(FIRST)}\n{item(SECOND)}</PicList>"
        "</SendPicsInfo>",
    )
    assert event.key == "k.pic"
    assert event.send_pics_info.count == 2
    assert event.send_pics_info.pictures == event.pictures
    assert sums(event) == [FIRST, SECOND]
    assert event.answerable


@PICTURES
def test_one_picture_is_a_list_of_one(kind: type[PicturesEvent], name: str) -> None:
    event = pictured(
        kind,
        name,
        f"<SendPicsInfo><Count>1</Count><PicList>{item(FIRST)}</PicList></SendPicsInfo>",
    )
    assert sums(event) == [FIRST]


@PICTURES
def test_no_picture_is_an_empty_list(kind: type[PicturesEvent], name: str) -> None:
    event = pictured(kind, name, "<SendPicsInfo><Count>0</Count><PicList></PicList></SendPicsInfo>")
    assert event.send_pics_info.count == 0
    assert event.pictures == ()


@pytest.mark.parametrize(
    "info",
    [
        "",
        "<SendPicsInfo/>",
        "<SendPicsInfo><Count>0</Count></SendPicsInfo>",
        "<SendPicsInfo><Count>0</Count><PicList>\n</PicList></SendPicsInfo>",
        "<SendPicsInfo><PicList><item></item></PicList></SendPicsInfo>",
    ],
)
def test_nothing_picked_is_an_empty_list_in_every_spelling(info: str) -> None:
    event = pictured(PicPhotoOrAlbumEvent, "pic_photo_or_album", info)
    assert event.pictures == ()


def test_several_pictures_may_come_in_a_list_each_with_a_count_behind() -> None:
    event = pictured(
        PicWeixinEvent,
        "pic_weixin",
        f"<SendPicsInfo><PicList>{item(FIRST)}</PicList><PicList>{item(SECOND)}</PicList>"
        f"<PicList>{item(FIRST)}{item(SECOND)}</PicList><Count>4</Count></SendPicsInfo>",
    )
    assert sums(event) == [FIRST, SECOND, FIRST, SECOND]
    assert event.send_pics_info.count == 4


@pytest.mark.parametrize("count", ["0", "1", "9", "-1"])
def test_a_count_that_lies_changes_no_picture(count: str) -> None:
    event = pictured(
        PicWeixinEvent,
        "pic_weixin",
        f"<SendPicsInfo><Count>{count}</Count>"
        f"<PicList>{item(FIRST)}{item(SECOND)}</PicList></SendPicsInfo>",
    )
    assert sums(event) == [FIRST, SECOND]
    assert event.send_pics_info.count == int(count)


def test_an_empty_count_loses_no_picture() -> None:
    event = pictured(
        PicWeixinEvent,
        "pic_weixin",
        f"<SendPicsInfo><Count></Count><PicList>{item(FIRST)}</PicList></SendPicsInfo>",
    )
    assert sums(event) == [FIRST]


@pytest.mark.parametrize("pic_list", ["a text", "<item>a text</item>"])
def test_pictures_that_are_no_structures_leave_the_event_unknown(pic_list: str) -> None:
    event = happened(
        UnknownEvent,
        "<Event>pic_weixin</Event><EventKey>k.pic</EventKey>"
        f"<SendPicsInfo><Count>1</Count><PicList>{pic_list}</PicList></SendPicsInfo>",
    )
    assert event.event_key == "k.pic"
    assert "SendPicsInfo" in event.raw


PLACE = (
    "<Event><![CDATA[location_select]]></Event><EventKey><![CDATA[k.loc]]></EventKey>"
    "<SendLocationInfo><Location_X><![CDATA[31.23]]></Location_X>"
    "<Location_Y><![CDATA[121.47]]></Location_Y><Scale><![CDATA[16]]></Scale>"
    "<Label><![CDATA[上海市某路1号]]></Label><Poiname><![CDATA[{poiname}]]></Poiname>"
    "</SendLocationInfo>"
)


@pytest.mark.parametrize("poiname", ["", "人民公园"])
def test_a_place_is_read_from_text_and_its_name_may_be_empty(poiname: str) -> None:
    event = happened(LocationSelectEvent, PLACE.replace("{poiname}", poiname))
    assert event.key == "k.loc"
    assert event.place == event.send_location_info
    assert (event.place.latitude, event.place.longitude) == (31.23, 121.47)
    assert (event.place.scale, event.place.label) == (16, "上海市某路1号")
    assert event.place.poiname == poiname
    assert event.answerable


def test_a_place_without_label_scale_and_name_still_has_coordinates() -> None:
    event = happened(
        LocationSelectEvent,
        "<Event>location_select</Event><EventKey>k.loc</EventKey>"
        "<SendLocationInfo><Location_X>-33.8</Location_X><Location_Y>151.2</Location_Y>"
        "</SendLocationInfo>",
    )
    assert (event.place.latitude, event.place.longitude) == (-33.8, 151.2)
    assert (event.place.scale, event.place.label, event.place.poiname) == (0, "", "")


def test_a_place_without_coordinates_leaves_the_event_unknown() -> None:
    event = happened(
        UnknownEvent,
        "<Event>location_select</Event><EventKey>k.loc</EventKey>"
        "<SendLocationInfo><Label>here</Label></SendLocationInfo>",
    )
    assert event.raw["SendLocationInfo"] == {"Label": "here"}


def test_json_pushes_give_the_same_menu_events() -> None:
    view = in_json(ViewEvent, MsgType="event", Event="VIEW", EventKey="u", MenuId=500100200)
    assert view.menu_id == "500100200"

    pictures = in_json(
        PicWeixinEvent,
        MsgType="event",
        Event="pic_weixin",
        EventKey="k.pic",
        SendPicsInfo={"Count": 2, "PicList": [{"PicMd5Sum": FIRST}, {"PicMd5Sum": SECOND}]},
    )
    assert sums(pictures) == [FIRST, SECOND]

    one = in_json(
        PicWeixinEvent,
        MsgType="event",
        Event="pic_weixin",
        EventKey="k.pic",
        SendPicsInfo={"Count": 1, "PicList": {"item": {"PicMd5Sum": FIRST}}},
    )
    assert sums(one) == [FIRST]

    place = in_json(
        LocationSelectEvent,
        MsgType="event",
        Event="location_select",
        EventKey="k.loc",
        SendLocationInfo={"Location_X": 31.23, "Location_Y": 121.47, "Scale": 16, "Poiname": ""},
    ).place
    assert (place.latitude, place.longitude, place.scale) == (31.23, 121.47, 16)


def test_an_element_that_is_null_in_json_is_an_empty_one() -> None:
    click = in_json(ClickEvent, MsgType="event", Event="CLICK", EventKey=None)
    assert click.key == ""


def test_a_key_that_is_a_number_in_json_is_a_text() -> None:
    assert in_json(ClickEvent, MsgType="event", Event="CLICK", EventKey=7).key == "7"


def test_menu_events_are_values() -> None:
    pushed = "<Event>CLICK</Event><EventKey>k</EventKey>"
    assert happened(ClickEvent, pushed) == happened(ClickEvent, pushed)
    with pytest.raises(ValueError, match="frozen"):
        happened(ClickEvent, pushed).event_key = "other"


def test_all_buttons_push_menu_events() -> None:
    kinds: set[type[MenuEvent]] = {
        ClickEvent,
        LocationSelectEvent,
        PicPhotoOrAlbumEvent,
        PicSysphotoEvent,
        PicWeixinEvent,
        ScancodePushEvent,
        ScancodeWaitmsgEvent,
        ViewEvent,
        ViewMiniprogramEvent,
    }
    assert all(issubclass(kind, MenuEvent) for kind in kinds)
    assert {kind.decorator for kind in kinds} == {
        "click",
        "location_select",
        "pic_photo_or_album",
        "pic_sysphoto",
        "pic_weixin",
        "scancode_push",
        "scancode_waitmsg",
        "view",
        "view_miniprogram",
    }
