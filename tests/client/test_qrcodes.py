"""QR codes with a scene."""

from __future__ import annotations

import pytest

from tests.client.server import ScriptedPlatform
from wxevents.client import Client, QRCode

CREATE = "/cgi-bin/qrcode/create"
TICKET = "gQH47joAAAA/+=="


@pytest.mark.parametrize(
    ("scene", "action", "info"),
    [(123, "QR_SCENE", {"scene_id": 123}), ("shop", "QR_STR_SCENE", {"scene_str": "shop"})],
)
async def test_a_temporary_code_has_a_life(
    platform: ScriptedPlatform,
    client: Client,
    scene: int | str,
    action: str,
    info: dict[str, object],
) -> None:
    platform.will_answer(CREATE, {"ticket": TICKET, "expire_seconds": 60, "url": "http://weixin"})
    code = await client.qrcodes.temporary(scene, expires_in=60)
    assert code == QRCode(TICKET, "http://weixin", 60)
    assert platform.seen[0].json == {
        "expire_seconds": 60,
        "action_name": action,
        "action_info": {"scene": info},
    }


@pytest.mark.parametrize(
    ("scene", "action", "info"),
    [
        (123, "QR_LIMIT_SCENE", {"scene_id": 123}),
        ("shop", "QR_LIMIT_STR_SCENE", {"scene_str": "shop"}),
    ],
)
async def test_a_permanent_code_has_none(
    platform: ScriptedPlatform,
    client: Client,
    scene: int | str,
    action: str,
    info: dict[str, object],
) -> None:
    platform.will_answer(CREATE, {"ticket": TICKET, "url": "http://weixin"})
    code = await client.qrcodes.permanent(scene)
    assert code.expire_seconds is None
    assert platform.seen[0].json == {"action_name": action, "action_info": {"scene": info}}


@pytest.mark.parametrize("seconds", [0, 2_592_001])
async def test_a_life_out_of_bounds_is_refused(client: Client, seconds: int) -> None:
    with pytest.raises(ValueError, match="1 to 2,592,000 seconds"):
        await client.qrcodes.temporary(1, expires_in=seconds)


def test_the_picture_is_found_by_the_quoted_ticket() -> None:
    assert QRCode(TICKET).picture_url == (
        "https://mp.weixin.qq.com/cgi-bin/showqrcode?ticket=gQH47joAAAA%2F%2B%3D%3D"
    )
