"""From the URL of a Redis server, or of its Sentinels, to clients of it."""

from __future__ import annotations

from typing import Any, Final
from urllib.parse import SplitResult, urlsplit

import redis.asyncio.sentinel
import redis.sentinel
from redis.asyncio.retry import Retry as AsyncRetry
from redis.backoff import NoBackoff
from redis.connection import SSLConnection
from redis.retry import Retry

from wxevents.errors import SettingsError

# Seconds for a connection, and for an answer; the platform waits for five in all.
TIMEOUT: Final = 2.0
_SENTINEL_PORT: Final = 26379

# redis-py has no types for these.
_parse_url: Final[Any] = redis.connection.parse_url
_Sentinel: Final[Any] = redis.sentinel.Sentinel
_AsyncSentinel: Final[Any] = redis.asyncio.sentinel.Sentinel


class Address:
    """Where Redis is, and how to log in. Raises SettingsError.

    `redis://[[user]:password@]host[:port][/db]`, with `rediss` for TLS; `unix:///path?db=0`;
    `redis+sentinel://[[user]:password@]host[:port],…/service[/db]`, whose Sentinels take
    `?sentinel_username=…&sentinel_password=…`. Further options are those of redis-py, say
    `?ssl_ca_certs=/path`. Its repr shows no password.
    """

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        try:
            self._sentinels = _sentinels(parts) if parts.scheme.endswith("+sentinel") else []
            self._options = _options(url, parts, self._sentinels)
            self._service = parts.path.strip("/").partition("/")[0]
            self.shown = self._described(parts)
            # Connects to nothing, but sees options that do not exist.
            self.blocking_client().connection_pool.make_connection()
        except (ValueError, TypeError):
            # Its own words may hold a part of the password.
            raise SettingsError(
                "WXEVENTS_STORE is no address of Redis; write redis://user:password@host:6379/0 "
                "or redis+sentinel://host1:26379,host2:26379/service/0, with special characters "
                "in the password as %40 for @, %2F for /, %23 for #"
            ) from None

    def __repr__(self) -> str:
        return f"<{self.shown}>"

    @property
    def through_sentinels(self) -> bool:
        return bool(self._sentinels)

    def client(self) -> redis.asyncio.Redis:
        options = {**self._options, "retry": AsyncRetry(NoBackoff(), 0)}
        if self._sentinels:
            client: redis.asyncio.Redis = self._master(_AsyncSentinel, options)
            return client
        return redis.asyncio.Redis(**options)

    def blocking_client(self) -> redis.Redis:
        """For a thread of its own."""
        options = {**self._options, "retry": Retry(NoBackoff(), 0)}
        if self._sentinels:
            client: redis.Redis = self._master(_Sentinel, options)
            return client
        return redis.Redis(**options)

    def _master(self, kind: Any, options: dict[str, Any]) -> Any:
        of_sentinels = _of_sentinels(options)
        sentinel = kind(self._sentinels, sentinel_kwargs=of_sentinels, **options)
        return sentinel.master_for(self._service)

    def _described(self, parts: SplitResult) -> str:
        if self._sentinels:
            where = ", ".join(f"{host}:{port}" for host, port in self._sentinels)
            return f"Redis {self._service!r} of the Sentinels {where}"
        if "unix_socket_path" in self._options:
            return f"Redis at {self._options['unix_socket_path']}"
        return f"Redis at {parts.hostname or 'localhost'}:{parts.port or 6379}"


def sentinels_of(client: Any) -> list[Any]:
    """The clients of the Sentinels that a client asks, which it does not close itself."""
    known = getattr(client.connection_pool, "sentinel_manager", None)
    return list(known.sentinels) if known else []


def _sentinels(parts: SplitResult) -> list[tuple[str, int]]:
    if not parts.path.strip("/"):
        raise ValueError("no service")
    hosts = parts.netloc.rpartition("@")[2].split(",")
    addresses = (urlsplit(f"//{host}") for host in hosts)
    return [(one.hostname or "localhost", one.port or _SENTINEL_PORT) for one in addresses]


def _options(url: str, parts: SplitResult, sentinels: list[tuple[str, int]]) -> dict[str, Any]:
    """What redis-py wants to know of a Redis server, without where it is if Sentinels tell that."""
    if sentinels:
        scheme = parts.scheme.removesuffix("+sentinel")
        login = "".join(parts.netloc.rpartition("@")[:2])
        database = parts.path.strip("/").partition("/")[2]
        url = f"{scheme}://{login}localhost/{database}?{parts.query}"
    given: dict[str, Any] = dict(_parse_url(url))
    connection = given.pop("connection_class", None)
    if "path" in given:
        given["unix_socket_path"] = given.pop("path")
    if connection is SSLConnection:
        given["ssl"] = True
    if sentinels:
        for name in ("host", "port"):
            given.pop(name, None)
    timeouts = {"socket_timeout": TIMEOUT, "socket_connect_timeout": TIMEOUT}
    # What is text here is text there, even half a surrogate pair.
    encoding = {"decode_responses": True, "encoding_errors": "surrogatepass", "protocol": 2}
    return {**timeouts, **given, **encoding}


def _of_sentinels(options: dict[str, Any]) -> dict[str, Any]:
    """Takes the login of the Sentinels out of the options; TLS is theirs as well."""
    login = {
        name: options.pop(f"sentinel_{name}")
        for name in ("username", "password")
        if f"sentinel_{name}" in options
    }
    shared = {
        name: value
        for name, value in options.items()
        if name.startswith(("ssl", "socket_")) or name in ("retry", "protocol", "decode_responses")
    }
    return {**shared, **login}
