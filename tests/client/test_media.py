"""Temporary media: up, down, and local files that are uploaded when needed."""

from __future__ import annotations

import asyncio
import os
from pathlib import Path

import pytest

from tests.client.server import Dropped, Held, Raw, ScriptedPlatform, WaitingClock
from wxevents.client import Client, DownloadedFile, UploadedMedia, VideoLink
from wxevents.errors import AnswerLost, ApiAnswerUnreadable, ApiError, MediaError

UPLOAD = "/cgi-bin/media/upload"
GET = "/cgi-bin/media/get"
JPEG = b"\xff\xd8\xff\xe0 a picture"


def uploaded(media_id: str) -> dict[str, object]:
    return {"type": "image", "media_id": media_id, "created_at": 1735700000}


@pytest.fixture
def picture(tmp_path: Path) -> Path:
    path = tmp_path / "今日.jpg"
    path.write_bytes(JPEG)
    return path


async def test_a_file_is_uploaded_under_its_name(
    platform: ScriptedPlatform, client: Client, picture: Path
) -> None:
    platform.will_answer(UPLOAD, uploaded("m-1"))
    assert await client.media.upload("image", picture) == UploadedMedia("m-1", "image", 1735700000)
    (seen,) = platform.seen
    assert seen.query["type"] == "image"
    assert seen.headers["Content-Type"].startswith("multipart/form-data; boundary=")
    assert 'name="media"; filename="今日.jpg"'.encode() in seen.body
    assert b"\r\n\r\n" + JPEG + b"\r\n--" in seen.body
    assert int(seen.headers["Content-Length"]) == len(seen.body)  # the platform takes no chunks


async def test_bytes_are_uploaded_under_a_given_or_usual_name(
    platform: ScriptedPlatform, client: Client
) -> None:
    platform.will_answer(UPLOAD, uploaded("m-1"))
    await client.media.upload("image", JPEG)
    await client.media.upload("image", JPEG, filename='a"\r\nb.png')
    assert b'filename="image.jpg"' in platform.seen[0].body
    assert b'filename="a\\"b.png"' in platform.seen[1].body


async def test_a_name_that_cannot_be_printed_is_replaced(
    platform: ScriptedPlatform, client: Client
) -> None:
    platform.will_answer(UPLOAD, uploaded("m-1"))
    await client.media.upload("image", JPEG, filename="\n")
    assert b'filename="file"' in platform.seen[0].body


async def test_a_thumb_has_its_id_under_another_name(
    platform: ScriptedPlatform, client: Client
) -> None:
    platform.will_answer(UPLOAD, {"type": "thumb", "thumb_media_id": "m-2", "created_at": 1})
    assert (await client.media.upload("thumb", JPEG)).media_id == "m-2"


async def test_an_upload_whose_answer_is_lost_is_not_repeated(
    platform: ScriptedPlatform, client: Client
) -> None:
    platform.will_answer(UPLOAD, Dropped())
    with pytest.raises(AnswerLost):
        await client.media.upload("image", JPEG)
    assert len(platform.seen) == 1


async def test_an_upload_is_repeated_whole_when_the_platform_is_busy(
    platform: ScriptedPlatform, client: Client, clock: WaitingClock
) -> None:
    platform.will_answer(UPLOAD, {"errcode": -1, "errmsg": "busy"}, uploaded("m-1"))
    call = asyncio.create_task(client.media.upload("image", JPEG))
    await clock.next_wait()
    await call
    assert all(JPEG in seen.body for seen in platform.seen)


async def test_files_that_the_platform_would_not_take_are_not_sent(
    platform: ScriptedPlatform, client: Client, tmp_path: Path
) -> None:
    large = tmp_path / "large.jpg"
    large.write_bytes(b"x" * (64 * 1024 + 1))
    with pytest.raises(MediaError, match=r"large\.jpg is larger than the 65,536 bytes"):
        await client.media.upload("thumb", large)
    with pytest.raises(MediaError, match=r"image\.jpg is empty"):
        await client.media.upload("image", b"")
    with pytest.raises(MediaError, match=r"none\.jpg cannot be read: No such file"):
        await client.media.upload("image", str(tmp_path / "none.jpg"))
    with pytest.raises(MediaError, match="'photo' is no kind of media"):
        await client.media.upload("photo", JPEG)  # type: ignore[arg-type]
    assert platform.seen == []


async def test_a_file_is_downloaded(platform: ScriptedPlatform, client: Client) -> None:
    disposition = {"Content-Disposition": 'attachment; filename="m-1.jpg"'}
    platform.will_answer(GET, Raw(JPEG, "image/jpeg", headers=disposition))
    assert await client.media.download("m-1") == DownloadedFile(JPEG, "image/jpeg", "m-1.jpg")
    assert platform.seen[0].query["media_id"] == "m-1"


async def test_a_download_may_be_larger_than_json(
    platform: ScriptedPlatform, client: Client
) -> None:
    content = b"\0" * (10 * 1024 * 1024)
    platform.will_answer(GET, Raw(content, "voice/mp3"))
    assert await client.media.download("m-1") == DownloadedFile(content, "voice/mp3", "")


async def test_a_video_is_downloaded_as_its_link(
    platform: ScriptedPlatform, client: Client
) -> None:
    platform.will_answer(GET, Raw(b'{"video_url":"http://v.example/1"}', "text/plain"))
    assert await client.media.download("m-1") == VideoLink("http://v.example/1")


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (Raw(b'{"errcode":40007,"errmsg":"invalid media_id"}', "text/plain"), ApiError),
        (
            Raw(
                b'{"errcode":40007,"errmsg":"invalid media_id"}',
                "image/jpeg",
                headers={"Content-Disposition": 'attachment; filename="error.jpg"'},
            ),
            ApiError,
        ),
        (Raw(b"<html>", "text/html"), ApiAnswerUnreadable),
        (Raw(b'{"video_url', "text/plain"), ApiAnswerUnreadable),
        (Raw(b"", "image/jpeg"), ApiAnswerUnreadable),
        (Raw(b"{}", "application/json"), ApiAnswerUnreadable),
    ],
)
async def test_what_is_no_file_is_an_error(
    platform: ScriptedPlatform, client: Client, answer: Raw, error: type[Exception]
) -> None:
    platform.will_answer(GET, answer)
    with pytest.raises(error, match="GET /cgi-bin/media/get: "):
        await client.media.download("m-1")


async def test_a_local_file_is_uploaded_once(
    platform: ScriptedPlatform, client: Client, picture: Path
) -> None:
    held = Held(uploaded("m-1"))
    platform.will_answer(UPLOAD, held)
    both = [asyncio.create_task(client.media.media_id_of(picture, "image")) for _ in range(2)]
    await platform.has_seen(1, UPLOAD)
    held.released.set()
    assert await asyncio.gather(*both) == ["m-1", "m-1"]
    assert await client.media.media_id_of(str(picture), "image") == "m-1"
    assert len(platform.seen) == 1


async def test_a_local_file_is_uploaded_again_before_its_three_days_end(
    platform: ScriptedPlatform, client: Client, clock: WaitingClock, picture: Path
) -> None:
    platform.will_answer(UPLOAD, uploaded("m-1"), uploaded("m-2"))
    await client.media.media_id_of(picture, "image")
    await clock.advance(71 * 3600 - 1)
    assert await client.media.media_id_of(picture, "image") == "m-1"
    await clock.advance(1)
    assert await client.media.media_id_of(picture, "image") == "m-2"


async def test_a_local_file_is_uploaded_again_when_its_content_changed(
    platform: ScriptedPlatform, client: Client, picture: Path
) -> None:
    platform.will_answer(UPLOAD, uploaded("m-1"), uploaded("m-2"))
    await client.media.media_id_of(picture, "image")
    os.utime(picture, (0, 0))  # touched, the same content
    assert await client.media.media_id_of(picture, "image") == "m-1"
    await asyncio.to_thread(picture.write_bytes, b"another picture")
    assert await client.media.media_id_of(picture, "image") == "m-2"
    assert 'filename="今日.jpg"'.encode() in platform.seen[1].body


async def test_a_local_file_that_is_gone_is_named(client: Client, tmp_path: Path) -> None:
    with pytest.raises(MediaError, match=r"gone\.jpg cannot be read"):
        await client.media.media_id_of(tmp_path / "gone.jpg", "image")


async def test_an_upload_that_failed_is_tried_again(
    platform: ScriptedPlatform, client: Client, picture: Path
) -> None:
    platform.will_answer(UPLOAD, {"errcode": 45009, "errmsg": "quota"}, uploaded("m-1"))
    with pytest.raises(ApiError):
        await client.media.media_id_of(picture, "image")
    assert await client.media.media_id_of(picture, "image") == "m-1"
