"""A job that takes longer than the platform's five seconds, and how far it may go.

The platform drops a delivery after 5 s and delivers the same push again, three times in all. All
deliveries join the one run of the handler, so up to about 14 s the answer still arrives; after
that the user reads the apology. The job itself runs once, to its end.

wxevents dev --handlers examples.slow_job
wxevents push click REPORT
"""

import asyncio

from wxevents import ClickEvent, Push, Router

router = Router()


class Ledger:
    """Stands for a database that takes its time."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self.runs: list[str] = []

    async def add_up(self, idempotency_key: str) -> int:
        self.runs.append(idempotency_key)
        await asyncio.sleep(self.seconds)
        return 1_024


ledger = Ledger(seconds=7)


@router.click("REPORT")
async def report(event: ClickEvent, push: Push) -> str:
    total = await ledger.add_up(push.identity)
    return f"合计 {total} 元（第 {push.attempt} 次投递时送达）"
