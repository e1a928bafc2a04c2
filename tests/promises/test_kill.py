"""What is killed at any moment forgets nothing that was acknowledged, and says nothing twice.

The counts are printed; `python -m tests.promises.kill` does it as often as is asked for.
"""

from __future__ import annotations

from pathlib import Path

from tests.promises.kill import Counts, kill
from tests.store.redis_server import require_redis


def require_kept(counts: Counts) -> None:
    print(f"\n{counts}")  # noqa: T201
    assert not counts.broken
    assert counts.answered
    assert counts.acknowledged
    assert counts.messages


async def test_a_server_that_is_killed_keeps_its_promises(tmp_path: Path) -> None:
    counts = await kill(tmp_path, cycles=100)
    require_kept(counts)
    assert counts.run_again  # it was killed where it matters


async def test_so_do_several_that_share_an_inbox(tmp_path: Path) -> None:
    counts = await kill(tmp_path, cycles=30, servers=3)
    require_kept(counts)
    assert counts.run_again


async def test_a_server_that_is_killed_keeps_its_promises_in_redis(tmp_path: Path) -> None:
    require_redis()
    counts = await kill(tmp_path, cycles=20, store="redis", servers=2)
    require_kept(counts)
    assert counts.run_again


async def test_promises_are_kept_when_redis_is_killed(tmp_path: Path) -> None:
    require_redis()
    counts = await kill(tmp_path, cycles=20, store="redis", victim="redis", servers=2)
    require_kept(counts)
