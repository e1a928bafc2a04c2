"""A sample of every push of the platform (protocol: messages, events, menu events)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final, NamedTuple

from wxevents.xml import Fields

ACCOUNT: Final = "gh_5a4b3c2d1e0f"
"""Original id of the account in pushes that name no other."""

FOLLOWER: Final = "oWxEv0000demoUser0000000000A"
"""OpenID of the user in pushes that name no other."""


class Sample(NamedTuple):
    """One kind of push: its key's default and the elements it has besides the common ones."""

    key: str | None
    elements: Callable[[], Fields]


def nothing() -> Fields:
    return {}


def _pictures() -> Fields:
    md5 = "0cc175b9c0f1b6a831c399e269772661"
    return {"SendPicsInfo": {"Count": 1, "PicList": {"item": [{"PicMd5Sum": md5}]}}}


def _scan() -> Fields:
    return {"ScanCodeInfo": {"ScanType": "qrcode", "ScanResult": "https://t.example/9"}}


def _place() -> Fields:
    return {
        "SendLocationInfo": {
            "Location_X": "31.230416",
            "Location_Y": "121.473701",
            "Scale": "16",
            "Label": "上海市某路1号",
            "Poiname": "",
        }
    }


def _choices(wrapper: str) -> Callable[[], Fields]:
    choice = {"TemplateId": "tpl_demo_1", "SubscribeStatusString": "accept"}
    if wrapper == "SubscribeMsgPopupEvent":
        choice["PopupScene"] = "1"
    return lambda: {wrapper: {"List": [dict(choice)]}}


def _expiring() -> Fields:
    return {"ExpiredTime": 1767236100}


def _failed() -> Fields:
    return {"FailTime": 1735700100, "FailReason": "by demo"}


def _published() -> Fields:
    article = {"idx": 1, "article_url": "http://mp.example/a1"}
    return {
        "PublishEventInfo": {
            "publish_id": 2200000001,
            "publish_status": 0,
            "article_id": "art_demo_1",
            "article_detail": {"count": 1, "item": [article]},
        }
    }


EVENTS: Final[Mapping[str, Sample]] = {
    "CLICK": Sample("V1001_TODAY_MUSIC", nothing),
    "VIEW": Sample("https://shop.example/o", lambda: {"MenuId": 500100200}),
    "view_miniprogram": Sample("pages/home/main", lambda: {"MenuId": 500100200}),
    "scancode_push": Sample("rselfmenu_0_1", _scan),
    "scancode_waitmsg": Sample("rselfmenu_0_0", _scan),
    "pic_sysphoto": Sample("rselfmenu_1_0", _pictures),
    "pic_photo_or_album": Sample("rselfmenu_1_1", _pictures),
    "pic_weixin": Sample("rselfmenu_1_2", _pictures),
    "location_select": Sample("rselfmenu_2_0", _place),
    "subscribe": Sample("", nothing),
    "unsubscribe": Sample("", nothing),
    "SCAN": Sample("till07", lambda: {"Ticket": "gQ_demo_ticket_1"}),
    "LOCATION": Sample(
        None,
        lambda: {"Latitude": "31.230416", "Longitude": "121.473701", "Precision": "40.000000"},
    ),
    "TEMPLATESENDJOBFINISH": Sample(
        None, lambda: {"MsgID": 310000000000000001, "Status": "success"}
    ),
    "MASSSENDJOBFINISH": Sample(
        None,
        lambda: {
            "MsgID": 1000001,
            "Status": "send success",
            "TotalCount": 90,
            "FilterCount": 80,
            "SentCount": 79,
            "ErrorCount": 1,
            "ArticleUrlResult": {
                "Count": 1,
                "ResultList": {"item": [{"ArticleIdx": 1, "ArticleUrl": "http://mp.example/a1"}]},
            },
        },
    ),
    "PUBLISHJOBFINISH": Sample(None, _published),
    "FREEPUBLISHJOBFINISH": Sample(None, _published),  # the name that the documentation gives
    "subscribe_msg_popup_event": Sample(None, _choices("SubscribeMsgPopupEvent")),
    "subscribe_msg_change_event": Sample(None, _choices("SubscribeMsgChangeEvent")),
    "subscribe_msg_sent_event": Sample(
        None,
        lambda: {
            "SubscribeMsgSentEvent": {
                "List": [
                    {
                        "TemplateId": "tpl_demo_1",
                        "MsgID": "1700827132819554304",
                        "ErrorCode": "0",
                        "ErrorStatus": "success",
                    }
                ]
            }
        },
    ),
    "kf_create_session": Sample(None, lambda: {"KfAccount": "anna@shopdemo"}),
    "kf_close_session": Sample(None, lambda: {"KfAccount": "anna@shopdemo"}),
    "kf_switch_session": Sample(
        None, lambda: {"FromKfAccount": "anna@shopdemo", "ToKfAccount": "bo@shopdemo"}
    ),
    "user_info_modified": Sample(
        None, lambda: {"OpenID": FOLLOWER, "AppID": "wx", "RevokeInfo": "1"}
    ),
    "user_authorization_revoke": Sample(
        None, lambda: {"OpenID": FOLLOWER, "AppID": "wx", "RevokeInfo": "1"}
    ),
    "qualification_verify_success": Sample(None, _expiring),
    "qualification_verify_fail": Sample(None, _failed),
    "naming_verify_success": Sample(None, _expiring),
    "naming_verify_fail": Sample(None, _failed),
    "annual_renew": Sample(None, _expiring),
    "verify_expired": Sample(None, _expiring),
    "debug_demo": Sample(None, lambda: {"debug_str": "debug demo"}),
}
"""Every event of the platform, under the name it is pushed with."""

MESSAGES: Final[Mapping[str, Callable[[], Fields]]] = {
    "text": lambda: {"Content": "还有货吗"},
    "image": lambda: {"PicUrl": "http://mmbiz.example/p/7", "MediaId": "med-0007"},
    "voice": lambda: {"MediaId": "med-0008", "Format": "amr", "Recognition": "你好"},
    "video": lambda: {"MediaId": "med-0009", "ThumbMediaId": "med-0010"},
    "shortvideo": lambda: {"MediaId": "med-0011", "ThumbMediaId": "med-0012"},
    "location": lambda: {
        "Location_X": "31.230416",
        "Location_Y": "121.473701",
        "Scale": "16",
        "Label": "上海市某路1号",
    },
    "link": lambda: {
        "Title": "Spring sale",
        "Description": "two days only",
        "Url": "https://shop.example/s",
    },
}
"""Every message that a user can send, with the elements of its own."""
