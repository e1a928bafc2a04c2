"""Whether a Redis server is fit for what the store promises."""

from __future__ import annotations

from typing import Any, Final

from wxevents.errors import StoreError
from wxevents.store.redis_address import Address
from wxevents.store.redis_link import Link

_OLDEST: Final = (6, 2)


async def refuse_old_server(address: Address, link: Link) -> None:
    """Raises StoreError, also where the server cannot be reached."""
    await link.command("PING")
    try:
        version = str((await link.command("INFO", "server"))["redis_version"])
        known = tuple(int(part) for part in version.split(".")[:2])
    except (StoreError, KeyError, ValueError):
        return  # INFO may be forbidden, where everything else is not
    if known < _OLDEST:
        raise StoreError(
            f"{address.shown} is version {version}; the store needs "
            f"{'.'.join(map(str, _OLDEST))} or later: upgrade it"
        )


async def weaknesses(address: Address, link: Link) -> list[str]:
    """Sentences on how the server may lose what it acknowledged, each with the cure."""
    found = []
    if address.through_sentinels:
        found.append(
            f"{address.shown} may lose in a failover what was acknowledged in the last second: "
            "a master does not wait for its replicas"
        )
    try:
        settings: dict[str, Any] = {}
        for name in ("appendonly", "appendfsync", "maxmemory", "maxmemory-policy"):
            settings |= await link.command("CONFIG GET", name)
    except StoreError as error:
        return [
            *found,
            f"{address.shown} does not tell whether it may lose acknowledged events when it is "
            f"killed ({error}); see that it runs with `appendonly yes`, `appendfsync always` and "
            "`maxmemory-policy noeviction`",
        ]
    if settings.get("appendonly") != "yes":
        found.append(
            f"{address.shown} may lose acknowledged events when it is killed: it has `appendonly "
            "no`; set `appendonly yes` and `appendfsync always` in redis.conf, or now with "
            "`redis-cli CONFIG SET appendonly yes` and `redis-cli CONFIG SET appendfsync always`"
        )
    elif settings.get("appendfsync") != "always":
        found.append(
            f"{address.shown} may lose acknowledged events when its machine goes down: it has "
            f"`appendfsync {settings.get('appendfsync')}`; set `appendfsync always` in redis.conf, "
            "or now with `redis-cli CONFIG SET appendfsync always`"
        )
    if settings.get("maxmemory-policy") != "noeviction":
        found.append(
            f"{address.shown} may throw acknowledged events away when its memory is full: it has "
            f"`maxmemory-policy {settings.get('maxmemory-policy')}`; set `maxmemory-policy "
            "noeviction`, or now with `redis-cli CONFIG SET maxmemory-policy noeviction`"
        )
    return found
