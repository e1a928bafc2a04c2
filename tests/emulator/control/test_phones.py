"""Every button of the bot in handlers/, and what users do besides, on the emulated phone."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping
from typing import Any
from xml.etree import ElementTree

import pytest
from aiohttp import ClientSession

from wxevents.testing import Done, EmulatorClient, EmulatorError

OTHER = "oWxEv0000demoUser0000000000B"


def element(push: Mapping[str, Any], path: str) -> str | None:
    """The text of an element of a push, as the account's XML has it."""
    return ElementTree.fromstring(push["xml"]).findtext(path)


def names(done: Done) -> list[str]:
    return [push["name"] for push in done.pushes]


def kinds(done: Done) -> list[tuple[str, str]]:
    """Who sent what."""
    return [(message["from"], message["kind"]) for message in done.messages]


async def test_a_click_button_is_answered(emulator: EmulatorClient) -> None:
    done = await emulator.user().tap("今日歌曲")
    assert done.did == {"kind": "pushed"}
    assert done.outcomes == ["answered"]
    assert done.texts == ["今日歌曲：《月亮代表我的心》"]
    assert (names(done), done.pushes[0]["key"]) == (["CLICK"], "V1001_TODAY_MUSIC")
    assert done.messages[0]["via"] == "reply"


async def test_a_button_is_found_by_path_key_and_name(emulator: EmulatorClient) -> None:
    user = emulator.user()
    places: list[dict[str, Any]] = [{"path": [0, 2]}, {"key": "V1001_GOOD"}, {"name": "赞一下我们"}]
    for where in places:
        assert (await user.tap(**where)).texts == ["谢谢你的赞！"]


@pytest.mark.parametrize(
    ("where", "why"),
    [
        ({"path": [3]}, "no button at the path [3]"),
        ({"path": [0, 9]}, "no button at the path [0, 9]"),
        ({"path": [0, 0, 0]}, "no button at the path [0, 0, 0]"),
        ({"path": [-1]}, "no button at the path [-1]"),
        ({"path": []}, "the path is empty"),
        ({"path": [0]}, "'发现' has sub-buttons: tap one of them"),
        ({"name": "没有"}, "has the name '没有'"),
        ({"key": "V1001_NEWZ"}, "has the key 'V1001_NEWZ'"),
        ({}, "Give its path, key or name"),
    ],
)
async def test_a_button_that_is_not_there_is_a_sentence(
    emulator: EmulatorClient, where: dict[str, Any], why: str
) -> None:
    with pytest.raises(EmulatorError) as raised:
        await emulator.user().tap(**where)
    assert why in str(raised.value)
    assert "\n" not in str(raised.value)
    assert (await emulator.state())["pushes"] == []


async def test_news_in_answer_to_an_event_has_all_its_articles(emulator: EmulatorClient) -> None:
    done = await emulator.user().tap("新品活动")
    (news,) = done.replies
    assert news["kind"] == "news"
    assert [article["title"] for article in news["articles"]] == ["新品上架", "门店活动"]


async def test_a_view_button_opens_its_page_and_tells_the_menu(emulator: EmulatorClient) -> None:
    done = await emulator.user().tap("搜索")
    assert done.did == {"kind": "opened", "url": "https://www.soso.com/"}
    assert (done.outcomes, names(done)) == (["empty"], ["VIEW"])
    (opened,) = done.messages
    assert (opened["kind"], opened["what"], opened["target"]) == (
        "opened",
        "url",
        "https://www.soso.com/",
    )
    menu = (await emulator.state())["menus"]["default"]
    assert element(done.pushes[0], "MenuId") == menu["menu_id"]


async def test_scancode_waitmsg_shows_that_a_message_is_coming(emulator: EmulatorClient) -> None:
    user = emulator.user()
    needs = await user.tap("扫码带提示")
    assert needs.did == {"kind": "needs", "what": "scan", "sources": ["camera", "album"]}
    assert (needs.pushes, needs.messages) == ([], [])
    done = await user.tap("扫码带提示", scan="https://t.example/9")
    assert done.texts == ["二维码内容：https://t.example/9"]
    assert kinds(done) == [("account", "text")]  # 消息接收中 is gone
    code = {"type": "barcode", "result": "4006381333931", "symbology": "EAN_13"}
    done = await user.tap("扫码带提示", scan=code)
    assert element(done.pushes[0], "ScanCodeInfo/ScanResult") == "EAN_13,4006381333931"
    assert done.texts == ["条形码（EAN_13）：4006381333931"]


async def test_scancode_push_shows_the_result_itself(emulator: EmulatorClient) -> None:
    done = await emulator.user().tap("扫码推事件", scan="https://t.example/9")
    assert kinds(done) == [("system", "opened"), ("account", "text")]
    assert (done.messages[0]["what"], done.messages[0]["target"]) == ("scan", "https://t.example/9")
    assert done.texts == ["已收到扫码结果：https://t.example/9"]


@pytest.mark.parametrize(
    ("name", "sources", "event"),
    [
        ("系统拍照发图", ["camera"], "pic_sysphoto"),
        ("拍照或相册", ["camera", "album"], "pic_photo_or_album"),
        ("微信相册发图", ["album"], "pic_weixin"),
    ],
)
async def test_a_photo_button_sends_the_event_and_then_each_picture(
    emulator: EmulatorClient, http: ClientSession, name: str, sources: list[str], event: str
) -> None:
    user = emulator.user()
    needs = await user.tap(name)
    assert needs.did == {"kind": "needs", "what": "photos", "sources": sources}
    assert needs.pushes == []

    nothing = await user.tap(name, photos=[])
    assert (names(nothing), nothing.texts) == ([event], ["没有选择图片"])
    assert element(nothing.pushes[0], "SendPicsInfo/Count") == "0"

    one = await user.tap(name, photos=["receipt"])
    assert (names(one), one.texts) == ([event, "image"], ["收到 1 张图片"])

    data = b"\x89PNG\r\n\x1a\n" + b"my own"
    mine = {"name": "mine.png", "data": base64.b64encode(data).decode()}
    two = await user.tap(name, photos=["cat", mine])
    assert (names(two), two.texts) == ([event, "image", "image"], ["收到 2 张图片"])
    sums = ElementTree.fromstring(two.pushes[0]["xml"]).iter("PicMd5Sum")
    downloaded = []
    for push in two.pushes[1:]:
        async with http.get(str(element(push, "PicUrl"))) as response:
            assert response.status == 200
            downloaded.append(await response.read())
    assert downloaded[1] == data
    assert [hashlib.md5(one).hexdigest() for one in downloaded] == [one.text for one in sums]
    # The bot of handlers/ sends each picture back.
    sent = [element(push, "MediaId") for push in two.pushes[1:]]
    assert [one["media_id"] for one in two.replies if one["kind"] == "image"] == sent


async def test_several_pictures_come_in_one_list_or_in_many(emulator: EmulatorClient) -> None:
    for pictures, lists in (("one_list", 1), ("many_lists", 2)):
        await emulator.switches(pictures=pictures)
        done = await emulator.user().tap("微信相册发图", photos=["cat", "sea"])
        info = ElementTree.fromstring(done.pushes[0]["xml"]).find("SendPicsInfo")
        assert info is not None
        assert len(info.findall("PicList")) == lists
        assert len(list(info.iter("PicMd5Sum"))) == 2
        assert done.texts == ["收到 2 张图片"]


@pytest.mark.parametrize(
    ("photo", "why"),
    [
        ("dog", "no sample 'dog', only cat, receipt, sea"),
        ({"name": "a.jpg", "data": "***"}, "a.jpg is not base64"),
        ({"name": "a.jpg"}, "a.jpg has 0 bytes"),
        ({"file": "a.jpg"}, "photos.0.file"),
    ],
)
async def test_a_photo_that_cannot_be_sent_is_a_sentence(
    emulator: EmulatorClient, photo: Any, why: str
) -> None:
    with pytest.raises(EmulatorError) as raised:
        await emulator.user().tap("微信相册发图", photos=[photo])
    assert why in str(raised.value)


async def test_a_place_button_sends_the_event_and_the_message(emulator: EmulatorClient) -> None:
    user = emulator.user()
    assert (await user.tap("发送位置")).did == {"kind": "needs", "what": "place", "sources": []}
    place = {"latitude": 31.23, "longitude": 121.47, "label": "上海市某路1号", "poiname": "某店"}
    done = await user.tap("发送位置", place=place)
    assert names(done) == ["location_select", "location"]
    assert done.texts == ["你选择了：某店（31.2300, 121.4700）"]
    event, message = done.pushes
    assert element(event, "SendLocationInfo/Poiname") == "某店"
    assert element(event, "SendLocationInfo/Location_X") == "31.23"
    assert (element(message, "Location_Y"), element(message, "Scale")) == ("121.47", "16")
    (sent,) = [one for one in done.messages if one["from"] == "user"]
    assert (sent["kind"], sent["label"], sent["poiname"]) == ("location", "上海市某路1号", "某店")


@pytest.mark.parametrize("latitude", [91, -91, "north", None])
async def test_a_place_lies_on_the_earth(emulator: EmulatorClient, latitude: Any) -> None:
    with pytest.raises(EmulatorError, match=r"place\.latitude"):
        await emulator.user().tap("发送位置", place={"latitude": latitude, "longitude": 0})


async def test_a_place_near_the_equator_is_written_without_an_exponent(
    emulator: EmulatorClient,
) -> None:
    done = await emulator.user().send("location", latitude=0.00001, longitude=-0.00001)
    written = element(done.pushes[0], "Location_X"), element(done.pushes[0], "Location_Y")
    assert written == ("0.00001", "-0.00001")


@pytest.mark.parametrize(
    ("platform", "version", "works"),
    [
        ("ios", "5.4.0", False),
        ("ios", "5.4.1", True),
        ("android", "5.3", False),
        ("android", "5.4", True),
        ("others", "1.0", True),
    ],
)
async def test_scan_photo_and_place_buttons_do_nothing_on_old_clients(
    emulator: EmulatorClient, platform: str, version: str, works: bool
) -> None:
    user = emulator.user()
    await user.change(platform=platform, client_version=version)
    taps = [
        await user.tap("扫码带提示", scan="x"),
        await user.tap("扫码推事件", scan="x"),
        await user.tap("系统拍照发图", photos=["cat"]),
        await user.tap("拍照或相册", photos=["cat"]),
        await user.tap("微信相册发图", photos=["cat"]),
        await user.tap("发送位置", place={"latitude": 1, "longitude": 1}),
    ]
    assert {tap.did["kind"] for tap in taps} == {"pushed" if works else "nothing"}
    if not works:
        assert version in taps[0].did["why"]
        assert [tap for tap in taps if tap.pushes or tap.messages] == []
    assert (await user.tap("今日歌曲")).outcomes == ["answered"]


async def test_a_text_is_answered_and_stands_in_the_chat(emulator: EmulatorClient) -> None:
    done = await emulator.user().say("你好")
    assert kinds(done) == [("user", "text"), ("account", "text")]
    assert done.texts == ["你说的是：你好"]
    assert element(done.pushes[0], "MsgId")
    assert element(done.pushes[0], "bizmsgmenuid") is None


async def test_an_option_of_a_message_menu_tells_its_id(emulator: EmulatorClient) -> None:
    done = await emulator.user().say("满意", menu_id="101")
    assert element(done.pushes[0], "bizmsgmenuid") == "101"
    assert element(done.pushes[0], "Content") == "满意"


async def test_a_message_that_is_handed_over_is_a_notice(emulator: EmulatorClient) -> None:
    done = await emulator.user().say("人工")
    assert done.outcomes == ["answered"]
    assert (kinds(done)[1:], done.messages[1]["text"]) == ([("system", "notice")], "已转接人工客服")


async def test_a_picture_arrives_with_its_file(
    emulator: EmulatorClient, http: ClientSession
) -> None:
    done = await emulator.user().send("image", photo={"sample": "sea"})
    async with http.get(str(element(done.pushes[0], "PicUrl"))) as response:
        picture = await response.read()
        assert response.content_type == "image/jpeg"
    async with http.get(emulator.url + done.messages[0]["url"]) as response:
        assert await response.read() == picture
    assert picture.startswith(b"\xff\xd8")
    assert kinds(done) == [("user", "image"), ("account", "image")]


async def test_a_voice_has_what_was_recognized_where_the_account_asked_for_it(
    emulator: EmulatorClient,
) -> None:
    user = emulator.user()
    plain = await user.send("voice")
    assert element(plain.pushes[0], "Recognition") is None
    assert element(plain.pushes[0], "Format") == "amr"
    understood = await user.send("voice", recognition="今天天气")
    assert element(understood.pushes[0], "Recognition") == "今天天气"
    assert understood.messages[0]["recognition"] == "今天天气"
    not_understood = await user.send("voice", recognition="")
    assert element(not_understood.pushes[0], "Recognition") == ""


async def test_a_voice_may_tell_its_seconds(emulator: EmulatorClient) -> None:
    # reference/emulator.md: {"kind": "voice", "seconds", "recognition"}
    assert (await emulator.user().send("voice", seconds=3)).outcomes == ["empty"]


@pytest.mark.parametrize("kind", ["video", "shortvideo"])
async def test_a_video_arrives_with_its_thumbnail(
    emulator: EmulatorClient, http: ClientSession, kind: str
) -> None:
    done = await emulator.user().send(kind)
    assert (names(done), kinds(done)) == ([kind], [("user", kind)])
    for name in ("MediaId", "ThumbMediaId"):
        media_id = element(done.pushes[0], name)
        async with http.get(f"{emulator.url}/emulator/media/{media_id}") as response:
            assert response.status == 200


async def test_links_and_places_are_messages(emulator: EmulatorClient) -> None:
    user = emulator.user()
    link = {"title": "春季", "description": "两天", "url": "https://shop.example/s"}
    done = await user.send("link", **link)
    assert [element(done.pushes[0], name) for name in ("Title", "Description", "Url")] == [
        *link.values()
    ]
    done = await user.send("location", latitude=31.2, longitude=121.5, label="某路")
    assert (names(done), element(done.pushes[0], "Label")) == (["location"], "某路")
    assert done.messages[0]["latitude"] == 31.2


@pytest.mark.parametrize("kind", ["link", "hologram", "text"])
async def test_what_cannot_be_sent_is_a_sentence(emulator: EmulatorClient, kind: str) -> None:
    with pytest.raises(EmulatorError):
        await emulator.user().send(kind)


async def test_followers_come_go_and_come_back_by_a_code(emulator: EmulatorClient) -> None:
    user = emulator.user()
    with pytest.raises(EmulatorError, match="follows already"):
        await user.subscribe()
    gone = await user.unsubscribe()
    assert (names(gone), gone.outcomes, gone.messages) == (["unsubscribe"], ["empty"], [])
    back = await user.subscribe()
    assert (names(back), back.texts) == (["subscribe"], ["欢迎关注！点一下菜单试试看。"])
    assert not back.pushes[0]["key"]
    await user.unsubscribe()
    back = await user.subscribe("till07")
    assert back.pushes[0]["key"] == "qrscene_till07"
    assert element(back.pushes[0], "Ticket")
    assert back.texts == ["欢迎关注！（来自 till07）点一下菜单试试看。"]


async def test_a_code_is_a_scan_to_a_follower_and_a_way_in_to_a_stranger(
    emulator: EmulatorClient,
) -> None:
    done = await emulator.user().scan_scene("till07")
    assert (names(done), done.pushes[0]["key"]) == (["SCAN"], "till07")
    assert done.texts == ["欢迎回来，你扫描了：till07"]
    stranger = await emulator.add_user("小红", openid=OTHER, subscribed=False)
    done = await stranger.scan_scene("till07")
    assert (names(done), done.pushes[0]["key"]) == (["subscribe"], "qrscene_till07")
    assert [user["subscribed"] for user in (await emulator.state())["users"]] == [True, True]


async def test_who_does_not_follow_can_do_nothing_in_the_chat(emulator: EmulatorClient) -> None:
    user = emulator.user()
    await user.unsubscribe()
    for doing in (
        user.tap("今日歌曲"),
        user.say("你好"),
        user.send("image"),
        user.send("voice"),
        user.send("video"),
        user.send("link", url="https://shop.example/"),
        user.send("location", latitude=1, longitude=1),
        user.unsubscribe(),
    ):
        with pytest.raises(EmulatorError, match="does not follow the account"):
            await doing


async def test_what_was_refused_does_not_stand_in_the_chat(emulator: EmulatorClient) -> None:
    user = emulator.user()
    await user.unsubscribe()
    for doing in (
        user.say("你好"),
        user.send("image"),
        user.send("location", latitude=1, longitude=1),
    ):
        with pytest.raises(EmulatorError, match="does not follow the account"):
            await doing
    assert await user.chat() == []


async def test_who_does_not_follow_reports_no_place(emulator: EmulatorClient) -> None:
    user = emulator.user()
    await user.unsubscribe()
    with pytest.raises(EmulatorError, match="does not follow the account"):
        await user.report_location(31.2, 121.5)


async def test_who_does_not_follow_sees_no_menu(emulator: EmulatorClient) -> None:
    user = emulator.user()
    await user.tap("今日歌曲")
    await user.unsubscribe()
    assert (await emulator.state())["users"][0]["menu"] is None


async def test_a_place_is_reported_in_six_digits(emulator: EmulatorClient) -> None:
    done = await emulator.user().report_location(31.2304161, 121.473701)
    push = done.pushes[0]
    assert [element(push, name) for name in ("Latitude", "Longitude", "Precision")] == [
        "31.230416",
        "121.473701",
        "40.000000",
    ]
    assert (names(done), done.outcomes, done.messages) == (["LOCATION"], ["empty"], [])


@pytest.mark.parametrize("status", ["success", "failed:user block", "failed: system failed"])
async def test_a_template_message_has_a_result(emulator: EmulatorClient, status: str) -> None:
    body = {"openid": emulator.user().openid, "status": status}
    (push,) = (await emulator.request("POST", "/template_result", body))["pushes"]
    assert (push["name"], element(push, "Status")) == ("TEMPLATESENDJOBFINISH", status)
    assert push["outcome"] == "empty"


async def test_any_push_can_be_sent(emulator: EmulatorClient) -> None:
    openid = emulator.user().openid
    done = await emulator.user(openid).push("CLICK", "V1001_GOOD", {"MenuId": 7})
    assert done.texts == ["谢谢你的赞！"]
    assert element(done.pushes[0], "MenuId") == "7"
    elements: dict[str, Any] = {"Some.Where": "x", "Count": 3}
    done = await emulator.user(openid).push("invented_tomorrow", None, elements)
    assert element(done.pushes[0], "Some/Where") == "x"
    assert done.outcomes == ["empty"]
    done = await emulator.user(openid).push("kf_create_session", None, {"KfAccount": "bo@shopdemo"})
    assert element(done.pushes[0], "KfAccount") == "bo@shopdemo"


@pytest.mark.parametrize(
    ("arguments", "elements", "why"),
    [
        (("nobody", "CLICK"), {}, "there is no user nobody"),
        ((None, ""), {}, "name"),
        ((None, "image", "a key"), {}, "a message of type image has no key"),
        ((None, "CLICK"), {"not a name": 1}, "is no element's name"),
        ((None, "pic_weixin"), {"SendPicsInfo.PicList.item.7.PicMd5Sum": "x"}, "there is no 7"),
    ],
)
async def test_a_push_that_cannot_be_is_a_sentence(
    emulator: EmulatorClient, arguments: Any, elements: dict[str, Any], why: str
) -> None:
    openid, name, *key = arguments
    user = emulator.user(openid) if openid else emulator.user()
    with pytest.raises(EmulatorError) as raised:
        await user.push(name, key[0] if key else None, elements)
    assert why in str(raised.value)


@pytest.mark.parametrize("value", [None, True, 1.5, [], {}, ["a", "b"], {"A": None}])
async def test_elements_may_hold_whatever_json_holds(
    emulator: EmulatorClient, value: object
) -> None:
    done = await emulator.user().push("invented_tomorrow", None, {"Thing": value})
    ElementTree.fromstring(done.pushes[0]["xml"])
    assert (await emulator.state())["pushes"]


async def test_pushes_of_one_second_are_told_apart(emulator: EmulatorClient) -> None:
    user = emulator.user()
    pushes = [(await user.tap("今日歌曲")).pushes[0] for _ in range(3)]
    assert len({element(push, "CreateTime") for push in pushes}) == 3
    said = [(await user.say("好")).pushes[0] for _ in range(3)]
    assert len({element(push, "MsgId") for push in said}) == 3
