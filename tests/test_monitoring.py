"""What a bot counts, and how whoever watches over it asks."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer
from prometheus_client.parser import text_string_to_metric_families

from tests.late.stage import Api, Stage, staged
from wxevents import Bot, ClickEvent, Router, attach, late
from wxevents.errors import SettingsError, StoreError
from wxevents.metrics import METRICS, PrometheusMeter
from wxevents.monitoring import attach_monitoring
from wxevents.observe import Outcome
from wxevents.store import Entry, MemoryStore
from wxevents.testing import ManualClock, Phone, invented_settings


class Scrape:
    """What `/metrics` tells, as Prometheus reads it."""

    def __init__(self, text: str) -> None:
        self.samples = [
            sample for family in text_string_to_metric_families(text) for sample in family.samples
        ]

    def value(self, name: str, **labels: str) -> float:
        """The value of the only sample with that name and these labels; 0 if there is none."""
        found = [
            sample.value
            for sample in self.samples
            if sample.name == name and labels.items() <= sample.labels.items()
        ]
        assert len(found) <= 1, f"{name} {labels}: {found}"
        return found[0] if found else 0.0


class Failing(MemoryStore):
    """A store that can be switched off."""

    works = True

    async def get(self, name: str) -> str | None:
        if not self.works:
            raise StoreError("the disk is gone")
        return await super().get(name)

    async def keep(self, entry: Entry) -> Entry | None:
        if not self.works:
            raise StoreError("the disk is gone")
        return await super().keep(entry)


@asynccontextmanager
async def watched(stage: Stage) -> AsyncIterator[TestClient[web.Request, web.Application]]:
    app = web.Application()
    attach_monitoring(app, stage.bot, prefix="/internal")
    async with TestClient(TestServer(app)) as client:
        yield client


async def scrape(client: TestClient[Any, Any]) -> Scrape:
    response = await client.get("/internal/metrics")
    assert response.status == 200
    assert response.headers["Content-Type"].startswith("text/plain; version=0.0.4")
    return Scrape(await response.text())


def handlers() -> Router:
    router = Router()

    @router.click("HELLO")
    async def hello(event: ClickEvent) -> str:
        return "你好"

    @router.click("NOTHING")
    async def nothing(event: ClickEvent) -> None: ...

    @router.click("BROKEN")
    async def broken(event: ClickEvent) -> str:
        raise ValueError

    @router.click("TWICE")
    async def twice(event: ClickEvent) -> AsyncIterator[str]:
        yield "one"
        yield "two"

    return router


async def test_pushes_are_counted_by_event_and_outcome() -> None:
    async with staged(handlers(), meter=PrometheusMeter()) as stage, watched(stage) as client:
        await stage.phone.click("HELLO")
        await stage.phone.click("HELLO")
        await stage.phone.click("NOTHING")
        await stage.phone.click("BROKEN")
        found = await scrape(client)
    assert found.value("wxevents_pushes_total", event="CLICK", outcome="answered") == 2
    assert found.value("wxevents_pushes_total", event="CLICK", outcome="silent") == 1
    assert found.value("wxevents_pushes_total", event="CLICK", outcome="failed") == 1
    assert found.value("wxevents_answer_seconds_count") == 4


async def test_a_missed_deadline_and_the_delivery_that_joins() -> None:
    router = Router()
    answer: asyncio.Future[str] = asyncio.get_running_loop().create_future()

    @router.click("SLOW")
    @late("redelivery")
    async def slow(event: ClickEvent) -> str:
        return await answer

    async with staged(router, meter=PrometheusMeter()) as stage, watched(stage) as client:
        push = stage.phone.compose("CLICK", "SLOW")
        first = stage.deliver(push)
        await stage.clock.advance(5)
        second = stage.deliver(push)
        await stage.clock.advance(1)
        answer.set_result("da")
        await asyncio.gather(first, second)
        found = await scrape(client)
    assert found.value("wxevents_missed_deadlines_total") == 1
    assert found.value("wxevents_joined_deliveries_total") == 1
    # The first was held for 6 s, the second waited for 1.
    assert found.value("wxevents_answer_seconds_bucket", le="5.0") == 1
    assert found.value("wxevents_answer_seconds_bucket", le="6.0") == 2
    assert found.value("wxevents_answer_seconds_sum") == pytest.approx(7)


async def test_a_delivery_that_comes_behind_the_answer_has_joined_as_well() -> None:
    async with staged(handlers(), meter=PrometheusMeter()) as stage, watched(stage) as client:
        push = stage.phone.compose("CLICK", "HELLO")
        for _ in range(3):
            assert await stage.deliver(push)
        found = await scrape(client)
    assert found.value("wxevents_pushes_total") == 1
    assert found.value("wxevents_joined_deliveries_total") == 2


@pytest.mark.parametrize("late", ["left", "taken_over"])
async def test_a_push_that_another_process_ends_is_counted_by_that_one(late: str) -> None:
    meter = PrometheusMeter()
    meter.finished(Outcome("1", "CLICK", "SLOW", None, "failed", 1, 1.0, late=late))
    found = Scrape((await meter.exposition(None)).decode())
    assert found.value("wxevents_pushes_total") == 0
    assert found.value("wxevents_late_answers_total", result=late) == 1


@pytest.mark.parametrize("folder", ["", "missing"])
def test_a_folder_for_several_processes_has_to_be_there(
    folder: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PROMETHEUS_MULTIPROC_DIR", folder and str(tmp_path / folder))
    with pytest.raises(SettingsError, match="PROMETHEUS_MULTIPROC_DIR"):
        Bot(invented_settings(metrics_port=0))


async def test_late_answers_calls_and_tokens_are_counted() -> None:
    api = Api()
    async with (
        staged(handlers(), api=api, meter=PrometheusMeter()) as stage,
        watched(stage) as client,
    ):
        await stage.phone.click("TWICE")
        await stage.outcome()
        api.answer = lambda body: {"errcode": 45015}
        await stage.phone.click("TWICE")
        await stage.outcome(2)
        found = await scrape(client)
    send = "POST /cgi-bin/message/custom/send"
    assert found.value("wxevents_late_answers_total", result="sent") == 1
    assert found.value("wxevents_late_answers_total", result="window_closed") == 1
    assert found.value("wxevents_api_calls_total", call=send, code="0") == 1
    assert found.value("wxevents_api_calls_total", call=send, code="45015") == 1
    assert found.value("wxevents_api_call_seconds_count", call=send) == 2
    assert found.value("wxevents_token_refreshes_total", result="fetched") == 1
    assert found.value("wxevents_store_seconds_count", operation="keep") == 2


async def test_a_call_that_nobody_answers_is_counted_by_what_happened() -> None:
    async with (
        staged(
            handlers(),
            meter=PrometheusMeter(),
            api_base="http://127.0.0.1:9",  # where nothing listens
        ) as stage,
        watched(stage) as client,
    ):
        assert stage.bot.client
        calling = asyncio.create_task(stage.bot.client.request("GET", "/cgi-bin/get_api_domain_ip"))
        while not calling.done():
            await asyncio.sleep(0)
            await stage.clock.advance(30)
        assert calling.exception()
        found = await scrape(client)
    fetch = "POST /cgi-bin/stable_token"
    assert found.value("wxevents_api_calls_total", call=fetch, code="NotSent") == 3
    assert found.value("wxevents_token_refreshes_total", result="failed") == 1


async def test_refused_requests_are_counted_by_status() -> None:
    async with staged(handlers(), meter=PrometheusMeter()) as stage, watched(stage) as client:
        genuine = stage.phone.delivery(stage.phone.compose("CLICK", "HELLO"))
        await stage.bot.handle(genuine._replace(query={}))
        await stage.bot.handle(genuine._replace(body=b"<xml>"))
        found = await scrape(client)
    assert found.value("wxevents_refused_requests_total", status="403") == 1
    assert found.value("wxevents_refused_requests_total", status="400") == 1
    assert found.value("wxevents_answer_seconds_count") == 0


async def test_what_the_store_cannot_do_is_counted_by_operation() -> None:
    store = Failing()
    async with (
        staged(handlers(), store=store, meter=PrometheusMeter()) as stage,
        watched(stage) as client,
    ):
        await stage.phone.click("HELLO")
        await client.get("/internal/readyz")
        assert (await scrape(client)).value("wxevents_store_errors_total") == 0
        store.works = False
        await client.get("/internal/readyz")
        found = await scrape(client)
        assert found.value("wxevents_store_errors_total", operation="get") == 1
        with pytest.raises(StoreError):
            await stage.bot.store.keep(Entry("1", stage.phone.compose("CLICK", "HELLO"), 1.0))
        found = await scrape(client)
    assert found.value("wxevents_store_errors_total", operation="get") == 1
    assert found.value("wxevents_store_errors_total", operation="keep") == 1
    # What fails takes its time as well.
    assert found.value("wxevents_store_seconds_count", operation="keep") == 1


async def test_the_inbox_is_counted_when_somebody_asks() -> None:
    store = MemoryStore()
    async with (
        staged(handlers(), store=store, meter=PrometheusMeter()) as stage,
        watched(stage) as client,
    ):
        entry = Entry("dead", stage.phone.compose("CLICK", "HELLO"), 1.0)
        kept = await store.keep(entry)
        assert kept
        await store.save(kept.changed(state="dead"))
        assert await store.keep(Entry("running", entry.fields, 2.0))
        found = await scrape(client)
    assert found.value("wxevents_inbox_entries", state="dead") == 1
    assert found.value("wxevents_inbox_entries", state="running") == 1
    assert found.value("wxevents_inbox_entries", state="pending") == 0
    assert found.value("wxevents_inbox_oldest_seconds") > 1e9  # since the beginning of 1970


async def test_an_empty_inbox_has_no_age() -> None:
    async with staged(handlers(), meter=PrometheusMeter()) as stage, watched(stage) as client:
        found = await scrape(client)
    assert found.value("wxevents_inbox_oldest_seconds") == 0
    assert {sample.name for sample in found.samples} >= {"wxevents_inbox_oldest_seconds"}


async def test_events_that_nobody_models_do_not_fill_the_metrics() -> None:
    async with staged(handlers(), meter=PrometheusMeter()) as stage, watched(stage) as client:
        for number in range(250):
            await stage.phone.push(f"event_{number}")
        found = await scrape(client)
    names = {sample.labels.get("event") for sample in found.samples}
    assert len(names - {None}) == 201
    assert found.value("wxevents_pushes_total", event="other", outcome="silent") == 50


async def test_no_openid_is_in_the_metrics() -> None:
    async with staged(handlers(), meter=PrometheusMeter()) as stage, watched(stage) as client:
        await stage.phone.click("TWICE")
        await stage.outcome()
        text = await (await client.get("/internal/metrics")).text()
    assert stage.phone.openid not in text
    assert "TWICE" not in text


async def test_everything_that_is_told_is_in_the_table_of_metrics() -> None:
    store = Failing()
    async with (
        staged(handlers(), store=store, meter=PrometheusMeter()) as stage,
        watched(stage) as client,
    ):
        await stage.phone.click("TWICE")  # its second answer is late, and a call
        await stage.outcome()
        await stage.bot.handle(
            stage.phone.delivery(stage.phone.compose("CLICK"))._replace(query={})
        )
        store.works = False
        await client.get("/internal/readyz")
        text = await (await client.get("/internal/metrics")).text()
    families = {
        family.name: family
        for family in text_string_to_metric_families(text)
        if not family.name.endswith("_created")
    }
    assert families.keys() == {name.removesuffix("_total") for name in METRICS}
    for name, metric in METRICS.items():
        family = families[name.removesuffix("_total")]
        assert (family.type, family.documentation) == (metric.kind, metric.help)
        assert family.samples, f"{name} was not provoked"
        for sample in family.samples:
            assert set(sample.labels) - {"le"} == set(metric.labels), sample


async def answers(url: str) -> Mapping[str, tuple[int, str]]:
    async with aiohttp.ClientSession() as session:
        found = {}
        for name in ("healthz", "readyz"):
            async with session.get(f"{url}/{name}") as response:
                found[name] = response.status, await response.text()
        return found


async def test_a_bot_is_ready_while_its_store_answers() -> None:
    store = Failing()
    async with staged(handlers(), store=store) as stage, watched(stage) as client:
        url = str(client.make_url("/internal"))
        assert await answers(url) == {"healthz": (200, "ok\n"), "readyz": (200, "ready\n")}
        store.works = False
        found = await answers(url)
        assert found["readyz"] == (503, "the store: the disk is gone\n")
        assert found["healthz"][0] == 200  # to start it anew would not help


async def test_a_bot_that_has_stopped_is_not_ready() -> None:
    async with staged(handlers()) as stage:
        pass
    async with watched(stage) as client:
        response = await client.get("/internal/readyz")
        assert (response.status, await response.text()) == (
            503,
            "the bot is starting or stopping\n",
        )


async def test_without_a_meter_there_is_a_sentence_instead_of_metrics() -> None:
    async with staged(handlers()) as stage, watched(stage) as client:
        response = await client.get("/internal/metrics")
        assert response.status == 501
        assert "pip install 'wxevents[metrics]'" in await response.text()


async def test_two_bots_of_one_process_count_for_themselves() -> None:
    app = web.Application()
    bots = {}
    for path in ("/one", "/two"):
        settings = invented_settings(path=path)
        bots[path] = Bot(
            settings, routers=[handlers()], clock=ManualClock(), meter=PrometheusMeter()
        )
        attach(app, bots[path])
        attach_monitoring(app, bots[path], prefix=path)
    async with TestClient(TestServer(app)) as client:
        await Phone(bots["/one"]).click("HELLO")
        one = Scrape(await (await client.get("/one/metrics")).text())
        two = Scrape(await (await client.get("/two/metrics")).text())
    assert one.value("wxevents_answer_seconds_count") == 1
    assert two.value("wxevents_answer_seconds_count") == 0


async def test_a_meter_is_made_where_the_settings_have_a_port_for_it() -> None:
    assert isinstance(Bot(invented_settings(metrics_port=0)).meter, PrometheusMeter)
    assert not isinstance(Bot(invented_settings()).meter, PrometheusMeter)


async def test_other_methods_and_paths_are_told_what_there_is() -> None:
    async with staged(handlers()) as stage, watched(stage) as client:
        assert (await client.post("/internal/healthz")).status == 405
        assert (await client.head("/internal/healthz")).status == 200
