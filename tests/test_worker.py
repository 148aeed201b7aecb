"""A job that can't be done is given up visibly: it never looks like a finished analysis."""

import asyncio

import pytest
from people import Person, all_leave, firing, notification
from pgqueuer.core import listeners
from pgqueuer.core.qm import QueueManager
from whole import serving

from aurora_rt import jobs, worker
from aurora_rt.investigation import run
from aurora_rt.settings import Settings

pytestmark = pytest.mark.usefixtures("people")


@pytest.mark.parametrize(
    "error", [ValueError("a mistake of ours"), OSError("like an outage, but it is none")]
)
async def test_an_investigation_that_always_fails_ends_as_an_error(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    async def broken(*_: object) -> None:
        raise error

    monkeypatch.setattr(worker, "ATTEMPTS", 2)
    monkeypatch.setattr(worker, "AWAY_SECONDS", 0.01)
    monkeypatch.setattr(worker, "HANDLERS", (worker.Handler(jobs.Investigate, broken, run.give_up),))
    async with serving(settings) as server:
        person = await Person.registered(server.base_url)
        await person.http.post(await person.webhook(), json=notification(firing(fingerprint="f")))
        (listed,) = await person.incidents()
        shown = await person.analyzed(listed["id"])
        assert shown["auroraStatus"] == "error"
        assert shown["status"] == "investigating"
        assert shown["summary"] == ""
        await all_leave()


async def test_a_worker_that_begins_slowly_is_not_taken_for_one_that_hears_nothing(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    order: list[str] = []
    listen, ask = listeners.initialize_notice_event_listener, QueueManager.listener_healthy

    async def listening_late(*given: object) -> None:
        await asyncio.sleep(0.2)
        await listen(*given)
        order.append("listens")

    async def asking(*given: object, **more: object) -> object:
        order.append("asks")
        return await ask(*given, **more)

    monkeypatch.setattr(listeners, "initialize_notice_event_listener", listening_late)
    monkeypatch.setattr(QueueManager, "listener_healthy", asking)
    async with serving(settings) as server:
        person = await Person.registered(server.base_url)
        await person.http.post(await person.webhook(), json=notification(firing(fingerprint="f")))
        (listed,) = await person.incidents()
        assert (await person.analyzed(listed["id"]))["status"] == "analyzed"
        await all_leave()
    assert order[0] == "listens"
