"""Either HTTP server carries the whole of it: REST, websockets, long polling, and an end in good order."""

import json
import signal
import socket
import sys

import httpx
import pytest
import socketio
from people import Person, Watcher, eventually, firing, notification
from programs import free_port, running
from whole import serving

from aurora_rt.asgi import carrier
from aurora_rt.errors import Misconfigured
from aurora_rt.settings import Settings

pytestmark = pytest.mark.usefixtures("people")

SERVERS = ("hypercorn", "uvicorn")


@pytest.fixture(params=SERVERS)
def carried(request: pytest.FixtureRequest, settings: Settings) -> Settings:
    """Settings with each of the servers in turn."""
    return settings.model_copy(update={"server": request.param})


async def test_an_alert_becomes_an_incident_whose_investigation_is_watched_live(carried: Settings) -> None:
    async with serving(carried) as server:
        person = await Person.registered(server.base_url)
        feed = await person.watching("feed")
        await person.http.post(await person.webhook(), json=notification(firing(fingerprint="f")))
        await feed.until(lambda one: bool(one.events("incident")))
        (listed,) = await person.incidents()
        room = await person.watching(f"incident:{listed['id']}", since=0)
        await room.until(lambda one: len(one.events("thought")) >= 2)
        shown = await person.incident(listed["id"])
        heard = [one["data"]["id"] for one in room.events("thought")[:2]]
        assert heard == [one["id"] for one in shown["streamingThoughts"][:2]]
        numbers = room.seqs(shown["room"])
        assert numbers == list(range(1, len(numbers) + 1))
        assert (await person.http.get("/health/readiness")).status_code == 200


async def test_a_browser_without_websockets_is_served_by_polling(carried: Settings) -> None:
    async with serving(carried, worker=False) as server:
        http = (await Person.registered(server.base_url)).http
        address, polling = "/socket.io/", {"EIO": "4", "transport": "polling"}
        polling["sid"] = json.loads((await http.get(address, params=polling)).text[1:])["sid"]
        for sent, begins in (("40", "40{"), ('421["join",{"room":"feed"}]', "431[")):
            assert (await http.post(address, params=polling, content=sent)).status_code == 200
            assert begins in (await http.get(address, params=polling)).text
        await http.post(address, params=polling, content="1")


async def test_a_stranger_is_refused_and_a_large_message_ends_the_socket(carried: Settings) -> None:
    async with serving(carried, worker=False) as server:
        with pytest.raises(socketio.exceptions.ConnectionError):
            await Watcher().connect(server.base_url)
        person = await Person.registered(server.base_url)
        watcher = await person.watching("feed")
        await watcher.client.emit("join", {"room": "x" * 100_000})
        await eventually(lambda: _connected(watcher), lambda connected: not connected)


async def test_nobody_chooses_the_address_that_they_are_counted_as(carried: Settings) -> None:
    limited = carried.model_copy(update={"rate_limit": 2})
    async with (
        serving(limited, worker=False) as server,
        httpx.AsyncClient(base_url=server.base_url, trust_env=False) as http,
    ):
        statuses = [
            (await http.get("/api/incidents", headers={"X-Forwarded-For": f"203.0.113.{n}"})).status_code
            for n in range(3)
        ]
    assert statuses == [401, 401, 429]


@pytest.mark.parametrize("name", SERVERS)
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
async def test_a_signal_ends_it_in_good_order_while_somebody_watches(
    settings: Settings, name: str, number: int
) -> None:
    servers = {"DATABASE_URL": settings.database_url or "", "REDIS_URL": settings.redis_url or ""}
    async with running("web", "--server", name, "--port", free_port(), **servers) as program:
        person = await Person.registered((await program.prints(r"Serving on (\S+)"))[1])
        watcher = await person.watching("feed")
        program.process.send_signal(number)
        assert await program.ended() == 0
        await eventually(lambda: _connected(watcher), lambda connected: not connected)
    assert "stopped" in program.printed
    assert "cut_at_deadline" not in program.printed
    assert "Traceback" not in program.printed


async def test_a_taken_port_is_given_back_at_the_end(carried: Settings) -> None:
    async with serving(carried, worker=False) as server:
        address = ("127.0.0.1", int(server.base_url.rpartition(":")[2]))
    with socket.socket() as probe, pytest.raises(ConnectionRefusedError):
        probe.connect(address)


@pytest.mark.parametrize("missing", ["uvicorn", "httptools"])
def test_without_the_extra_a_sentence_says_what_to_install(
    monkeypatch: pytest.MonkeyPatch, missing: str
) -> None:
    monkeypatch.setitem(sys.modules, missing, None)
    with pytest.raises(Misconfigured, match=r"pip install 'aurora-rt\[uvicorn\]'") as refused:
        carrier("uvicorn")
    assert missing in str(refused.value)


async def _connected(watcher: Watcher) -> bool:
    return watcher.client.connected
