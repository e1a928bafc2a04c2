"""A job that takes longer than the platform's five seconds, and what becomes of its answer.

By default the push is acknowledged at the deadline, and the answer follows as a customer-service
message. An account without permission for these waits for the platform's next delivery instead: all
three join the one run of the handler, so that up to about 14 s the answer still arrives. Either way
the job runs once, to its end.

wxevents dev --handlers examples.slow_job
wxevents push click REPORT
"""

import asyncio
from collections.abc import AsyncIterator

from wxevents import ClickEvent, Placeholder, Push, Router, late

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
    return f"合计 {total} 元"


@late("redelivery")
@router.click("REPORT_BY_REDELIVERY")
async def report_by_redelivery(event: ClickEvent, push: Push) -> str:
    total = await ledger.add_up(push.identity)
    return f"合计 {total} 元（第 {push.attempt} 次投递时送达）"


@late(Placeholder("正在统计，请稍候……"))
@router.click("REPORT_WITH_PLACEHOLDER")
async def report_with_placeholder(event: ClickEvent, push: Push) -> str:
    return f"合计 {await ledger.add_up(push.identity)} 元"


@router.click("REPORT_IN_STEPS")
async def report_in_steps(event: ClickEvent, push: Push) -> AsyncIterator[str]:
    yield "正在统计，请稍候……"  # the answer to the tap
    yield f"合计 {await ledger.add_up(push.identity)} 元"  # as a customer-service message
    yield "统计完毕"
