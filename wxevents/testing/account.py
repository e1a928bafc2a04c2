"""An invented account, for tests that need one."""

from __future__ import annotations

from typing import Any

from wxevents.settings import Settings


def invented_settings(**options: Any) -> Settings:
    """Settings of an account that does not exist, in safe mode unless `options` say otherwise.

    Where the handlers are, and the like, is read as `wxevents run` would.
    """
    account: dict[str, Any] = {
        "app_id": "wx0123456789abcdef",
        "app_secret": "invented",
        "token": "invented",
        "encoding_aes_key": "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG",
        "previous_encoding_aes_key": "",
        "mode": "safe",
        "data_format": "xml",
        "store": "memory://",
        "api_base": "http://127.0.0.1:9",  # nobody is there: tests call no platform by accident
    }
    return Settings.load(**(account | options))
