"""Permanent material."""

from __future__ import annotations

import json

from tests.client.server import OK, Raw, ScriptedPlatform
from wxevents.client import (
    AddedMaterial,
    Client,
    DownloadedFile,
    MaterialArticle,
    MaterialCounts,
    MaterialItem,
    MaterialNews,
    MaterialPage,
    MaterialVideo,
)

ADD = "/cgi-bin/material/add_material"
GET = "/cgi-bin/material/get_material"
LIST = "/cgi-bin/material/batchget_material"


async def test_an_image_is_added(platform: ScriptedPlatform, client: Client) -> None:
    platform.will_answer(ADD, {"media_id": "p-1", "url": "http://mmbiz/1"})
    added = await client.materials.add("image", b"picture", filename="a.png")
    assert added == AddedMaterial("p-1", "http://mmbiz/1")
    (seen,) = platform.seen
    assert seen.query["type"] == "image"
    assert b'name="media"; filename="a.png"' in seen.body
    assert b"description" not in seen.body


async def test_a_video_is_added_with_title_and_introduction(
    platform: ScriptedPlatform, client: Client
) -> None:
    platform.will_answer(ADD, {"media_id": "p-2"})
    await client.materials.add("video", b"film", title="片名", introduction="介绍")
    body = platform.seen[0].body
    assert b'name="description"\r\n' in body
    assert '\r\n\r\n{"title":"片名","introduction":"介绍"}\r\n'.encode() in body


async def test_material_is_a_file_a_video_or_news(
    platform: ScriptedPlatform, client: Client
) -> None:
    news = {"news_item": [{"title": "标题", "thumb_url": "x", "url": "http://mp"}]}
    platform.will_answer(
        GET,
        Raw(b"picture", "image/png"),
        {"title": "片名", "description": "介绍", "down_url": "http://v"},
        news,
    )
    assert await client.materials.get("p-1") == DownloadedFile(b"picture", "image/png", "")
    assert await client.materials.get("p-2") == MaterialVideo("片名", "介绍", "http://v")
    assert await client.materials.get("p-3") == MaterialNews(
        (MaterialArticle(title="标题", url="http://mp"),)
    )
    assert [json.loads(seen.body) for seen in platform.seen] == [
        {"media_id": "p-1"},
        {"media_id": "p-2"},
        {"media_id": "p-3"},
    ]


async def test_material_is_listed_by_kind(platform: ScriptedPlatform, client: Client) -> None:
    platform.will_answer(
        LIST,
        {
            "total_count": 25,
            "item_count": 2,
            "item": [
                {"media_id": "p-1", "name": "a.png", "update_time": 1735700000, "url": "http://a"},
                {
                    "media_id": "p-3",
                    "update_time": "1735700001",
                    "content": {"news_item": [{"title": "标题"}]},
                },
            ],
        },
    )
    assert await client.materials.list("image", offset=20, count=5) == MaterialPage(
        25,
        (
            MaterialItem("p-1", "a.png", 1735700000, "http://a"),
            MaterialItem(
                "p-3",
                update_time=1735700001,
                content=MaterialNews((MaterialArticle(title="标题"),)),
            ),
        ),
    )
    assert platform.seen[0].json == {"type": "image", "offset": 20, "count": 5}


async def test_material_is_deleted_and_counted(platform: ScriptedPlatform, client: Client) -> None:
    platform.will_answer("/cgi-bin/material/del_material", OK)
    platform.will_answer(
        "/cgi-bin/material/get_materialcount", {"voice_count": 1, "image_count": 3}
    )
    await client.materials.delete("p-1")
    assert platform.seen[0].json == {"media_id": "p-1"}
    assert await client.materials.counts() == MaterialCounts(voice_count=1, image_count=3)
