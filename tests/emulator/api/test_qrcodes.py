"""QR codes of the emulated platform."""

from __future__ import annotations

import pytest

from tests.emulator.api.caller import Caller, Json, error

CREATE = "qrcode/create"


def code(action: str = "QR_SCENE", scene: object = None, **fields: object) -> Json:
    scene = {"scene_id": 7} if scene is None else scene
    return {"action_name": action, "action_info": {"scene": scene}, **fields}


@pytest.mark.parametrize(
    "body",
    [
        code(expire_seconds=1),
        code(expire_seconds=2_592_000),
        code(scene={"scene_id": 2**32 - 1}, expire_seconds=60),
        code("QR_STR_SCENE", {"scene_str": "till07"}, expire_seconds=60),
        code("QR_STR_SCENE", {"scene_str": "店" * 64}, expire_seconds=60),
    ],
)
async def test_a_temporary_code_tells_its_life(body: Json, caller: Caller) -> None:
    answer = await caller.post(CREATE, body)
    assert answer.keys() == {"ticket", "expire_seconds", "url"}
    assert answer["expire_seconds"] == body["expire_seconds"]
    assert answer["url"].startswith("http://weixin.qq.com/q/")


async def test_a_temporary_code_lives_a_minute_where_nothing_is_said(caller: Caller) -> None:
    assert (await caller.post(CREATE, code()))["expire_seconds"] == 60


@pytest.mark.parametrize(
    "body",
    [
        code("QR_LIMIT_SCENE", {"scene_id": 100_000}),
        code("QR_LIMIT_STR_SCENE", {"scene_str": "till07"}, expire_seconds=5),
    ],
)
async def test_a_permanent_code_has_no_end(body: Json, caller: Caller) -> None:
    answers = [await caller.post(CREATE, body) for _ in range(2)]
    assert all(answer.keys() == {"ticket", "url"} for answer in answers)
    assert answers[0]["ticket"] != answers[1]["ticket"]


@pytest.mark.parametrize(
    ("fault", "body"),
    [
        (44002, b""),
        (40052, {}),
        (40052, code("QR_CARD")),
        (40052, code() | {"action_name": ["QR_SCENE"]}),
        (40053, {"action_name": "QR_SCENE"}),
        (40053, code() | {"action_info": "scene"}),
        (40053, code() | {"action_info": {"scene": 7}}),
        (40053, code(scene={})),
        (40053, code(scene={"scene_id": 0})),
        (40053, code(scene={"scene_id": 2**32})),
        (40053, code(scene={"scene_id": "7"})),
        (40053, code(scene={"scene_id": True})),
        (40053, code(scene={"scene_str": "till07"})),
        (40053, code("QR_LIMIT_SCENE", {"scene_id": 100_001})),
        (40053, code("QR_STR_SCENE", {"scene_id": 7})),
        (40053, code("QR_STR_SCENE", {"scene_str": ""})),
        (40053, code("QR_LIMIT_STR_SCENE", {"scene_str": "x" * 65})),
        (40097, code(expire_seconds=0)),
        (40097, code(expire_seconds=2_592_001)),
        (40097, code(expire_seconds="60")),
    ],
)
async def test_a_faulty_code_is_refused(fault: int, body: object, caller: Caller) -> None:
    assert error(await caller.post(CREATE, body)) == fault
