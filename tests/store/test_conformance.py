"""What every store promises, whichever it is."""

from __future__ import annotations

import asyncio
import signal
from dataclasses import replace

import pytest

from tests.store.backends import ALL, LASTING, SHARED, Stores
from tests.store.patience import PATIENCE, until
from wxevents.errors import LeaseLost
from wxevents.store import Backlog, Entry, Message, Store, leased
from wxevents.store.entry import STATES, State

Pair = tuple[Store, Store]
every_store = pytest.mark.parametrize("stores", ALL, indirect=True)
two_processes = pytest.mark.parametrize("stores", SHARED, indirect=True)
lasting = pytest.mark.parametrize("stores", LASTING, indirect=True)


def push(identity: str, received: float = 1.0) -> Entry:
    return Entry(identity, {"Event": "CLICK", "EventKey": "MUSIC"}, received, event="CLICK")


async def answer_of(store: Store, name: str) -> str | None:
    """What a claim gives, or who waits then: where the answer stays with its giver, only that."""
    claim = await store.claim(name)
    assert not claim.mine
    return await store.wait(name) if claim.answer is None else claim.answer


async def kept(store: Store, identity: str, received: float = 1.0) -> Entry:
    entry = await store.keep(push(identity, received))
    assert entry
    return entry


async def ended(store: Store, identity: str, received: float = 1.0) -> Entry:
    entry = replace(await kept(store, identity, received), state="done", result="failed")
    await store.save(entry)
    return entry


# -- holds


@every_store
async def test_of_100_claims_one_is_granted(pair: Pair) -> None:
    claims = await asyncio.gather(*(pair[number % 2].claim("push") for number in range(100)))
    assert sum(claim.mine for claim in claims) == 1
    assert all(claim.answer is None and claim.runs == 0 for claim in claims)


@every_store
async def test_names_are_held_one_by_one(pair: Pair) -> None:
    one, other = pair
    assert (await one.claim("push")).mine
    assert (await other.claim("another push")).mine


@every_store
async def test_the_first_answer_counts(pair: Pair) -> None:
    one, other = pair
    await one.claim("push")
    assert await one.settle("push", "the first") == "the first"
    assert await other.settle("push", "the second") == "the first"
    assert await one.settle("push", "the third") == "the first"
    for store in pair:
        assert await answer_of(store, "push") == "the first"


@every_store
async def test_an_answer_may_come_from_another_than_the_holder(pair: Pair) -> None:
    one, other = pair
    await one.claim("push")
    assert await other.settle("push", "from outside") == "from outside"
    assert await one.settle("push", "from the holder") == "from outside"
    assert await answer_of(other, "push") == "from outside"


@every_store
async def test_of_answers_given_at_once_one_counts(pair: Pair) -> None:
    settled = await asyncio.gather(
        *(pair[number % 2].settle("nobody's", str(number)) for number in range(20))
    )
    assert len(set(settled)) == 1
    assert {await answer_of(store, "nobody's") for store in pair} == set(settled)


@every_store
async def test_an_empty_answer_is_an_answer(pair: Pair) -> None:
    one, other = pair
    await one.claim("push")
    await one.settle("push", "")
    assert await answer_of(other, "push") == ""
    assert await other.wait("push") == ""


@every_store
async def test_who_waits_gets_the_answer(pair: Pair) -> None:
    one, other = pair
    await one.claim("push")
    async with asyncio.timeout(PATIENCE), asyncio.TaskGroup() as group:
        waiting = [group.create_task(store.wait("push")) for store in (one, other, other)]
        await asyncio.sleep(0)
        await one.settle("push", "答案 🎵")
    assert [task.result() for task in waiting] == ["答案 🎵"] * 3


@every_store
async def test_who_waits_learns_that_the_name_is_free(pair: Pair) -> None:
    one, other = pair
    await one.claim("push")
    async with asyncio.timeout(PATIENCE), asyncio.TaskGroup() as group:
        waiting = [group.create_task(store.wait("push")) for store in (one, other, other)]
        await asyncio.sleep(0)
        await one.release("push")
    assert [task.result() for task in waiting] == [None] * 3


@every_store
async def test_nobody_waits_for_a_free_name(pair: Pair) -> None:
    async with asyncio.timeout(PATIENCE):
        assert await pair[0].wait("free") is None


@every_store
async def test_who_stops_waiting_disturbs_nobody(pair: Pair) -> None:
    one, other = pair
    await one.claim("push")
    async with asyncio.timeout(PATIENCE), asyncio.TaskGroup() as group:
        gone = group.create_task(other.wait("push"))
        stays = group.create_task(other.wait("push"))
        await asyncio.sleep(0)
        gone.cancel()
        await one.settle("push", "answer")
    assert gone.cancelled()
    assert stays.result() == "answer"


@every_store
async def test_what_is_released_is_free(pair: Pair) -> None:
    one, other = pair
    await one.claim("push")
    await one.release("push")
    assert (await other.claim("push")).mine


@every_store
async def test_what_is_answered_cannot_be_released(pair: Pair) -> None:
    one, other = pair
    await one.claim("push")
    await one.settle("push", "answer")
    await one.release("push")
    assert await answer_of(other, "push") == "answer"


@two_processes
async def test_only_the_holder_releases(pair: Pair) -> None:
    one, other = pair
    await one.claim("push")
    await other.release("push")
    assert not (await other.claim("push")).mine


@every_store
async def test_a_lease_has_one_holder_at_a_time(pair: Pair) -> None:
    inside = 0
    turns = 0

    async def work(store: Store) -> None:
        nonlocal inside, turns
        async with leased(store, "session"):
            inside += 1
            assert inside == 1
            await asyncio.sleep(0)
            turns += 1
            inside -= 1

    async with asyncio.timeout(2 * PATIENCE):
        await asyncio.gather(*(work(pair[number % 2]) for number in range(50)))
    assert turns == 50


@every_store
async def test_an_error_ends_a_lease(pair: Pair) -> None:
    one, other = pair
    with pytest.raises(ZeroDivisionError):
        async with leased(one, "session"):
            raise ZeroDivisionError
    async with asyncio.timeout(PATIENCE), leased(other, "session"):
        pass


# -- the inbox


@every_store
async def test_a_push_is_kept_once(pair: Pair) -> None:
    one, other = pair
    entry = await kept(one, "push")
    assert (entry.fence, entry.state, entry.run) == (1, "running", 1)
    assert await other.keep(push("push")) is None
    assert await one.keep(push("push")) is None
    assert await other.entries() == [entry]


@every_store
async def test_of_100_that_keep_a_push_one_does(pair: Pair) -> None:
    entries = await asyncio.gather(*(pair[n % 2].keep(push("push")) for n in range(100)))
    assert sum(entry is not None for entry in entries) == 1


@every_store
async def test_what_its_holder_saves_is_seen(pair: Pair) -> None:
    one, other = pair
    message = Message({"touser": "o1", "msgtype": "text"})
    entry = replace(await kept(one, "push"), state="late", answers=1, messages=(message,))
    await one.save(entry)
    await one.save(entry.with_message(0, "sending"))
    (seen,) = await other.entries(identity="push")
    assert (seen.state, seen.answers) == ("late", 1)
    assert seen.messages == (replace(message, state="sending"),)


@two_processes
async def test_another_cannot_save_it(pair: Pair) -> None:
    one, other = pair
    entry = await kept(one, "push")
    with pytest.raises(LeaseLost):
        await other.save(replace(entry, state="done"))
    assert await one.entries() == [entry]


@every_store
async def test_what_was_never_kept_cannot_be_saved(pair: Pair) -> None:
    with pytest.raises(LeaseLost):
        await pair[0].save(replace(push("unknown"), fence=1))


@every_store
async def test_what_is_pending_is_taken_at_once(pair: Pair) -> None:
    one, other = pair
    entry = replace(await kept(one, "push"), state="pending", due=5.0)
    await one.save(entry)
    (taken,) = await other.take(10)
    assert (taken.identity, taken.state, taken.run) == ("push", "running", 2)
    assert (taken.fence, taken.due) == (2, 5.0)
    (stored,) = await one.entries()
    assert replace(stored, updated=taken.updated) == taken
    await other.save(replace(taken, state="done"))


@every_store
async def test_who_lost_an_entry_cannot_save_it(pair: Pair) -> None:
    one, other = pair
    entry = await kept(one, "push")
    await one.save(replace(entry, state="pending"))
    with pytest.raises(LeaseLost):
        await one.save(replace(entry, state="done"))
    (taken,) = await other.take(10)
    with pytest.raises(LeaseLost):
        await one.save(replace(entry, state="done"))
    await other.save(replace(taken, state="late"))
    (stored,) = await one.entries()
    assert stored.state == "late"


@every_store
async def test_what_was_answered_does_not_run_again(pair: Pair) -> None:
    one, other = pair
    entry = await kept(one, "push")
    await one.save(replace(entry, state="pending", answered=True))
    (taken,) = await other.take(10)
    assert (taken.state, taken.run) == ("late", 1)


@every_store
async def test_the_oldest_are_taken_first(pair: Pair) -> None:
    one, other = pair
    for number in range(5):
        entry = await kept(one, f"push {number}", received=float(number))
        await one.save(replace(entry, state="pending"))
    assert [entry.identity for entry in await other.take(2)] == ["push 0", "push 1"]
    assert [entry.identity for entry in await one.take(10)] == ["push 2", "push 3", "push 4"]
    assert not await other.take(10)


@every_store
async def test_what_a_living_process_holds_is_not_taken(pair: Pair) -> None:
    one, other = pair
    await kept(one, "running")
    await one.save(replace(await kept(one, "late"), state="late"))
    await ended(one, "done")
    assert not await other.take(10)
    assert not await one.take(10)


@every_store
async def test_of_many_that_take_an_entry_one_gets_it(pair: Pair) -> None:
    for number in range(20):
        entry = await kept(pair[0], f"push {number}", received=float(number))
        await pair[0].save(replace(entry, state="pending"))
    taken = await asyncio.gather(*(pair[number % 2].take(3) for number in range(20)))
    identities = [entry.identity for some in taken for entry in some]
    assert sorted(identities) == sorted(f"push {number}" for number in range(20))


@every_store
async def test_entries_are_found_by_state_and_identity(pair: Pair) -> None:
    one, other = pair
    await ended(one, "third", received=3.0)
    await kept(one, "first", received=1.0)
    await one.save(replace(await kept(one, "second", received=2.0), state="dead", error="why"))

    async def names(*states: str, identity: str = "") -> list[str]:
        found = await other.entries(states=states, identity=identity)  # type: ignore[arg-type]
        return [entry.identity for entry in found]

    assert await names() == ["first", "second", "third"]
    assert await names("dead", "done") == ["second", "third"]
    assert await names("running") == ["first"]
    assert await names("pending") == []
    assert await names(identity="second") == ["second"]
    assert await names("done", identity="second") == []
    assert await names(identity="unknown") == []


@every_store
async def test_what_ended_is_replayed_as_if_it_had_never_run(pair: Pair) -> None:
    one, other = pair
    entry = await ended(one, "push")
    assert await other.replay("push")
    (pending,) = await one.entries(states=["pending"])
    assert (pending.run, pending.result, pending.messages) == (0, "", ())
    assert not await other.replay("push")
    (taken,) = await other.take(1)
    assert (taken.run, taken.state) == (1, "running")
    assert taken.fence > entry.fence
    with pytest.raises(LeaseLost):
        await one.save(entry)
    await other.save(replace(taken, state="done"))


@every_store
async def test_what_is_open_or_unknown_is_neither_replayed_nor_removed(pair: Pair) -> None:
    one, other = pair
    await kept(one, "push")
    for identity in ("push", "unknown"):
        assert not await other.replay(identity)
        assert not await other.remove(identity)
    assert len(await one.entries()) == 1


@every_store
async def test_what_is_removed_may_be_kept_again(pair: Pair) -> None:
    one, other = pair
    await ended(one, "push")
    assert await other.remove("push")
    assert not await other.remove("push")
    assert not await one.entries()
    assert await other.keep(push("push"))


ODD = {
    "emoji": "🎵 👩‍👩‍👧",
    "half of a pair": "\ud83c",
    "lines": "one\r\ntwo\n\tthree\u2028",
    "nothing": "",
    "k" * 2048: "v" * 2048,
    "zero": "\x00",
    "quotes": "'\"\\",
    "list": [{"PicMd5Sum": "a"}, {"PicMd5Sum": "b"}, []],
}


@every_store
async def test_odd_content_comes_back_as_it_was(pair: Pair) -> None:
    one, other = pair
    identity = "wx1:o🎵\n" + "k" * 2048
    message = Message({"text": ODD}, state="refused", error="\ud83c")
    entry = Entry(identity, ODD, 0.1 + 0.2, key="🎵", messages=(message,))
    saved = await one.keep(entry)
    assert saved
    await one.save(replace(saved, state="pending"))
    (taken,) = await other.take(1)
    assert (taken.identity, taken.fields, taken.key) == (identity, ODD, "🎵")
    assert (taken.received, taken.messages) == (0.1 + 0.2, (message,))


def test_fields_of_another_version_are_passed_over() -> None:
    entry = push("push")
    newer = entry.to_json()[:-1] + ',"invented":{"later":1}}'
    assert Entry.from_json(newer, identity="push", state="running", fence=0) == entry


@lasting
async def test_the_inbox_is_seen_without_being_a_process(stores: Stores) -> None:
    async with stores.make() as store:
        entry = await kept(store, "open")
        await ended(store, "done", received=2.0)
        async with stores.make().inbox() as inbox:
            assert [one.identity for one in await inbox.entries()] == ["open", "done"]
            assert await inbox.replay("done")
            assert not await inbox.remove("open")
        assert [one.identity for one in await store.take(10)] == ["done"]
        await store.save(replace(entry, state="done"))


# -- values


@every_store
async def test_values_are_kept_and_replaced(pair: Pair) -> None:
    one, other = pair
    assert await one.get("name") is None
    await one.put("name", "值 1", 60)
    assert await other.get("name") == "值 1"
    await other.put("name", "", 60)
    assert await one.get("name") == ""


@every_store
async def test_a_value_with_no_time_is_removed(pair: Pair) -> None:
    one, other = pair
    await one.put("name", "value", 60)
    await other.put("name", "value", 0)
    assert await one.get("name") is None
    await one.put("name", "value", -1)
    assert await other.get("name") is None


@every_store
async def test_values_end_with_their_time(pair: Pair) -> None:
    one, other = pair
    await one.put("short", "value", 0.01)
    await one.put("long", "value", 60)

    async def has_ended() -> bool:
        return await other.get("short") is None

    assert await until(has_ended)
    assert await other.get("long") == "value"


@every_store
async def test_who_holds_a_lease_may_write_under_it(pair: Pair) -> None:
    one, other = pair
    async with leased(one, "session") as holding:
        await one.put("name", "value", 60, holding=holding)
        assert await other.get("name") == "value"
        await one.put("name", "", 0, holding=holding)
        assert await other.get("name") is None
    with pytest.raises(LeaseLost):
        await one.put("name", "late", 60, holding=holding)
    assert await other.get("name") is None


@two_processes
async def test_who_does_not_hold_the_lease_may_not_write_under_it(pair: Pair) -> None:
    one, other = pair
    async with leased(one, "session") as holding:
        with pytest.raises(LeaseLost):
            await other.put("name", "value", 60, holding=holding)
    assert await one.get("name") is None


# -- processes come and go


@lasting
async def test_answers_outlive_a_close(stores: Stores) -> None:
    async with stores.make() as first:
        await first.claim("push")
        await first.settle("push", "answer")
    second = await stores.open()
    assert (await second.claim("push")).answer == "answer"


@two_processes
async def test_answers_of_one_that_closes_stay_with_the_other(stores: Stores) -> None:
    stays = await stores.open()
    async with stores.make() as goes:
        await goes.claim("push")
        await goes.settle("push", "answer")
    assert (await stays.claim("push")).answer == "answer"
    assert await stays.wait("push") == "answer"
    assert await stays.settle("push", "another") == "answer"


@lasting
async def test_what_a_closed_store_left_is_taken_at_once(stores: Stores) -> None:
    async with stores.make() as first:
        await kept(first, "running")
        await first.claim("push")
        await first.claim("lease:session")
        await first.put("name", "value", 60)
    second = await stores.open()
    assert [entry.identity for entry in await second.take(10)] == ["running"]
    assert (await second.claim("push")).mine
    assert (await second.claim("lease:session")).mine
    assert await second.get("name") == "value"


@two_processes
async def test_who_waits_for_one_that_closes_learns_it(stores: Stores) -> None:
    stays, goes = await stores.open(), stores.make()
    async with goes:
        await goes.claim("push")
        waiting = asyncio.create_task(stays.wait("push"))
        await stays.get("anything")  # a while in which the task can begin
    async with asyncio.timeout(PATIENCE):
        assert await waiting is None
    assert (await stays.claim("push")).mine


@two_processes
async def test_what_a_killed_process_held_is_taken_over(stores: Stores) -> None:
    store = await stores.open()
    with stores.process(lease=2.0) as process:
        assert await asyncio.to_thread(process.says) == "ready"
        assert not (await store.claim("push")).mine
        assert not await store.take(10)
        waiting = asyncio.create_task(store.wait("push"))
        process.signal(signal.SIGKILL)
        async with asyncio.timeout(PATIENCE):
            assert await waiting is None
            claim = await store.claim("push")
            assert (claim.mine, claim.runs) == (True, 1)
            async with leased(store, "work"):
                pass
        taken = await until(lambda: store.take(10))
    assert [(entry.identity, entry.run, entry.fence) for entry in taken] == [("kept", 2, 2)]


@two_processes
async def test_what_a_killed_process_kept_counts_as_acknowledged(stores: Stores) -> None:
    store = await stores.open()
    with stores.process(lease=2.0) as process:
        assert await asyncio.to_thread(process.says) == "ready"
        process.signal(signal.SIGKILL)
        async with asyncio.timeout(PATIENCE):
            assert await store.wait("kept") is None
        assert await answer_of(store, "kept") == ""
        taken = await until(lambda: store.take(10))
    assert [entry.identity for entry in taken] == ["kept"]


@two_processes
async def test_what_a_killed_process_did_not_answer_another_may(stores: Stores) -> None:
    store = await stores.open()
    with stores.process(lease=2.0) as process:
        assert await asyncio.to_thread(process.says) == "ready"
        process.signal(signal.SIGKILL)
        async with asyncio.timeout(PATIENCE):
            assert await store.wait("push") is None
        assert await store.settle("push", "in its stead") == "in its stead"
        assert await store.settle("push", "again") == "in its stead"
        assert await store.wait("push") == "in its stead"
        assert await answer_of(store, "push") == "in its stead"


@every_store
async def test_a_backlog_counts_by_state_and_knows_the_oldest_that_is_open(pair: Pair) -> None:
    one, other = pair
    assert await one.backlog() == Backlog(dict.fromkeys(STATES, 0), None)
    await ended(one, "done", received=1.0)
    await kept(one, "older", received=3.0)
    await kept(one, "younger", received=5.0)
    await one.save(replace(await kept(one, "left", received=4.0), state="pending"))
    await one.save(replace(await kept(one, "given up", received=2.0), state="dead"))
    counted: dict[State, int] = {"pending": 1, "running": 2, "late": 0, "done": 1, "dead": 1}
    assert await other.backlog() == await one.backlog() == Backlog(counted, 3.0)
