"""Temporary media and permanent material of the emulated platform."""

from __future__ import annotations

import io
import json
from typing import Any

import pytest
from aiohttp import ClientSession, FormData

from tests.emulator.api.caller import Caller, Json, error
from wxevents.emulator import Account, Emulator
from wxevents.emulator.state.account import Kind
from wxevents.testing import ManualClock

UPLOAD = "media/upload"
GET = "media/get"
ADD = "material/add_material"
MATERIAL = "material/get_material"
DELETE = "material/del_material"
LIST = "material/batchget_material"
COUNT = "material/get_materialcount"

KB = 1024
MB = 1024 * 1024
DAY = 24 * 3600

JPG = b"\xff\xd8\xff\xe0 a picture"
PNG = b"\x89PNG\r\n\x1a\n a picture"
MP4 = b"\0\0\0\x18ftypmp42 a film"
MP3 = b"ID3 a song"
AMR = b"#!AMR\n a voice"
FILES: dict[str, tuple[bytes, str]] = {
    "image": (JPG, "image/jpeg"),
    "voice": (AMR, "audio/amr"),
    "video": (MP4, "video/mp4"),
    "thumb": (JPG, "image/jpeg"),
}
DESCRIPTION = json.dumps({"title": "T", "introduction": "I"})


@pytest.fixture
def account(emulator: Emulator) -> Account:
    return emulator.account


async def send(
    caller: Caller,
    path: str,
    query: Json,
    data: bytes | None,
    filename: str = "file",
    content_type: str = "application/octet-stream",
    part: str = "media",
    **texts: str,
) -> Json:
    form = FormData(default_to_multipart=True)
    if data is not None:
        form.add_field(part, io.BytesIO(data), filename=filename, content_type=content_type)
    for name, text in texts.items():
        form.add_field(name, text)
    params = {"access_token": await caller.a_token(), **query}
    url = f"{caller.url}/cgi-bin/{path}"
    async with caller.session.post(url, params=params, data=form) as response:
        assert response.status == 200
        answer = await response.json(content_type=None)
    assert isinstance(answer, dict)
    return answer


async def upload(caller: Caller, kind: str, data: bytes | None, *named: str) -> Json:
    return await send(caller, UPLOAD, {"type": kind}, data, *named)


async def add(caller: Caller, kind: str, filename: str = "file", **texts: str) -> Json:
    if kind == "video":
        texts = {"description": DESCRIPTION, **texts}
    return await send(caller, ADD, {"type": kind}, FILES[kind][0], filename, **texts)


async def file(caller: Caller, method: str, path: str, media_id: str) -> tuple[bytes, str, str]:
    """Bytes, content type and name of an answer that is a file."""
    query = {"access_token": await caller.a_token()}
    body = b""
    if method == "GET":
        query["media_id"] = media_id
    else:
        body = json.dumps({"media_id": media_id}).encode()
    url = f"{caller.url}/cgi-bin/{path}"
    async with caller.session.request(method, url, params=query, data=body) as response:
        disposition = response.content_disposition
        assert disposition
        assert disposition.filename
        return await response.read(), response.content_type, disposition.filename


# Temporary media.


@pytest.mark.parametrize("kind", ["image", "voice"])
async def test_what_was_uploaded_can_be_downloaded_for_three_days(
    kind: str, caller: Caller, clock: ManualClock
) -> None:
    data, content_type = FILES[kind]
    answer = await upload(caller, kind, data)
    media_id = answer.pop("media_id")
    assert answer == {"type": kind, "created_at": int(clock.time())}
    got, got_type, filename = await file(caller, "GET", GET, media_id)
    assert (got, got_type) == (data, content_type)
    assert filename == f"{media_id}.{'jpg' if kind == 'image' else 'amr'}"
    await clock.advance(3 * DAY - 1)
    caller.token = None
    assert (await file(caller, "GET", GET, media_id))[0] == data
    await clock.advance(1)
    assert await caller.code("GET", GET, media_id=media_id) == 40007


async def test_a_thumb_has_an_id_of_another_name(caller: Caller) -> None:
    answer = await upload(caller, "thumb", JPG)
    assert answer.keys() == {"type", "thumb_media_id", "created_at"}
    assert (await file(caller, "GET", GET, answer["thumb_media_id"]))[0] == JPG


async def test_of_a_video_there_is_only_the_link(caller: Caller) -> None:
    media_id = (await upload(caller, "video", MP4))["media_id"]
    url = f"{caller.url}/emulator/media/{media_id}"
    assert await caller.get(GET, media_id=media_id) == {"video_url": url}


async def test_what_users_send_can_be_downloaded_under_any_name(
    account: Account, caller: Caller
) -> None:
    account.media.keep("image", media_id='a"\r\nb', data=PNG, filename="照片.x\n")
    got, got_type, filename = await file(caller, "GET", GET, 'a"\r\nb')
    assert (got, got_type) == (PNG, "application/octet-stream")
    assert filename == "a___b.x_"


@pytest.mark.parametrize(
    ("kind", "data", "filename", "content_type"),
    [
        ("image", JPG, "x", ""),
        ("image", PNG, "x.txt", "text/plain"),
        ("image", b"GIF89a", "x", ""),
        ("image", b"BM a picture", "x.bmp", ""),
        ("image", b"a placeholder", "x.JPEG", ""),
        ("image", b"a placeholder", "今日.png", ""),
        ("image", b"a placeholder", "x", "image/jpeg"),
        ("voice", MP3, "x", ""),
        ("voice", b"\xff\xfb a song", "x", ""),
        ("voice", b"a placeholder", "x", "audio/mpeg"),
        ("voice", b"a placeholder", "x.amr", "text/plain"),
        ("video", MP4, "x", ""),
        ("thumb", b"a placeholder", "x.jpg", ""),
    ],
)
async def test_a_format_is_told_by_the_first_bytes_or_the_name(
    kind: str, data: bytes, filename: str, content_type: str, caller: Caller
) -> None:
    answer = await upload(caller, kind, data, filename, content_type or "application/octet-stream")
    assert answer["type"] == kind


@pytest.mark.parametrize(
    ("code", "kind", "data", "filename"),
    [
        (40004, "news", JPG, "x.jpg"),
        (40004, "", JPG, "x.jpg"),
        (41005, "image", None, ""),
        (44001, "image", b"", "x.jpg"),
        (45001, "image", JPG.ljust(10 * MB + 1), "x.jpg"),
        (45001, "voice", AMR.ljust(2 * MB + 1), "x.amr"),
        (45001, "video", MP4.ljust(10 * MB + 1), "x.mp4"),
        (45001, "thumb", JPG.ljust(64 * KB + 1), "x.jpg"),
        (45001, "video", MP4.ljust(20 * MB), "x.mp4"),
        (40005, "image", MP3, "x.jpg"),
        (40005, "image", b"%PDF", "x.jpg"),
        (40005, "image", b"a placeholder", "x"),
        (40005, "image", b"a placeholder", "x.exe"),
        (40005, "voice", JPG, "x.mp3"),
        (40005, "voice", b"RIFF a wave", "x.mp3"),
        (40005, "video", b"a placeholder", "x.avi"),
        (40005, "thumb", PNG, "x.jpg"),
    ],
)
@pytest.mark.parametrize("path", [UPLOAD, ADD])
async def test_a_faulty_upload_is_refused(
    path: str,
    code: int,
    kind: str,
    data: bytes | None,
    filename: str,
    caller: Caller,
    account: Account,
) -> None:
    query = {"type": kind} if kind else {}
    answer = await send(caller, path, query, data, filename, description=DESCRIPTION)
    assert error(answer) == code
    assert list(account.media) == []


@pytest.mark.parametrize(
    ("kind", "data"),
    [
        ("image", JPG.ljust(10 * MB)),
        ("voice", AMR.ljust(2 * MB)),
        ("video", MP4.ljust(10 * MB)),
        ("thumb", JPG.ljust(64 * KB)),
    ],
)
async def test_the_largest_files_are_taken(kind: str, data: bytes, caller: Caller) -> None:
    assert (await upload(caller, kind, data))["type"] == kind


async def test_the_file_is_the_part_called_media(caller: Caller) -> None:
    answer = await send(caller, UPLOAD, {"type": "image"}, JPG, part="file")
    assert error(answer) == 41005
    assert await caller.code("POST", UPLOAD, JPG, type="image") == 41005


async def test_methods_are_judged(caller: Caller) -> None:
    for path in (UPLOAD, ADD, MATERIAL, DELETE, LIST):
        assert await caller.code("GET", path) == 43002
    for path in (GET, COUNT):
        assert await caller.code("POST", path, {}) == 43001


async def test_what_does_not_exist_or_is_permanent_is_not_downloaded(
    account: Account, caller: Caller
) -> None:
    account.media.keep("image", media_id="P", permanent=True, data=JPG)
    assert await caller.code("GET", GET, media_id="nothing") == 40007
    assert await caller.code("GET", GET) == 40007
    assert await caller.code("GET", GET, media_id="P") == 40007


@pytest.mark.parametrize(
    ("kind", "uploads", "downloads"), [("service", 100_000, 200_000), ("test", 500, 1000)]
)
async def test_a_day_has_its_number_of_files(kind: Kind, uploads: int, downloads: int) -> None:
    emulator = Emulator(kind=kind, clock=ManualClock())
    quotas = emulator.account.quotas
    async with emulator.serve() as url, ClientSession() as session:
        caller = Caller(session, url, emulator)
        for path, limit in ((UPLOAD, uploads), (GET, downloads)):
            for _ in range(limit - 1):
                quotas.spend("/cgi-bin/" + path)
        media_id = (await upload(caller, "image", JPG))["media_id"]
        assert error(await upload(caller, "image", JPG)) == 45009
        assert (await file(caller, "GET", GET, media_id))[0] == JPG
        assert await caller.code("GET", GET, media_id=media_id) == 45009


# Permanent material.


@pytest.mark.parametrize("kind", ["image", "voice", "thumb"])
async def test_material_stays(kind: str, clock: ManualClock, caller: Caller) -> None:
    answer = await add(caller, kind)
    await clock.advance(365 * DAY)
    caller.token = None
    data, content_type = FILES[kind]
    assert (await file(caller, "POST", MATERIAL, answer["media_id"]))[:2] == (data, content_type)


async def test_only_an_image_gets_a_link(caller: Caller) -> None:
    answer = await add(caller, "image")
    assert answer["url"] == f"{caller.url}/emulator/media/{answer['media_id']}"
    for kind in ("voice", "video", "thumb"):
        assert (await add(caller, kind)).keys() == {"media_id"}


@pytest.mark.parametrize("place", ["form", "query", "typed part"])
async def test_a_video_has_title_and_introduction(place: str, caller: Caller) -> None:
    query: Json = {"type": "video"}
    if place == "form":
        answer = await send(caller, ADD, query, MP4, description=DESCRIPTION)
    elif place == "query":
        answer = await send(caller, ADD, query | {"description": DESCRIPTION}, MP4)
    else:
        form = FormData()
        form.add_field("media", MP4, filename="x.mp4")
        form.add_field("description", DESCRIPTION, content_type="application/json")
        params = {"access_token": await caller.a_token(), **query}
        url = f"{caller.url}/cgi-bin/{ADD}"
        async with caller.session.post(url, params=params, data=form) as response:
            answer = await response.json(content_type=None)
    assert await caller.post(MATERIAL, {"media_id": answer["media_id"]}) == {
        "title": "T",
        "description": "I",
        "down_url": f"{caller.url}/emulator/media/{answer['media_id']}",
    }


@pytest.mark.parametrize("description", ["", "{", "[]", '{"title": 1}', "[" * 50_000])
async def test_a_video_without_a_good_description_is_refused(
    description: str, caller: Caller
) -> None:
    texts = {"description": description} if description else {}
    assert error(await send(caller, ADD, {"type": "video"}, MP4, **texts)) == 47001


async def test_news_come_with_all_their_fields(account: Account, caller: Caller) -> None:
    account.media.keep(
        "news", media_id="N", permanent=True, articles=[{"title": "T", "url": "https://a.cn"}]
    )
    article = {
        "title": "T",
        "author": "",
        "digest": "",
        "content": "",
        "content_source_url": "",
        "thumb_media_id": "",
        "show_cover_pic": 0,
        "url": "https://a.cn",
    }
    assert await caller.post(MATERIAL, {"media_id": "N"}) == {"news_item": [article]}
    moment = int(account.clock.time())
    assert await caller.post(LIST, {"type": "news", "offset": 0, "count": 1}) == {
        "total_count": 1,
        "item_count": 1,
        "item": [
            {
                "media_id": "N",
                "content": {"news_item": [article], "create_time": moment, "update_time": moment},
                "update_time": moment,
            }
        ],
    }


async def test_deleted_material_is_gone(caller: Caller) -> None:
    body = {"media_id": (await add(caller, "image"))["media_id"]}
    assert await caller.post(DELETE, body) == {"errcode": 0, "errmsg": "ok"}
    for path in (MATERIAL, DELETE):
        assert error(await caller.post(path, body)) == 40007
    assert list(caller.account.media) == []


@pytest.mark.parametrize("path", [MATERIAL, DELETE])
@pytest.mark.parametrize(
    ("code", "body"),
    [
        (44002, b""),
        (47001, b"[]"),
        (40007, {}),
        (40007, {"media_id": "nothing"}),
        (40007, {"media_id": ["T"]}),
        (40007, {"media_id": "T"}),
    ],
)
async def test_only_material_of_the_account_is_got_or_deleted(
    path: str, code: int, body: object, account: Account, caller: Caller
) -> None:
    account.media.keep("image", media_id="T", data=JPG)
    assert error(await caller.post(path, body)) == code
    assert account.media.find("T")


async def test_material_is_listed_by_kind_with_the_newest_first(
    caller: Caller, clock: ManualClock
) -> None:
    ids = []
    for number in range(23):
        ids.append((await add(caller, "image", f"{number}.jpg"))["media_id"])
        await clock.advance(number % 2)
    await add(caller, "voice")
    await upload(caller, "image", JPG)
    page = await caller.post(LIST, {"type": "image", "offset": 0, "count": 20})
    assert (page["total_count"], page["item_count"]) == (23, 20)
    rest = await caller.post(LIST, {"type": "image", "offset": 20, "count": 20})
    assert (rest["total_count"], rest["item_count"]) == (23, 3)
    items = page["item"] + rest["item"]
    assert [item["media_id"] for item in items] == ids[::-1]
    assert items[-1] == {
        "media_id": ids[0],
        "name": "0.jpg",
        "update_time": 1735700000,
        "url": f"{caller.url}/emulator/media/{ids[0]}",
    }
    beyond = await caller.post(LIST, {"type": "image", "offset": 23, "count": 1})
    assert beyond == {"total_count": 23, "item_count": 0, "item": []}


async def test_material_is_counted_by_kind(account: Account, caller: Caller) -> None:
    for kind in ("image", "image", "video", "voice"):
        await add(caller, kind)
    await upload(caller, "image", JPG)
    account.media.keep("news", permanent=True)
    assert await caller.get(COUNT) == {
        "voice_count": 1,
        "video_count": 1,
        "image_count": 2,
        "news_count": 1,
    }


@pytest.mark.parametrize(
    ("code", "changes"),
    [
        (40004, {"type": "thumb"}),
        (40004, {"type": None}),
        (40004, {"type": ["image"]}),
        (40097, {"offset": -1}),
        (40097, {"offset": "0"}),
        (40097, {"count": 0}),
        (40097, {"count": 21}),
        (40097, {"count": True}),
        (40097, {"count": None}),
    ],
)
async def test_a_faulty_request_for_a_list_is_refused(
    code: int, changes: dict[str, Any], caller: Caller
) -> None:
    body = {"type": "image", "offset": 0, "count": 20} | changes
    assert error(await caller.post(LIST, body)) == code
