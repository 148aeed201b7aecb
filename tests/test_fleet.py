"""Several processes on one port: whoever dies is replaced, a deploy is not noticed, and all end together."""

import asyncio
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any

import httpx
import psutil
import pytest
import socketio
from people import Person, Watcher, eventually, firing, notification
from programs import Program, free_port, running

pytestmark = [pytest.mark.usefixtures("people"), pytest.mark.timeout(180)]


@pytest.fixture
def data_dir(scratch: Path) -> Path:
    return scratch / "data"


def fleet(data_dir: Path, port: str | None = None):
    return running("up", "--processes", "2", "--data-dir", str(data_dir), "--port", port or free_port())


async def url_of(program: Program) -> str:
    return (await program.prints(r"running at (\S+)"))[1]


def members(program: Program, part: str) -> list[psutil.Process]:
    """The processes of one kind that the fleet consists of."""
    children = psutil.Process(program.process.pid).children()
    return [one for one in children if one.cmdline()[1:4] == ["-m", "aurora_rt", part]]


async def an_incident(person: Person) -> dict[str, Any]:
    """An incident whose investigation has ended: nothing happens in it but what the test does."""
    await person.http.post(await person.webhook(), json=notification(firing(fingerprint="f")))
    (listed,) = await person.incidents()
    return await person.analyzed(listed["id"])


class Follower:
    """Somebody who stays in a room, whatever happens to the connection."""

    def __init__(self, person: Person, incident: dict[str, Any]) -> None:
        self._person = person
        self._room = incident["room"]
        self._since, self._epoch = incident["seq"], incident["epoch"]
        self._watchers: list[Watcher] = []
        self.connections = 0

    @property
    def seqs(self) -> list[int]:
        """The numbers of all events, in the order in which they came."""
        return [seq for one in self._watchers for seq in one.seqs(self._room)]

    async def follow(self) -> None:
        """Connect and join, again and again."""
        while True:
            since = max([self._since, *self.seqs])
            with suppress(socketio.exceptions.SocketIOError, TimeoutError, AssertionError):
                watcher = Watcher()
                self._watchers.append(watcher)
                cookie = "; ".join(f"{name}={value}" for name, value in self._person.http.cookies.items())
                try:
                    await watcher.connect(self._person.base_url, cookie)
                    await watcher.call("join", {"room": self._room, "since": since, "epoch": self._epoch})
                    self.connections += 1
                    await watcher.client.wait()
                finally:
                    await watcher.close()
            await asyncio.sleep(0.05)


@asynccontextmanager
async def following(person: Person, incident: dict[str, Any], count: int) -> AsyncIterator[list[Follower]]:
    followers = [Follower(person, incident) for _ in range(count)]
    async with asyncio.TaskGroup() as together:
        tasks = [together.create_task(one.follow()) for one in followers]
        await eventually(lambda: _value([one.connections for one in followers]), all)
        yield followers
        for task in tasks:
            task.cancel()


async def _value(value: Any) -> Any:
    return value


class Load:
    """Somebody who changes the incident again and again over a kept-alive connection."""

    def __init__(self, person: Person, incident_id: str) -> None:
        self._path = f"/api/incidents/{incident_id}"
        self._http = httpx.AsyncClient(
            base_url=person.base_url, cookies=person.http.cookies, timeout=30, trust_env=False
        )
        self.changes = 0
        self.failures: list[str] = []
        self.enough = asyncio.Event()

    async def run(self) -> None:
        async with self._http:
            while not self.enough.is_set():
                try:
                    answer = await self._http.patch(self._path, json={"summary": f"summary {self.changes}"})
                except httpx.TransportError as error:
                    self.failures.append(repr(error))
                    continue
                if answer.status_code == 200:
                    self.changes += 1
                elif answer.status_code != 503:
                    self.failures.append(answer.text)
                await asyncio.sleep(0.05)


async def test_a_deploy_under_load_is_noticed_by_nobody(data_dir: Path) -> None:
    async with fleet(data_dir) as program:
        person = await Person.registered(await url_of(program))
        incident = await an_incident(person)
        before = {one.pid for part in ("web", "worker") for one in members(program, part)}
        load = Load(person, incident["id"])
        async with following(person, incident, 4) as followers, asyncio.TaskGroup() as together:
            together.create_task(load.run())
            program.process.send_signal(signal.SIGHUP)
            await program.prints('"renewed"')
            load.enough.set()
            after = {one.pid for part in ("web", "worker") for one in members(program, part)}
            assert len(after) == 3
            assert not before & after
            last = (await person.incident(incident["id"]))["seq"]
            expected = list(range(incident["seq"] + 1, last + 1))
            for one in followers:
                await eventually(lambda one=one: _value(one.seqs), lambda seqs: len(seqs) >= len(expected))
                assert one.seqs == expected
                assert one.connections > 1
        assert load.failures == []
        assert load.changes > 10


async def test_a_killed_web_process_is_replaced_and_its_clients_miss_nothing(data_dir: Path) -> None:
    async with fleet(data_dir) as program:
        person = await Person.registered(await url_of(program))
        incident = await an_incident(person)
        first, second = members(program, "web")
        async with following(person, incident, 8) as followers:
            first.kill()
            await program.prints("process_ended")
            await eventually(
                lambda: _value({one.pid for one in members(program, "web")}),
                lambda pids: len(pids) == 2 and first.pid not in pids and second.pid in pids,
            )
            fresh = httpx.AsyncClient(base_url=person.base_url, cookies=person.http.cookies, trust_env=False)
            async with fresh:
                for number in range(5):
                    answer = await fresh.patch(
                        f"/api/incidents/{incident['id']}", json={"summary": f"{number}"}
                    )
                    assert answer.status_code == 200
            last = (await person.incident(incident["id"]))["seq"]
            expected = list(range(incident["seq"] + 1, last + 1))
            for one in followers:
                await eventually(lambda one=one: _value(one.seqs), lambda seqs: len(seqs) >= len(expected))
                assert one.seqs == expected


async def test_long_polling_is_not_offered_where_polls_would_go_to_different_processes(
    data_dir: Path,
) -> None:
    async with fleet(data_dir) as program, httpx.AsyncClient(trust_env=False) as http:
        url = await url_of(program)
        answer = await http.get(f"{url}/socket.io/", params={"EIO": "4", "transport": "polling"})
        assert answer.status_code == 400
        health = (await http.get(f"{url}/health")).json()
        assert health["checks"]["chatbot_websocket"]["status"] == "healthy", health
        assert health["checks"]["celery"]["message"] == "1 background worker active"


async def test_when_the_parent_is_killed_the_others_end_and_free_the_port(data_dir: Path) -> None:
    port = free_port()
    async with fleet(data_dir, port) as program:
        await url_of(program)
        left = members(program, "web") + members(program, "worker")
        program.process.kill()
        gone, alive = await asyncio.to_thread(psutil.wait_procs, left, 30)
        assert not alive
        assert len(gone) == 3
    async with fleet(data_dir, port) as again:
        await url_of(again)


async def test_a_fleet_that_cannot_start_says_so_and_ends(data_dir: Path) -> None:
    async with running(
        *("up", "--processes", "2", "--port", free_port(), "--data-dir", str(data_dir)),
        DATABASE_URL="postgresql://nobody@127.0.0.1:1/none",
        REDIS_URL="redis://127.0.0.1:1",
    ) as program:
        assert await program.ended() == 1
        assert "Traceback" not in program.printed
