"""Every push delivered three times to any of four servers: one run of its handler, one answer."""

from __future__ import annotations

from pathlib import Path

from tests.promises.storm import storm


async def test_every_delivery_of_a_push_gets_the_answer_of_one_run(tmp_path: Path) -> None:
    counts = await storm(tmp_path, pushes=2_000)
    print(f"\n{counts}")  # noqa: T201
    assert not counts.broken
    assert counts.messages
