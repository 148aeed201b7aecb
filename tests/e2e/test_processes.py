"""Whole processes, as people start, stop and lose them."""

import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import psutil
import pytest
from outbound import connected_to_nobody
from people import Person, eventually, firing, notification
from programs import Program, free_port, running

from aurora_rt.settings import Settings

pytestmark = pytest.mark.usefixtures("people")


@asynccontextmanager
async def up(data_dir: Path, port: str | None = None, **environment: str) -> AsyncIterator[Program]:
    """A whole server, which has keys of all the world in its environment, and connects to nobody without a setting."""
    with connected_to_nobody(data_dir.parent) as watched:
        arguments = ("up", "--data-dir", str(data_dir), "--port", port or free_port())
        async with running(*arguments, **watched, **environment) as program:
            yield program


async def url_of(program: Program) -> str:
    return (await program.prints(r"running at (\S+)"))[1]


def children_in(data_dir: Path) -> list[psutil.Process]:
    """Processes whose command line or working directory is in the data directory."""
    found = []
    for process in psutil.process_iter():
        try:
            if str(data_dir) in " ".join(process.cmdline()) or process.cwd().startswith(str(data_dir)):
                found.append(process)
        except psutil.Error:
            continue
    return found


@pytest.fixture
def data_dir(scratch: Path) -> Path:
    return scratch / "data"


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
async def test_up_stops_cleanly_with_its_children_and_finds_its_data_again(
    data_dir: Path, number: int
) -> None:
    async with up(data_dir) as program:
        person = await Person.registered(await url_of(program))
        assert len(children_in(data_dir)) > 2
        program.process.send_signal(number)
        assert await program.ended() == 0
    assert children_in(data_dir) == []
    async with up(data_dir) as program:
        answer = await person.http.post(
            f"{await url_of(program)}/api/auth/login",
            json={"email": person.email, "password": "correct horse battery"},
        )
        assert answer.status_code == 200


async def test_a_second_server_on_the_same_data_or_port_is_refused_with_a_sentence(data_dir: Path) -> None:
    port = free_port()
    async with up(data_dir, port) as first:
        await url_of(first)
        async with up(data_dir) as second:
            assert await second.ended() == 1
            assert "already running on the data directory" in second.printed
        async with up(data_dir.with_name("other"), port) as second:
            assert await second.ended() == 1
            assert f"Cannot listen on 127.0.0.1:{port}" in second.printed
            assert "Traceback" not in second.printed


async def test_after_a_kill_of_everything_the_next_start_finishes_the_investigations(data_dir: Path) -> None:
    async with up(data_dir) as first:
        url = await url_of(first)
        person = await Person.registered(url)
        webhook = await person.webhook()
        await person.http.post(
            webhook, json=notification(firing(fingerprint="f", starts_at="2026-03-01T10:00:00Z"))
        )
        (listed,) = await person.incidents()
        await eventually(
            lambda: person.incident(listed["id"]), lambda one: len(one["streamingThoughts"]) >= 2
        )
        first.process.kill()
        await first.ended()
    async with up(data_dir, url.rpartition(":")[2]) as second:
        await url_of(second)
        shown = await person.analyzed(listed["id"])
        assert shown["auroraStatus"] == "complete"
        assert_nothing_doubled(shown)
        await answered_by_rules(person, listed["id"])
    assert children_in(data_dir) == []


async def answered_by_rules(person: Person, incident_id: str) -> None:
    """Ask in the incident's chat: without a setting that names a model, no model is asked."""
    watcher = await person.watching(f"incident:{incident_id}")
    assert (await watcher.call("chat:send", {"incident_id": incident_id, "text": "Is there a runbook?"}))[
        "ok"
    ]
    await watcher.until(lambda one: [m for m in one.events("message") if m["data"]["sender"] == "assistant"])
    assert watcher.events("message")[-1]["data"]["ended"] == "complete"


def assert_nothing_doubled(shown: dict) -> None:
    for what, field in (("streamingThoughts", "content"), ("citations", "key"), ("suggestions", "title")):
        texts = [one[field] for one in shown[what]]
        assert len(texts) == len(set(texts)), what
    assert len(shown["streamingThoughts"]) >= 4
    assert len(shown["citations"]) >= 3
    commands = [(one["toolName"], one["command"], one["output"]) for one in shown["citations"]]
    assert len(commands) == len(set(commands))


async def test_a_worker_killed_in_the_middle_is_taken_over_and_nothing_is_doubled(settings: Settings) -> None:
    servers = {"DATABASE_URL": settings.database_url or "", "REDIS_URL": settings.redis_url or ""}
    async with (
        running("web", "--port", free_port(), **servers) as web,
        running("worker", **servers) as first,
    ):
        person = await Person.registered((await web.prints(r"Serving on (\S+)"))[1])
        await first.prints("Working on the queue")
        await person.http.post(await person.webhook(), json=notification(firing(fingerprint="f")))
        (listed,) = await person.incidents()
        await eventually(lambda: person.incident(listed["id"]), lambda one: len(one["citations"]) >= 1)
        assert (await person.incident(listed["id"]))["auroraStatus"] == "running"
        async with running("worker", **servers) as second:
            await second.prints("Working on the queue")
            first.process.kill()
            shown = await person.analyzed(listed["id"])
            assert "investigation_resumed" in second.printed
        assert shown["auroraStatus"] == "complete"
        assert_nothing_doubled(shown)
        room = await person.watching()
        ack = await room.call("join", {"room": shown["room"], "since": 0})
        assert ack["replayed"] == shown["seq"]
        thoughts = [one["data"]["id"] for one in room.events("thought")]
        assert thoughts == [one["id"] for one in shown["streamingThoughts"]]


async def test_a_worker_told_to_stop_hands_its_work_back(settings: Settings) -> None:
    servers = {
        "DATABASE_URL": settings.database_url or "",
        "REDIS_URL": settings.redis_url or "",
        "AURORA_SHUTDOWN_SECONDS": "1",
    }
    async with running("web", "--port", free_port(), **servers) as web, running("worker", **servers) as first:
        person = await Person.registered((await web.prints(r"Serving on (\S+)"))[1])
        await first.prints("Working on the queue")
        await person.http.post(await person.webhook(), json=notification(firing(fingerprint="f")))
        (listed,) = await person.incidents()
        await eventually(lambda: person.incident(listed["id"]), lambda one: len(one["citations"]) >= 1)
        first.process.send_signal(signal.SIGTERM)
        assert await first.ended() == 0
        assert "job_handed_back" in first.printed
        async with running("worker", **servers):
            assert_nothing_doubled(await person.analyzed(listed["id"]))


async def test_without_servers_it_says_what_is_missing(tmp_path: Path) -> None:
    async with running("up", "--data-dir", str(tmp_path / "d"), DATABASE_URL="postgresql://x") as program:
        assert await program.ended() == 1
        assert "Set both DATABASE_URL and REDIS_URL" in program.printed


async def test_a_webhook_made_on_the_command_line_works_on_the_running_server(data_dir: Path) -> None:
    async with up(data_dir, (port := free_port())) as program:
        person = await Person.registered(await url_of(program))
        async with running(
            "webhook", "create", "alertmanager", "--data-dir", str(data_dir), AURORA_PORT=port
        ) as made:
            assert await made.ended() == 0
        url = made.printed.split()[0]
        assert (await person.http.post(url, json=notification(firing()))).status_code == 202
        assert len(await person.incidents()) == 1
        async with running("webhook", "create", "nobody", "--data-dir", str(data_dir)) as refused:
            assert await refused.ended() == 1
            assert "There is no alert source 'nobody'" in refused.printed
