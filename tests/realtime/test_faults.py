"""Redis restarts, PostgreSQL goes, a web process dies: events arrive all the same, once and in order."""

import asyncio
import signal
from pathlib import Path

import aiohttp
import pytest
from people import Person, Watcher, all_leave, eventually, firing, notification
from programs import free_port, running
from servers import missing
from whole import serving

from aurora_rt import embedded
from aurora_rt.settings import Settings

pytestmark = pytest.mark.usefixtures("people")

OUTAGE_SECONDS = 10


async def an_incident(person: Person) -> dict:
    await person.http.post(await person.webhook(), json=notification(firing(fingerprint=person.email)))
    (listed,) = await person.incidents()
    return await person.incident(listed["id"])


async def summarize(person: Person, incident: dict, *numbers: int) -> None:
    """Changes that everybody in the room hears of; each is two events there."""
    for number in numbers:
        answer = await person.http.patch(
            f"/api/incidents/{incident['id']}", json={"summary": f"summary {number}"}
        )
        assert answer.status_code == 200, answer.text


def summaries(watcher: Watcher) -> list[str]:
    return [one["data"]["summary"] for one in watcher.events("summary")]


async def test_while_redis_is_away_and_after_it_lost_its_data_every_event_arrives_in_order(
    settings: Settings, scratch: Path
) -> None:
    valkey = embedded.valkey(scratch / "valkey")
    redis_url = await valkey.__aenter__()
    async with serving(settings.model_copy(update={"redis_url": redis_url}), worker=False) as server:
        person = await Person.registered(server.base_url)
        incident = await an_incident(person)
        watcher = await person.watching(incident["room"], since=incident["seq"], epoch=incident["epoch"])
        await summarize(person, incident, 1, 2)
        await valkey.__aexit__(None, None, None)
        await summarize(person, incident, 3, 4, 5)
        await watcher.until(lambda one: len(summaries(one)) == 5)
        health = (await person.http.get("/health")).json()
        assert health["overall_status"] == health["checks"]["redis"]["status"] == "degraded"
        assert (await person.http.get("/health/readiness")).status_code == 200
        late = await person.watching(incident["room"], since=incident["seq"], epoch=incident["epoch"])
        assert summaries(late) == [f"summary {number}" for number in range(1, 6)]
        await asyncio.sleep(OUTAGE_SECONDS)
        async with embedded.valkey(scratch / "valkey"):
            await summarize(person, incident, 6, 7)
            for one in (watcher, late):
                await one.until(lambda it: len(summaries(it)) == 7)
                assert summaries(one) == [f"summary {number}" for number in range(1, 8)]
                seqs = one.seqs(incident["room"])
                assert seqs == list(range(incident["seq"] + 1, incident["seq"] + 1 + len(seqs)))
            await eventually(
                lambda: person.http.get("/health"),
                lambda answer: answer.json()["checks"]["redis"]["status"] == "healthy",
            )
            await all_leave()


async def test_who_watched_through_a_web_process_that_died_misses_nothing_elsewhere(
    settings: Settings,
) -> None:
    servers = {"DATABASE_URL": settings.database_url or "", "REDIS_URL": settings.redis_url or ""}
    async with (
        running("web", "--port", free_port(), **servers) as first,
        running("web", "--port", free_port(), **servers) as second,
    ):
        person = await Person.registered((await first.prints(r"Serving on (\S+)"))[1])
        elsewhere = Person((await second.prints(r"Serving on (\S+)"))[1], person.http, person.id)
        incident = await an_incident(person)
        watcher = await person.watching(incident["room"], since=incident["seq"], epoch=incident["epoch"])
        await summarize(person, incident, 1, 2, 3)
        await watcher.until(lambda one: summaries(one))
        first.process.send_signal(signal.SIGKILL)
        await first.ended()
        elsewhere.http.base_url = elsewhere.base_url
        await summarize(elsewhere, incident, 4, 5)
        seen = watcher.seqs(incident["room"])
        again = await elsewhere.watching(incident["room"], since=seen[-1], epoch=incident["epoch"])
        await again.until(lambda one: "summary 5" in summaries(one))
        seen += again.seqs(incident["room"])
        assert seen == list(range(incident["seq"] + 1, incident["seq"] + 1 + len(seen)))
        assert summaries(watcher) + summaries(again) == [f"summary {number}" for number in range(1, 6)]
        await all_leave()


async def test_while_the_database_is_away_clients_stay_and_writes_say_try_again(
    settings: Settings, scratch: Path
) -> None:
    postgres = embedded.postgres(scratch / "postgres")
    database_url = await postgres.__aenter__()
    async with serving(settings.model_copy(update={"database_url": database_url})) as server:
        person = await Person.registered(server.base_url)
        incident = await an_incident(person)
        watcher = await person.watching(incident["room"], since=incident["seq"], epoch=incident["epoch"])
        await postgres.__aexit__(None, None, None)
        for path in (f"/api/incidents/{incident['id']}", "/api/webhook-tokens"):
            answer = await person.http.get(path)
            assert (answer.status_code, answer.json()["code"]) == (503, "unavailable"), answer.text
            assert answer.headers["Retry-After"]
        assert (await person.http.get("/health/readiness")).status_code == 503
        assert (await person.http.get("/health/liveness")).status_code == 200
        assert (await person.http.get("/health")).json()["overall_status"] == "unhealthy"
        ack = await watcher.call("join", {"room": "feed"})
        assert (ack["ok"], ack["code"]) == (False, "unavailable")
        await asyncio.sleep(OUTAGE_SECONDS)
        async with embedded.postgres(scratch / "postgres"):
            await summarize(person, incident, 1)
            await watcher.until(summaries)
            assert watcher.client.connected
            shown = await person.analyzed(incident["id"])
            assert shown["auroraStatus"] == "complete"
            await all_leave()


async def test_on_shutdown_every_socket_is_closed_so_that_its_client_goes_elsewhere(
    settings: Settings,
) -> None:
    async with aiohttp.ClientSession() as browser:
        async with serving(settings, worker=False) as server:
            person = await Person.registered(server.base_url)
            cookies = dict(person.http.cookies)
            url = f"{server.base_url}/socket.io/?EIO=4&transport=websocket"
            socket = await browser.ws_connect(
                url, headers={"Cookie": f"aurora_session={cookies['aurora_session']}"}
            )
            assert (await socket.receive_str()).startswith("0")
            await socket.send_str("40")
            assert (await socket.receive_str()).startswith("40")
            await all_leave()
        async with asyncio.timeout(10):
            last = await socket.receive()
            while last.type is aiohttp.WSMsgType.TEXT:
                last = await socket.receive()
        assert last.type is aiohttp.WSMsgType.CLOSE


def faketime_library() -> Path:
    """Debian's libfaketime, by which the clock of a process can be set."""
    found = next(Path("/usr/lib").glob("*/faketime/libfaketimeMT.so.1"), None)
    return found or missing("This test sets a server's clock: install the Debian package `faketime`.")


async def test_a_clock_that_jumps_reorders_nothing_and_disconnects_nobody(
    settings: Settings, tmp_path: Path
) -> None:
    clock = tmp_path / "clock"
    clock.write_text("+0\n")
    environment = {
        "DATABASE_URL": settings.database_url or "",
        "REDIS_URL": settings.redis_url or "",
        "LD_PRELOAD": str(faketime_library()),
        "FAKETIME_TIMESTAMP_FILE": str(clock),
        "FAKETIME_NO_CACHE": "1",
        "FAKETIME_DONT_FAKE_MONOTONIC": "1",
    }
    async with running("web", "--port", free_port(), **environment) as web:
        person = await Person.registered((await web.prints(r"Serving on (\S+)"))[1])
        incident = await an_incident(person)
        watcher = await person.watching(incident["room"], since=incident["seq"], epoch=incident["epoch"])
        await summarize(person, incident, 1)
        for number, offset in enumerate(("+3600", "-3600", "+0"), start=2):
            clock.write_text(f"{offset}\n")
            await summarize(person, incident, number)
            await asyncio.sleep(2)  # pings, presence and looks at the log go on under the new clock
        await watcher.until(lambda one: len(summaries(one)) == 4)
        assert summaries(watcher) == [f"summary {number}" for number in range(1, 5)]
        times = [one["at"] for one in watcher.events("summary")]
        assert times[1] > times[3] > times[2]  # so the clock really jumped
        seqs = watcher.seqs(incident["room"])
        assert seqs == list(range(incident["seq"] + 1, incident["seq"] + 1 + len(seqs)))
        late = await person.watching(incident["room"], since=incident["seq"], epoch=incident["epoch"])
        assert late.seqs(incident["room"]) == seqs
        await all_leave()
