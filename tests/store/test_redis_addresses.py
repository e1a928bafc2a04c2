"""The ways to a Redis server: URLs, Sentinels, TLS, sockets."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
import redis

from tests.store.backends import Stores
from tests.store.patience import until
from tests.store.redis_server import (
    DURABLE,
    RedisServer,
    SentinelServer,
    free_port,
    require_redis,
)
from wxevents.clock import SystemClock
from wxevents.errors import SettingsError, StoreError
from wxevents.store import Entry, open_store
from wxevents.store.redis import RedisStore

PUSH = Entry("push", {"Event": "CLICK"}, received=1.0)


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("redis://", "Redis at localhost:6379"),
        ("redis://example.com", "Redis at example.com:6379"),
        ("redis://me:s3cret@example.com:6380/3", "Redis at example.com:6380"),
        ("rediss://:s3cret@[::1]:6380", "Redis at ::1:6380"),
        ("unix:///run/redis.sock?db=1&password=s3cret", "Redis at /run/redis.sock"),
        (
            "redis+sentinel://:s3cret@one,two:26380/wx/2?sentinel_password=s3cret",
            "Redis 'wx' of the Sentinels one:26379, two:26380",
        ),
        ("rediss+sentinel://one/wx", "Redis 'wx' of the Sentinels one:26379"),
    ],
)
def test_a_store_tells_where_it_is_and_no_password(url: str, shown: str) -> None:
    store = open_store(url, "wx1", SystemClock())
    assert isinstance(store, RedisStore)
    assert repr(store) == f"<RedisStore {shown}>"


@pytest.mark.parametrize(
    "url",
    [
        "redis://me:s3/cret@host:6379",
        "redis://me:s3#cret@host:6379",
        "redis://me:s3cret@host:port",
        "redis://me:s3cret@host/0?s3cret=1",
        "redis://me:s3cret@host/0?socket_timeout=s3cret",
        "redis+sentinel://:s3cret@one,two",
        "redis+sentinel://:s3cret@one:x/wx",
    ],
)
def test_an_address_that_is_none_is_refused_without_its_password(url: str) -> None:
    with pytest.raises(SettingsError, match="WXEVENTS_STORE") as refused:
        open_store(url, "wx1", SystemClock())
    assert "s3" not in str(refused.value)
    assert refused.value.__suppress_context__


async def test_the_store_follows_a_failover(tmp_path: Path) -> None:
    require_redis()
    folders = [tmp_path / name for name in ("master", "replica", "sentinel")]
    for folder in folders:
        folder.mkdir()
    with (
        RedisServer(folders[0], *DURABLE, "--repl-diskless-sync-delay", "0") as master,
        RedisServer(folders[1], *DURABLE, "--replicaof", f"127.0.0.1 {master.port}") as replica,
    ):
        with redis.Redis.from_url(replica.url, decode_responses=True) as client:

            async def is_linked() -> bool:
                return bool(client.info("replication")["master_link_status"] == "up")

            await until(is_linked)
        with SentinelServer(folders[2], master) as sentinel:
            with redis.Redis.from_url(sentinel.url) as client:

                async def knows_the_replica() -> bool:
                    return bool(client.execute_command("SENTINEL REPLICAS", "wx"))

                await until(knows_the_replica)
            await _keep_through_a_failover(sentinel, master, replica)


async def _keep_through_a_failover(
    sentinel: RedisServer, master: RedisServer, replica: RedisServer
) -> None:
    url = f"redis+sentinel://127.0.0.1:{sentinel.port}/wx/0"
    async with Stores("redis", url) as stores:
        store = await stores.open()
        assert await store.keep(PUSH)
        assert "failover" in (await store.weaknesses())[0]
        with redis.Redis.from_url(replica.url) as client:

            async def is_replicated() -> bool:
                return bool(list(client.scan_iter(match="*:entry:push")))

            await until(is_replicated)  # what is not may be lost
        master.kill()

        async def is_back() -> bool:
            try:
                return bool(await store.keep(Entry("after it", {}, received=2.0)))
            except StoreError:
                return False

        assert await until(is_back)
        assert [entry.identity for entry in await store.entries()] == ["push", "after it"]


async def test_no_sentinel_is_named(tmp_path: Path) -> None:
    port = free_port()
    async with Stores("redis", f"redis+sentinel://127.0.0.1:{port}/wx/0") as stores:
        with pytest.raises(
            StoreError, match=f"Redis 'wx' of the Sentinels 127.0.0.1:{port} cannot"
        ):
            await stores.open()


def _self_signed(folder: Path) -> tuple[Path, Path]:
    key, certificate = folder / "key.pem", folder / "certificate.pem"
    subprocess.run(
        [
            *("openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2"),
            *("-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1"),
            *("-keyout", str(key), "-out", str(certificate)),
        ],
        check=True,
        capture_output=True,
    )
    return key, certificate


async def test_over_tls_the_certificate_is_checked(tmp_path: Path) -> None:
    require_redis()
    key, certificate = _self_signed(tmp_path)
    port = free_port()
    options = (
        *DURABLE,
        *("--port", "0", "--tls-port", str(port), "--tls-auth-clients", "no"),
        *("--tls-cert-file", str(certificate), "--tls-key-file", str(key)),
    )
    with RedisServer(tmp_path, *options, port=port):
        url = f"rediss://127.0.0.1:{port}/0"
        async with Stores("redis", url) as stores:
            trusting = await stores.open(where=f"{url}?ssl_ca_certs={certificate}")
            assert (await trusting.claim("push")).mine
            careless = await stores.open(where=f"{url}?ssl_cert_reqs=none")
            assert not (await careless.claim("push")).mine
            with pytest.raises(StoreError, match="certificate"):
                await stores.open()


async def test_a_socket_leads_to_the_server(tmp_path: Path) -> None:
    require_redis()
    socket = tmp_path / "redis.sock"
    with RedisServer(tmp_path, *DURABLE, "--unixsocket", str(socket)):
        async with Stores("redis", f"unix://{socket}?db=0") as stores:
            assert (await (await stores.open()).claim("push")).mine
