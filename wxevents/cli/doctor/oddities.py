"""Settings that are valid, and yet perhaps not what was meant."""

from __future__ import annotations

import os
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from wxevents.settings import Settings

# Protocol: a push that nobody answers is delivered three times, five seconds each.
_LAST_DELIVERY: Final = 15
_LOOPBACK: Final = ("127.0.0.1", "::1", "localhost")
_CONTAINER_FILES: Final = (Path("/.dockerenv"), Path("/run/.containerenv"))
_CONTAINER_VARIABLES: Final = ("KUBERNETES_SERVICE_HOST", "container")


def oddities(settings: Settings) -> dict[str, str]:
    """A sentence, with the cure, for each setting that is odd."""
    return dict(_oddities(settings))


def _oddities(settings: Settings) -> Iterator[tuple[str, str]]:
    if settings.app_id and not settings.app_id.startswith("wx"):
        yield "app_id", "an AppID begins with wx; gh_… is the account's original id (原始ID)"
    if not settings.app_secret:
        yield "app_secret", _without_secret(settings)
    if settings.token != settings.token.strip():
        yield "token", "it begins or ends with a space; is that one of the platform's, too?"
    if settings.mode == "plain" and settings.encoding_aes_key:
        yield (
            "mode",
            "it leaves the EncodingAESKey that is set unused; does the platform's console say "
            "plain (明文模式), too?",
        )
    if settings.previous_encoding_aes_key and (
        settings.previous_encoding_aes_key == settings.encoding_aes_key
    ):
        yield "previous_encoding_aes_key", "it is the present key; leave it out"
    if not settings.timestamp_tolerance:
        yield (
            "timestamp_tolerance",
            "a push that somebody recorded is accepted for ever; 300 is usual",
        )
    elif settings.timestamp_tolerance <= _LAST_DELIVERY:
        yield (
            "timestamp_tolerance",
            f"the platform's last delivery of a push ends {_LAST_DELIVERY} s after the first and "
            "may carry its timestamp; 300 is usual",
        )
    if settings.workers > 1 and settings.store.startswith("memory:"):
        yield (
            "workers",
            "they share no memory, so that a push may run in several of them; set WXEVENTS_STORE "
            "to sqlite:///.wxevents/inbox.db",
        )
    if settings.host in _LOOPBACK and is_container():
        yield (
            "host",
            "nobody outside of this container reaches it; set WXEVENTS_HOST=0.0.0.0",
        )
    if settings.metrics_port is not None and not find_spec("prometheus_client"):
        yield (
            "metrics_port",
            "/healthz and /readyz answer there, /metrics does not: pip install 'wxevents[metrics]'",
        )
    yield from _api_base(settings)


def _without_secret(settings: Settings) -> str:
    calls = "handlers cannot call the platform, and the access token is not tried"
    if settings.late != "redelivery":  # a placeholder has its answer behind it
        calls = f"late answers cannot be sent, {calls}"
    return f"{calls}; copy the AppSecret from the platform's basic configuration"


def _api_base(settings: Settings) -> Iterator[tuple[str, str]]:
    url = urlsplit(settings.api_base)
    if url.hostname in _LOOPBACK:
        yield "api_base", "that is this machine: the emulated platform, or a proxy"
    elif url.scheme == "http":
        yield (
            "api_base",
            "AppSecret and access token travel in the clear; that is right within the platform's "
            "cloud hosting only",
        )


def is_container() -> bool:
    """Whether this process runs in a container, as far as that can be told."""
    return any(name in os.environ for name in _CONTAINER_VARIABLES) or any(
        file.exists() for file in _CONTAINER_FILES
    )
