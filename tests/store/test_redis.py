"""What only the Redis store has to stand: lost answers, a server that comes and goes, pauses."""

from __future__ import annotations

import asyncio
import logging
import re
import signal
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import replace

import pytest
import redis
from pytest_asyncio import fixture as async_fixture

from tests.store.backends import Stores
from tests.store.patience import PATIENCE, until
from tests.store.proxy import Proxy
from tests.store.redis_server import RedisServer
from wxevents.errors import LeaseLost, StoreError
from wxevents.store import Entry, leased

PUSH = Entry("push", {"Event": "CLICK"}, received=1.0)


@async_fixture
async def stores(redis_server: RedisServer) -> AsyncIterator[Stores]:
    async with Stores("redis", redis_server.url) as stores:
        yield stores


@async_fixture
async def own(own_server: RedisServer) -> AsyncIterator[Stores]:
    """Stores on a server that may be killed."""
    async with Stores("redis", own_server.url) as stores:
        yield stores


@async_fixture
async def line(redis_server: RedisServer) -> AsyncIterator[Proxy]:
    async with Proxy(redis_server.port) as line:
        yield line


# -- answers that are lost


async def test_a_claim_whose_answer_was_lost_is_known_again(stores: Stores, line: Proxy) -> None:
    store = await stores.open(where=line.url)
    line.lose_answers(b"hold:push", 1)
    claim = await store.claim("push")
    assert (claim.mine, claim.runs) == (True, 0)
    assert line.still_to_lose == 0
    assert not (await store.claim("push")).mine


async def test_a_claim_that_came_to_nothing_is_undone(stores: Stores, line: Proxy) -> None:
    store, other = await stores.open(where=line.url), await stores.open()
    line.lose_answers(b"hold:push", 2)
    with pytest.raises(StoreError):
        await store.claim("push")

    async def is_free() -> bool:
        return (await other.claim("push")).mine

    assert await until(is_free)


async def test_a_claim_made_again_meets_its_own_lost_one(stores: Stores, line: Proxy) -> None:
    store, other = await stores.open(where=line.url), await stores.open()
    line.lose_answers(b"hold:push", 2)
    with pytest.raises(StoreError):
        await store.claim("push")
    claim = await store.claim("push")
    assert (claim.mine, claim.runs) == (True, 0)
    await store.get("a while in which the first one is undone")
    assert not (await other.claim("push")).mine


async def test_a_cancelled_claim_holds_nothing(stores: Stores, line: Proxy) -> None:
    store, other = await stores.open(where=line.url), await stores.open()
    claiming = asyncio.create_task(store.claim("push"))
    await asyncio.sleep(0)
    claiming.cancel()
    await asyncio.wait([claiming])

    async def is_free() -> bool:
        return (await other.claim("push")).mine

    assert await until(is_free)


async def test_what_is_kept_is_kept_although_the_answer_was_lost(
    stores: Stores, line: Proxy
) -> None:
    store = await stores.open(where=line.url)
    line.lose_answers(b"entry:push", 1)
    entry = await store.keep(PUSH)
    assert entry
    line.lose_answers(b"entry:push", 1)
    await store.save(replace(entry, state="pending"))
    (taken,) = await store.take(1)
    line.lose_answers(b"entry:push", 1)
    await store.save(replace(taken, state="done", result="failed"))
    line.lose_answers(b"entry:push", 1)
    assert await store.replay("push")
    assert line.still_to_lose == 0
    assert [entry.state for entry in await store.entries()] == ["pending"]


async def test_what_could_not_be_kept_is_not_there(stores: Stores, line: Proxy) -> None:
    store, other = await stores.open(where=line.url), await stores.open()
    line.lose_answers(b"entry:push", 2)
    with pytest.raises(StoreError):
        await store.keep(PUSH)

    async def is_gone() -> bool:
        return not await other.entries()

    assert await until(is_gone)
    assert await other.keep(PUSH)


async def test_what_could_not_be_kept_can_be_kept_again(stores: Stores, line: Proxy) -> None:
    store = await stores.open(where=line.url)
    line.lose_answers(b"entry:push", 2)
    with pytest.raises(StoreError):
        await store.keep(PUSH)
    entry = await store.keep(PUSH)
    assert entry
    await store.get("a while in which the first one is undone")
    await store.save(replace(entry, state="late"))


async def test_a_lease_whose_end_was_not_heard_ends_all_the_same(
    stores: Stores, line: Proxy
) -> None:
    store, other = await stores.open(where=line.url), await stores.open()
    assert (await store.claim("lease:session")).mine
    line.cut()
    with pytest.raises(StoreError):
        await store.release("lease:session")
    line.mend()
    async with asyncio.timeout(PATIENCE), leased(other, "session"):
        pass


async def test_a_take_whose_answer_was_lost_loses_nothing(stores: Stores, line: Proxy) -> None:
    store, other = await stores.open(where=line.url), await stores.open(lease=1.0)
    entry = await other.keep(PUSH)
    assert entry
    await other.save(replace(entry, state="pending"))
    line.lose_answers(b"entry:push", 10)
    with pytest.raises(StoreError):
        await store.take(1)
    # Whoever was to take it lives and does not know of it.
    assert [entry.identity for entry in await until(lambda: other.take(1))] == ["push"]


# -- processes that are cut off or paused


async def test_who_cannot_be_reached_loses_what_it_holds(stores: Stores, line: Proxy) -> None:
    cut_off, other = await stores.open(where=line.url, lease=1.0), await stores.open()
    assert (await cut_off.claim("another push")).mine
    assert (await cut_off.claim("lease:session")).mine
    entry = await cut_off.keep(PUSH)
    assert entry
    line.cut()
    async with asyncio.timeout(PATIENCE), leased(other, "session"):
        await other.put("name", "of the other", 60, holding="lease:session")
    assert (await other.claim("another push")).runs == 1
    (taken,) = await until(lambda: other.take(1))
    line.mend()
    with pytest.raises(LeaseLost):
        await cut_off.save(replace(entry, state="done"))
    with pytest.raises(LeaseLost):
        await cut_off.put("name", "of the one cut off", 60, holding="lease:session")
    await cut_off.release("another push")
    assert not (await cut_off.claim("another push")).mine
    assert await other.get("name") == "of the other"
    await other.save(replace(taken, state="done", result="failed"))


async def test_a_paused_process_learns_that_it_lost_everything(stores: Stores) -> None:
    store = await stores.open()
    with stores.process(lease=1.0) as process:
        assert await asyncio.to_thread(process.says) == "ready"
        process.signal(signal.SIGSTOP)
        (taken,) = await until(lambda: store.take(1))
        async with asyncio.timeout(PATIENCE), leased(store, "work"):
            process.signal(signal.SIGCONT)
            process.tell()
            assert await asyncio.to_thread(process.says) == "lost lost"
            await store.put("value", "ours", 60, holding="lease:work")
        await store.save(replace(taken, state="done", result="failed"))


async def test_a_blocked_loop_loses_nothing(stores: Stores) -> None:
    store, other = await stores.open(lease=2.0), await stores.open(lease=2.0)
    assert (await store.claim("push")).mine
    entry = await store.keep(PUSH)
    assert entry
    time.sleep(4.0)  # noqa: ASYNC251 - as a handler might
    assert not (await other.claim("push")).mine
    assert not await other.take(1)
    await store.save(replace(entry, state="done"))


# -- a server that comes and goes


async def test_a_killed_server_has_forgotten_nothing(own: Stores, own_server: RedisServer) -> None:
    one, other = await own.open(), await own.open()
    await one.claim("held")
    await one.claim("answered")
    await one.settle("answered", "answer")
    entries = []
    for number in range(20):
        entry = await one.keep(replace(PUSH, identity=f"push {number}", received=float(number)))
        assert entry
        entries.append(entry)
    await one.put("name", "value", 60)
    own_server.restart()
    assert await other.entries() == entries
    assert await other.get("name") == "value"
    assert (await other.claim("answered")).answer == "answer"
    assert not (await other.claim("held")).mine
    for entry in entries:
        await one.save(replace(entry, state="done", result="failed"))
    assert await one.keep(PUSH)


async def test_who_waits_outlasts_a_restart(own: Stores, own_server: RedisServer) -> None:
    one, other = await own.open(), await own.open()
    await one.claim("push")
    waiting = asyncio.create_task(other.wait("push"))
    await other.get("a while in which it begins")
    own_server.restart()
    await one.settle("push", "answer")
    async with asyncio.timeout(PATIENCE):
        assert await waiting == "answer"


async def test_while_the_server_is_gone_every_call_says_so(
    own: Stores, own_server: RedisServer, caplog: pytest.LogCaptureFixture
) -> None:
    store = await own.open(lease=1.0)
    entry = await store.keep(PUSH)
    assert entry
    own_server.kill()
    for call in (
        lambda: store.claim("push"),
        lambda: store.settle("push", "answer"),
        lambda: store.wait("push"),
        lambda: store.keep(replace(PUSH, identity="other")),
        lambda: store.save(entry),
        lambda: store.entries(),
        lambda: store.replay("push"),
        lambda: store.remove("push"),
        lambda: store.get("name"),
        lambda: store.put("name", "value", 60),
    ):
        with pytest.raises(StoreError, match=rf"127\.0\.0\.1:{own_server.port} cannot be reached"):
            await call()

    async def is_logged() -> bool:
        return "cannot be reached" in caplog.text

    assert await until(is_logged)
    with caplog.at_level(logging.INFO):
        own_server.start()

        async def is_well() -> bool:
            return "can be reached again" in caplog.text

        assert await until(is_well)
    assert (await store.claim("push")).mine
    assert [one.identity for one in await store.entries()] == ["push"]


async def test_a_server_that_hangs_is_not_waited_for(own: Stores, own_server: RedisServer) -> None:
    store = await own.open()
    own_server.pause()
    try:
        with pytest.raises(StoreError, match="did not answer within 2 s"):
            await store.claim("push")
    finally:
        own_server.go_on()
    # The claim may have arrived all the same, and is its own.
    assert (await store.claim("push")).mine


async def test_forgotten_scripts_are_sent_again(own: Stores, own_server: RedisServer) -> None:
    store = await own.open()
    await store.claim("push")
    with redis.Redis.from_url(own_server.url) as client:
        client.script_flush()
    await store.settle("push", "answer")
    assert (await store.claim("push")).answer == "answer"


async def test_a_lost_consumer_group_loses_no_entry(own: Stores, own_server: RedisServer) -> None:
    one, other = await own.open(), await own.open()
    held = await one.keep(replace(PUSH, identity="held"))
    pending = await one.keep(replace(PUSH, identity="pending"))
    assert held
    assert pending
    with redis.Redis.from_url(own_server.url) as client:
        (stream,) = client.scan_iter(match="*:work")
        assert client.xgroup_destroy(stream, "workers")
    await one.save(replace(pending, state="pending"))
    assert [entry.identity for entry in await other.take(10)] == ["pending"]
    assert await one.keep(PUSH)
    await one.save(replace(held, state="pending"))
    assert [entry.identity for entry in await other.take(10)] == ["held"]


async def test_an_emptied_server_is_used_on(own: Stores, own_server: RedisServer) -> None:
    store = await own.open()
    entry = await store.keep(PUSH)
    assert entry
    with redis.Redis.from_url(own_server.url) as client:
        client.flushall()
    assert not await store.take(1)
    with pytest.raises(LeaseLost):
        await store.save(entry)
    assert await store.keep(PUSH)
    assert len(await store.entries()) == 1


async def test_a_full_server_says_so_and_works_again(own: Stores, own_server: RedisServer) -> None:
    store = await own.open()
    kept = await store.keep(PUSH)
    with redis.Redis.from_url(own_server.url) as client:
        client.config_set("maxmemory", 1)
        with pytest.raises(StoreError, match=r"no memory left.*maxmemory"):
            await store.keep(replace(PUSH, identity="too much"))
        client.config_set("maxmemory", 0)
    assert await store.keep(replace(PUSH, identity="fits"))
    assert kept in await store.entries()
    assert len(await store.entries()) == 2


# -- keys


async def test_all_keys_of_an_account_lie_together(own: Stores, own_server: RedisServer) -> None:
    async with AsyncExitStack() as stack:
        for app_id, tag in ((own.app_id, own.app_id), ("", "-")):
            own.app_id = app_id
            store = await stack.enter_async_context(own.make())
            await store.claim("{push}")
            await store.settle("{push}", "answer")
            await store.claim("lease:{session}")
            assert await store.keep(replace(PUSH, identity="open"))
            entry = await store.keep(PUSH)
            assert entry
            await store.save(replace(entry, state="done"))
            await store.put("{name}", "value", 60)
            with redis.Redis.from_url(own_server.url, decode_responses=True) as client:
                keys = list(client.scan_iter())
                assert len(keys) >= 9
                assert all(key.startswith(f"wxevents:{{{tag}}}:") for key in keys)
                client.flushall()


async def test_what_need_not_be_kept_has_an_end(own: Stores, own_server: RedisServer) -> None:
    store = await own.open()
    await store.claim("held")
    await store.claim("answered")
    await store.settle("answered", "answer")
    await store.claim("lease:session")
    await store.put("name", "value", 60)
    entry = await store.keep(PUSH)
    assert entry
    await store.save(replace(entry, state="done", result="sent"))
    with redis.Redis.from_url(own_server.url, decode_responses=True) as client:
        ends = {key.rpartition("}:")[2]: client.ttl(key) for key in client.scan_iter()}
    assert 60 < ends["hold:held"] <= 120
    assert 0 < ends["hold:answered"] <= 60
    assert 10 < ends["hold:lease:session"] <= 600
    assert 0 < ends["value:name"] <= 60
    assert 60 < ends["entry:push"] <= 600


async def test_two_accounts_share_a_server(stores: Stores, redis_server: RedisServer) -> None:
    store = await stores.open()
    async with Stores("redis", redis_server.url) as others:
        other = await others.open()
        for one in (store, other):
            assert (await one.claim("push")).mine
            assert await one.keep(PUSH)
        assert len(await store.entries()) == 1


# -- set up well, and not


async def test_a_server_that_does_not_run_is_named(own_server: RedisServer) -> None:
    own_server.kill()
    secret = f"redis://someone:s3cret@127.0.0.1:{own_server.port}/0"
    store = Stores("redis", secret).make()
    assert "s3cret" not in repr(store)
    with pytest.raises(StoreError) as refused:
        async with store:
            pass
    assert re.search(rf"127\.0\.0\.1:{own_server.port} cannot be reached", str(refused.value))
    assert "WXEVENTS_STORE" in str(refused.value)
    assert "s3cret" not in repr(refused.value.__cause__) + str(refused.value)


async def test_a_password_is_taken_from_the_url(own: Stores, own_server: RedisServer) -> None:
    with redis.Redis.from_url(own_server.url) as client:
        client.config_set("requirepass", "p@ss/word")
        good = f"redis://:p%40ss%2Fword@127.0.0.1:{own_server.port}/0"
        assert (await (await own.open(where=good)).claim("push")).mine
        for bad in (own_server.url, good.replace("p%40ss", "wr0ng")):
            with pytest.raises(StoreError, match="refuses the login") as refused:
                await own.open(where=bad)
            assert "wr0ng" not in str(refused.value)
            assert "WXEVENTS_STORE" in str(refused.value)


async def test_a_durable_server_has_no_weakness(stores: Stores) -> None:
    assert not await (await stores.open()).weaknesses()


async def test_what_may_lose_events_is_named(own: Stores, own_server: RedisServer) -> None:
    store = await own.open()
    with redis.Redis.from_url(own_server.url) as client:
        client.config_set("appendfsync", "everysec")
        (sentence,) = await store.weaknesses()
        assert "CONFIG SET appendfsync always" in sentence
        client.config_set("appendonly", "no")
        client.config_set("maxmemory-policy", "allkeys-lru")
        first, second = await store.weaknesses()
        assert "when it is killed" in first
        assert "CONFIG SET appendonly yes" in first
        assert "CONFIG SET maxmemory-policy noeviction" in second


async def test_a_server_that_does_not_tell_is_named(own: Stores, own_server: RedisServer) -> None:
    with redis.Redis.from_url(own_server.url) as client:
        client.acl_setuser(
            "bot",
            enabled=True,
            passwords=["+secret"],
            keys=["wxevents:*"],
            channels=["wxevents:*"],
            categories=["+@all", "-@admin", "-@dangerous"],
        )
    store = await own.open(where=f"redis://bot:secret@127.0.0.1:{own_server.port}/0")
    (sentence,) = await store.weaknesses()
    assert "does not tell" in sentence
    assert "appendfsync always" in sentence
    assert (await store.claim("push")).mine
    assert await store.keep(PUSH)


async def test_a_user_with_too_few_rights_is_told_which(
    own: Stores, own_server: RedisServer
) -> None:
    with redis.Redis.from_url(own_server.url) as client:
        client.acl_setuser(
            "bot", enabled=True, passwords=["+secret"], keys=["other:*"], categories=["+@all"]
        )
    with pytest.raises(StoreError, match=r"does not permit.*ACL SETUSER"):
        await own.open(where=f"redis://bot:secret@127.0.0.1:{own_server.port}/0")
