"""What the bot stands on."""

from __future__ import annotations

import platform
import re
import sqlite3
import ssl
import sys
from collections.abc import AsyncIterator
from importlib import metadata
from typing import Final
from xml.parsers import expat

from wxevents.cli.doctor.configured import Configured
from wxevents.cli.doctor.finding import Finding, good, note
from wxevents.errors import SettingsError, StoreError

# The first one in which an answer of a few hundred kilobytes cannot claim hundreds of megabytes
# (CVE-2025-59375). Older ones: a crash by nested entities before 2.7.0 (CVE-2024-8176), quadratic
# time before 2.6.0 (CVE-2023-52425).
_EXPAT: Final = (2, 7, 2)
_OPENSSL: Final = (3, 0)


async def versions(configured: Configured) -> AsyncIterator[Finding]:
    """`version.NAME` for each."""
    yield _installed("wxevents")
    yield python(platform.python_version(), sys.version_info.releaselevel)
    yield openssl(ssl.OPENSSL_VERSION)
    yield libexpat(expat.EXPAT_VERSION)
    for name in ("aiohttp", "pydantic"):
        yield _installed(name)
    yield good("version.sqlite", sqlite3.sqlite_version)
    if "redis" in configured.settings.store.partition(":")[0]:
        yield await _redis(configured.settings.store)


def _installed(name: str) -> Finding:
    check = f"version.{name}"
    try:
        return good(check, metadata.version(name))
    except metadata.PackageNotFoundError:  # it runs from a folder
        return note(check, "unknown, it was not installed by pip")


def python(version: str, releaselevel: str) -> Finding:
    if releaselevel == "final":
        return good("version.python", version)
    return note("version.python", f"{version} is no final release; serve with one that is")


def openssl(version: str) -> Finding:
    """`version` as in "OpenSSL 3.0.13 30 Jan 2024"."""
    shown = " ".join(version.split()[:2])
    if shown.startswith("OpenSSL") and _numbers(shown) < _OPENSSL:
        return note("version.openssl", f"{shown} gets no corrections any more; update Python")
    return good("version.openssl", shown)


def libexpat(version: str) -> Finding:
    """`version` as in "expat_2.7.2". It reads the pushes that are not flat, after their signature
    was found good, up to 64 KiB and without DOCTYPE: so an old one is worth a note only."""
    shown = version.removeprefix("expat_")
    if _numbers(shown) >= _EXPAT:
        return good("version.expat", shown)
    wanted = ".".join(map(str, _EXPAT))
    return note(
        "version.expat",
        f"{shown} lacks corrections up to {wanted}, unless the system has brought them in; update "
        "Python or the system. Pushes are limited in size and kind before it reads them",
    )


async def _redis(url: str) -> Finding:
    check = "version.redis"
    try:
        from wxevents.store.redis_address import Address
        from wxevents.store.redis_link import Link

        link = Link(Address(url))
        try:
            version = (await link.command("INFO", "server"))["redis_version"]
        finally:
            await link.close()
    except ModuleNotFoundError:
        return note(check, "unknown: its client is not installed; pip install 'wxevents[redis]'")
    except (SettingsError, StoreError, KeyError, TypeError) as error:
        return note(check, f"the server does not tell it: {error}")
    return good(check, f"server {version}, client {metadata.version('redis')}")


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(map(int, re.findall(r"\d+", version)[:3]))
