"""The account that every server of a comparison is set up for, and what each has to answer."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, Literal, TypeAlias

from wxevents import Settings, xml
from wxevents.pushes import ACCOUNT
from wxevents.security import Cipher, sign

Mode: TypeAlias = Literal["plain", "safe"]

MODES: Final[Sequence[Mode]] = ("plain", "safe")
PATH: Final = "/wechat"
TOKEN: Final = "benchmarkToken"
APP_ID: Final = "wx0123456789abcdef"
AES_KEY: Final = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG"

FEW_KEYS: Final = 10
MANY_KEYS: Final = 10_000


def settings(mode: Mode, port: int = 0, store: str = "memory://") -> Settings:
    """Complete, so that nothing of this machine's environment takes part."""
    return Settings(
        app_id=APP_ID,
        token=TOKEN,
        encoding_aes_key=AES_KEY,
        mode=mode,
        port=port,
        path=PATH,
        store=store,
    )


def key(number: int) -> str:
    return f"V1001_MENU_{number:05}"


def answer_to(key: str) -> str:
    """What the handler of a key says: differs from key to key, so mix-ups are found."""
    return f"您点了 {key}，谢谢惠顾。"


def answers(count: int) -> dict[str, str]:
    """Every key of a menu with this many, and its answer."""
    return {key(number): answer_to(key(number)) for number in range(count)}


def constant_answer(mode: Mode) -> bytes:
    """What the bare handler says: as long as a real answer, so that as many bytes are sent."""
    message = xml.render(
        {
            "ToUserName": "oBench0000000000000000000000",
            "FromUserName": ACCOUNT,
            "CreateTime": 1735700000,
            "MsgType": "text",
            "Content": answer_to(key(0)),
        }
    ).encode()
    if mode == "plain":
        return message
    # Random bytes and nonce are fixed: the server and whoever checks it must get the same.
    encrypted = Cipher(AES_KEY, APP_ID).encrypt(message, random=bytes(16))
    signature = sign(TOKEN.encode(), b"1735700000", b"4294967295", encrypted)
    return xml.render(
        {
            "Encrypt": encrypted.decode(),
            "MsgSignature": signature.decode(),
            "TimeStamp": 1735700000,
            "Nonce": "4294967295",
        }
    ).encode()
