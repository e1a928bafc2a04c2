"""Customer-service messages on the wire."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.client.server import OK, Dropped, ScriptedPlatform
from wxevents.client import (
    Client,
    CustomerArticle,
    CustomerCard,
    CustomerChoice,
    CustomerImage,
    CustomerMenu,
    CustomerMessage,
    CustomerMiniProgram,
    CustomerMusic,
    CustomerNews,
    CustomerText,
    CustomerVideo,
    CustomerVoice,
)
from wxevents.errors import AnswerLost, MediaError, UserUnreachable

SEND = "/cgi-bin/message/custom/send"
TYPING = "/cgi-bin/message/custom/typing"


@pytest.mark.parametrize(
    ("message", "msgtype", "fields"),
    [
        ("你好", "text", {"content": "你好"}),
        (CustomerText("你好"), "text", {"content": "你好"}),
        (CustomerImage("m-1"), "image", {"media_id": "m-1"}),
        (CustomerVoice("m-1"), "voice", {"media_id": "m-1"}),
        (
            CustomerVideo("m-1", "m-2", "title", "text"),
            "video",
            {"media_id": "m-1", "thumb_media_id": "m-2", "title": "title", "description": "text"},
        ),
        (
            CustomerMusic("m-2", "http://m", "http://hq", "title", "text"),
            "music",
            {
                "title": "title",
                "description": "text",
                "musicurl": "http://m",
                "hqmusicurl": "http://hq",
                "thumb_media_id": "m-2",
            },
        ),
        (
            CustomerNews("title", "text", "http://a", "http://p"),
            "news",
            {
                "articles": [
                    {
                        "title": "title",
                        "description": "text",
                        "url": "http://a",
                        "picurl": "http://p",
                    }
                ]
            },
        ),
        (CustomerArticle("a-1"), "mpnewsarticle", {"article_id": "a-1"}),
        (
            CustomerMenu("满意吗？", [CustomerChoice("101", "满意")], "谢谢"),
            "msgmenu",
            {
                "head_content": "满意吗？",
                "list": [{"id": "101", "content": "满意"}],
                "tail_content": "谢谢",
            },
        ),
        (CustomerCard("c-1"), "wxcard", {"card_id": "c-1"}),
        (
            CustomerMiniProgram("title", "wx1", "pages/index", "m-2"),
            "miniprogrampage",
            {
                "title": "title",
                "appid": "wx1",
                "pagepath": "pages/index",
                "thumb_media_id": "m-2",
            },
        ),
    ],
)
async def test_every_kind_of_message_is_sent_under_the_platforms_names(
    platform: ScriptedPlatform,
    client: Client,
    message: CustomerMessage | str,
    msgtype: str,
    fields: dict[str, object],
) -> None:
    platform.will_answer(SEND, OK)
    await client.messages.send("o-1", message)
    assert platform.seen[0].json == {"touser": "o-1", "msgtype": msgtype, msgtype: fields}


async def test_a_message_may_come_from_a_customer_service_account(
    platform: ScriptedPlatform, client: Client
) -> None:
    platform.will_answer(SEND, OK)
    await client.messages.send("o-1", "hi", kf_account="anna@shop")
    assert platform.seen[0].json["customservice"] == {"kf_account": "anna@shop"}


async def test_text_is_sent_without_escapes(platform: ScriptedPlatform, client: Client) -> None:
    platform.will_answer(SEND, OK)
    await client.messages.send("o-1", "你好😀")
    assert "你好😀".encode() in platform.seen[0].body


async def test_a_message_whose_answer_is_lost_is_not_sent_twice(
    platform: ScriptedPlatform, client: Client
) -> None:
    platform.will_answer(SEND, Dropped())
    with pytest.raises(AnswerLost):
        await client.messages.send("o-1", "hi")
    assert len(platform.seen) == 1


@pytest.mark.parametrize("errcode", [45015, 45047, 43004, 48002])
async def test_a_user_who_cannot_be_written_to_is_told_apart(
    platform: ScriptedPlatform, client: Client, errcode: int
) -> None:
    platform.will_answer(SEND, {"errcode": errcode, "errmsg": "out of response count limit"})
    with pytest.raises(UserUnreachable):
        await client.messages.send("o-1", "hi")


async def test_typing_is_shown_and_ended(platform: ScriptedPlatform, client: Client) -> None:
    platform.will_answer(TYPING, OK)
    await client.messages.typing("o-1")
    await client.messages.cancel_typing("o-1")
    assert [seen.json for seen in platform.seen] == [
        {"touser": "o-1", "command": "Typing"},
        {"touser": "o-1", "command": "CancelTyping"},
    ]


def test_a_message_without_fields_is_none() -> None:
    with pytest.raises(NotImplementedError):
        CustomerMessage().fields()


async def test_local_files_are_uploaded_once_and_sent_by_their_ids(
    platform: ScriptedPlatform, client: Client, tmp_path: Path
) -> None:
    video, cover = tmp_path / "a.mp4", tmp_path / "a.jpg"
    video.write_bytes(b"video")
    cover.write_bytes(b"cover")
    upload = "/cgi-bin/media/upload"
    platform.will_answer(upload, {"media_id": "v-1"}, {"thumb_media_id": "t-1"})
    platform.will_answer("/cgi-bin/message/custom/send", OK, OK)

    for _ in range(2):
        await client.messages.send("o1", CustomerVideo(video, cover, title="短片"))

    uploads = [seen for seen in platform.seen if seen.path == upload]
    assert [seen.query["type"] for seen in uploads] == ["video", "thumb"]
    sent = [json.loads(seen.body)["video"] for seen in platform.seen if seen.path != upload]
    fields = {"media_id": "v-1", "thumb_media_id": "t-1", "title": "短片", "description": ""}
    assert sent == [fields, fields]


async def test_a_missing_file_is_told_before_anything_is_sent(
    platform: ScriptedPlatform, client: Client, tmp_path: Path
) -> None:
    with pytest.raises(MediaError, match=r"none\.jpg"):
        await client.messages.send("o1", CustomerImage(tmp_path / "none.jpg"))
    assert platform.seen == []
