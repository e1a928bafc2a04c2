"""Replies in menu files."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.menu.writing import Writer
from wxevents import (
    Article,
    ClickButton,
    ImageReply,
    Menu,
    MenuError,
    MenuSet,
    MusicReply,
    NewsReply,
    Reply,
    TextReply,
    TransferReply,
    VideoReply,
    VoiceReply,
)
from wxevents.menu.writing import file_text


def text_of(reply: Any) -> str:
    button = {"type": "click", "name": "赞", "key": "good", "reply": reply}
    return json.dumps({"button": [button]}, ensure_ascii=False)


def reply_in(menus: MenuSet) -> str | Reply | None:
    ((_, button),) = menus.menu.leaves()
    assert isinstance(button, ClickButton)
    return button.reply


REPLIES: list[tuple[Any, str | Reply]] = [
    ("谢谢", "谢谢"),
    ("", ""),
    ({"text": "谢谢"}, TextReply("谢谢")),
    ({"text": ""}, TextReply("")),
    ({"image": "MEDIA_ID"}, ImageReply("MEDIA_ID")),
    ({"image": {"file": "a.jpg"}}, ImageReply(Path("a.jpg"))),
    ({"voice": {"file": "media/a.mp3"}}, VoiceReply(Path("media/a.mp3"))),
    ({"video": "MEDIA_ID"}, VideoReply("MEDIA_ID")),
    ({"video": {"file": "/media/a.mp4"}}, VideoReply(Path("/media/a.mp4"))),
    (
        {"video": {"media_id": {"file": "a.mp4"}, "title": "店", "description": "里面"}},
        VideoReply(Path("a.mp4"), "店", "里面"),
    ),
    (
        {"music": {"thumb_media_id": "MEDIA_ID", "music_url": "https://m.example/lo.mp3"}},
        MusicReply("MEDIA_ID", music_url="https://m.example/lo.mp3"),
    ),
    (
        {"news": [{"title": "新品", "url": "https://shop.example"}, {"title": "周末"}]},
        NewsReply([Article("新品", url="https://shop.example"), Article("周末")]),
    ),
    ({"news": []}, NewsReply([])),
]
EACH = pytest.mark.parametrize(("written", "reply"), REPLIES)


@EACH
def test_a_reply_is_read(written: Any, reply: str | Reply, write: Writer) -> None:
    assert reply_in(write.menus("menu.json", text_of(written))) == reply


@EACH
@pytest.mark.parametrize("suffix", [".json", ".yaml"])
def test_a_reply_is_written_back(
    written: Any, reply: str | Reply, suffix: str, write: Writer
) -> None:
    menus = MenuSet(Menu(ClickButton("赞", "good", reply=reply)))
    text = file_text(menus, Path(f"menu{suffix}"))
    assert reply_in(write.menus(f"menu{suffix}", text)) == reply
    if suffix == ".json":
        assert json.loads(text) == json.loads(text_of(written))


def test_a_button_without_reply_has_none(write: Writer) -> None:
    assert reply_in(write.menus("menu.json", text_of(None))) is None


def test_media_are_looked_for_beside_the_file(write: Writer) -> None:
    menus = write.menus("shop/menu.json", text_of({"image": {"file": "media/a.jpg"}}))
    assert reply_in(menus) == ImageReply(Path("shop/media/a.jpg"))


KINDS = "text, image, voice, video, music, news"


@pytest.mark.parametrize(
    ("reply", "refusals"),
    [
        (5, [f": 5 (int) where a text or one of {KINDS} is due"]),
        ([], [f": a list where a text or one of {KINDS} is due"]),
        ({}, [f": a mapping where a text or one of {KINDS} is due"]),
        ({"gif": "x"}, [f": a mapping where a text or one of {KINDS} is due"]),
        ({"text": "a", "image": "b"}, [f": a mapping where a text or one of {KINDS} is due"]),
        ({"text": 5}, [".text: 5 (int) where fields are due"]),
        (
            {"text": {"file": "a.txt"}},
            [
                ".text.file: there is no field 'file' here; there are content",
                ".text.content: content is missing",
            ],
        ),
        (
            {"text": {"content": {"file": "a.txt"}}},
            [".text.content: a mapping where text is due; put it in quotes"],
        ),
        ({"image": None}, [".image: nothing where fields are due"]),
        ({"image": {"file": ""}}, [".image: the file is missing: `file: PATH`"]),
        ({"image": {"file": 5}}, [".image.file: 5 (int) where text is due; put it in quotes"]),
        (
            {"image": {"media_id": {"path": "a"}}},
            [
                ".image.media_id.path: there is no field 'path' here; there are file",
                ".image.media_id: the file is missing: `file: PATH`",
            ],
        ),
        (
            {"video": {"title": "x", "a": "y"}},
            [
                ".video.a: there is no field 'a' here; "
                "there are description, media_id, thumb_media_id, title",
                ".video.media_id: media_id is missing",
            ],
        ),
        (
            {"music": {"thumb_media_id": 5}},
            [".music.thumb_media_id: 5 (int) where text is due; put it in quotes"],
        ),
        ({"news": {"title": "x"}}, [".news: a mapping where a list is due"]),
        (
            {"news": ["x", {"url": 5}]},
            [
                ".news[0]: 'x' (str) where fields are due",
                ".news[1].title: title is missing",
                ".news[1].url: 5 (int) where text is due; put it in quotes",
            ],
        ),
        (
            {"news": [{"title": "x", "a": "y"}]},
            [".news[0].a: there is no field 'a' here; there are description, pic_url, title, url"],
        ),
    ],
)
def test_anything_else_is_no_reply(reply: Any, refusals: list[str], write: Writer) -> None:
    findings = write.findings("menu.json", text_of(reply))
    assert [f"{one.path}: {one.message}" for one in findings] == [
        f"button[0].reply{refusal}" for refusal in refusals
    ]
    assert all(one.place.startswith("menu.json:1:") for one in findings)


def test_only_click_buttons_have_replies(write: Writer) -> None:
    text = text_of("x").replace('"click"', '"location_select"')
    assert "there is no field 'reply' here" in write.refusal("menu.json", text)


def test_a_reply_that_no_file_has_is_refused_when_written() -> None:
    menus = MenuSet(Menu(ClickButton("赞", "good", reply=TransferReply())))
    with pytest.raises(MenuError, match="reply: a file has no TransferReply"):
        file_text(menus, Path("menu.yaml"))
