"""Containers of an engine: a server on a Unix socket and by TCP that answers as Docker's API does (version 1.43)."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from faults import speaking

from aurora_rt.toolsets.docker.reading import demuxed
from aurora_rt.toolsets.facts.containers import ContainerEvents, Containers, ContainersUse
from aurora_rt.toolsets.facts.logs import LogLines
from aurora_rt.toolsets.toolbox import Toolbox
from aurora_rt.toolsets.toolset import Window

Tools = Callable[..., Toolbox]
ANCHOR = datetime(2026, 3, 1, 14, 0, tzinfo=UTC)
WINDOW = Window(ANCHOR - timedelta(hours=2), ANCHOR + timedelta(minutes=10), ANCHOR)
NEVER = "0001-01-01T00:00:00Z"
MIB = 1024 * 1024


def listed(name: str, number: int, service: str = "") -> dict[str, Any]:
    labels = {"com.docker.compose.project": "shop"}
    if service:
        labels["com.docker.compose.service"] = service
    return {
        "Id": f"{number:064x}",
        "Names": [f"/{name}"],
        "Image": "shop/web:1.4.2",
        "ImageID": "sha256:e216a057b1cb1efc11f8a268f37ef62083e70b1b38323ba252e25ac88904a7e8",
        "Command": "/run.sh",
        "Created": 1772366400,
        "Ports": [{"PrivatePort": 8080, "Type": "tcp"}],
        "Labels": labels,
        "State": "running",
        "Status": "Up 2 hours",
        "HostConfig": {"NetworkMode": "shop_default"},
        "NetworkSettings": {"Networks": {}},
        "Mounts": [],
    }


def inspected(of: dict[str, Any], restarts: int = 0, memory: int = 0, **state: Any) -> dict[str, Any]:
    usual = {
        "Status": "running",
        "Running": True,
        "Paused": False,
        "Restarting": False,
        "OOMKilled": False,
        "Dead": False,
        "Pid": 5390,
        "ExitCode": 0,
        "Error": "",
        "StartedAt": "2026-03-01T12:00:00.929261547Z",
        "FinishedAt": NEVER,
    }
    return {
        "Id": of["Id"],
        "Created": "2026-03-01T11:59:59.5Z",
        "Path": "/run.sh",
        "Args": [],
        "State": {**usual, **state},
        "Name": of["Names"][0],
        "RestartCount": restarts,
        "HostConfig": {
            "Memory": memory,
            "NanoCpus": 500000000,
            "CpuQuota": 0,
            "CpuPeriod": 0,
            "RestartPolicy": {"Name": "unless-stopped", "MaximumRetryCount": 0},
        },
        "Config": {
            "Image": of["Image"],
            "Env": ["PATH=/usr/bin", "DB_PASSWORD=correct-horse", "DB_HOST=db"],
            "Cmd": None,
            "Labels": of["Labels"],
        },
    }


WEB, JOB, CART = listed("shop-web-1", 1, "web"), listed("job", 2), listed("shop-cart-1", 3, "cart")
HEALTH = {
    "Status": "unhealthy",
    "FailingStreak": 4,
    "Log": [
        {
            "Start": "2026-03-01T13:59:00Z",
            "End": "2026-03-01T13:59:01Z",
            "ExitCode": 1,
            "Output": "no answer\n",
        }
    ],
}


def cpu(total: int, system: int, periods: int, throttled: int) -> dict[str, Any]:
    return {
        "cpu_usage": {"total_usage": total, "usage_in_kernelmode": 1, "usage_in_usermode": 1},
        "system_cpu_usage": system,
        "online_cpus": 2,
        "throttling_data": {"periods": periods, "throttled_periods": throttled, "throttled_time": 5},
    }


STATS = {
    "read": "2026-03-01T14:00:01Z",
    "preread": "2026-03-01T14:00:00Z",
    "pids_stats": {"current": 7},
    "cpu_stats": cpu(1_500_000_000, 12_000_000_000, 110, 60),
    "precpu_stats": cpu(1_000_000_000, 10_000_000_000, 100, 56),
    "memory_stats": {"usage": 500 * MIB, "limit": 512 * MIB, "stats": {"inactive_file": 20 * MIB, "anon": 5}},
    "name": "/shop-web-1",
}


def event(action: str, minutes: float, **told: str) -> str:
    at = (ANCHOR + timedelta(minutes=minutes)).timestamp()
    actor = {"ID": WEB["Id"], "Attributes": {"name": "shop-web-1", "image": "x", **WEB["Labels"], **told}}
    return json.dumps({"Type": "container", "Action": action, "Actor": actor, "scope": "local", "time": int(at),
                       "timeNano": int(at * 1e9)})  # fmt: skip


def piece(stream: int, text: str) -> bytes:
    return bytes([stream, 0, 0, 0]) + len(text.encode()).to_bytes(4, "big") + text.encode()


LOG = piece(1, "2026-03-01T13:58:00.123456789Z listening on 8080\n") + piece(
    2, "2026-03-01T13:59:00.5Z ERROR cannot reach db:5432 password=correct-horse\n"
)
ANSWERS: dict[str, object] = {
    "/v1.40/version": {"Version": "24.0.7", "ApiVersion": "1.43"},
    "/v1.40/containers/json": [WEB, JOB, CART],
    f"/v1.40/containers/{WEB['Id']}/json": inspected(WEB, 5, 512 * MIB, Health=HEALTH),
    f"/v1.40/containers/{JOB['Id']}/json": inspected(
        JOB, Status="exited", Running=False, ExitCode=137, OOMKilled=True, FinishedAt="2026-03-01T13:58:02.5Z"
    ),
    "/v1.40/containers/shop-web-1/json": inspected(WEB, 5, 512 * MIB),
    "/v1.40/containers/shop-web-1/logs": LOG,
    f"/v1.40/containers/{WEB['Id']}/stats": STATS,
    f"/v1.40/containers/{JOB['Id']}/stats": {**STATS, "precpu_stats": {"cpu_usage": {"total_usage": 0}},
                                             "memory_stats": {}, "pids_stats": {}},
    "/v1.40/events": "\n".join(
        [event("oom", -3), event("die", -2, exitCode="137"), event("health_status: unhealthy", -5), "{cut"]
    ).encode(),
}  # fmt: skip


@asynccontextmanager
async def engine(
    folder: Path, answers: dict[str, object] = ANSWERS, status: int = 200, tcp: bool = False
) -> AsyncIterator[tuple[str, list[web.Request]]]:
    """An engine. Yields how `DOCKER_HOST` names it, and what was asked."""
    asked: list[web.Request] = []

    async def answer(request: web.Request) -> web.Response:
        asked.append(request)
        told = answers.get(request.path)
        if told is None:
            return web.json_response({"message": f"No such container: {request.path}"}, status=404)
        if isinstance(told, bytes):
            return web.Response(body=told, status=status)
        return web.json_response(told, status=status)

    async with speaking(answer, None if tcp else folder / "docker.sock") as url:
        yield url.replace("http://", "tcp://"), asked


@pytest.mark.parametrize("tcp", [False, True])
async def test_all_containers_are_told_those_that_have_ended_too(
    tools: Tools, tmp_path: Path, tcp: bool
) -> None:
    async with engine(tmp_path, tcp=tcp) as (host, asked):
        seen = await tools(window=WINDOW, docker_host=host).look("docker.containers")
    assert seen.error is None
    assert isinstance(seen.facts, Containers)
    web_, job = seen.facts.containers  # the third was removed meanwhile
    assert (web_.name, web_.service, web_.state, web_.health, web_.restarts) == (
        "shop-web-1",
        "web",
        "running",
        "unhealthy",
        5,
    )
    assert (web_.memory_limit, web_.cpu_limit, web_.exit_code, web_.said) == (
        512 * MIB,
        0.5,
        None,
        "no answer",
    )
    assert web_.finished_at is None
    assert (job.service, job.state, job.exit_code, job.oom_killed) == ("job", "exited", 137, True)
    assert job.finished_at == datetime(2026, 3, 1, 13, 58, 2, 500000, tzinfo=UTC)
    assert {request.method for request in asked} == {"GET"}
    assert seen.command == "docker ps --all"


async def test_names_of_environment_variables_are_told_and_never_their_values(
    tools: Tools, tmp_path: Path
) -> None:
    async with engine(tmp_path) as (host, _):
        box = tools(window=WINDOW, docker_host=host)
        seen = await box.look("docker.inspect", container="shop-web-1")
        none = await box.look("docker.inspect", container="nobody")
    assert "DB_HOST, DB_PASSWORD, PATH" in seen.output
    assert "correct-horse" not in seen.output + str(seen.facts)
    assert "memory limit 512.0 MiB, processor limit 0.5" in seen.output
    assert "No such container" in (none.error or "")


async def test_a_log_is_put_together_from_its_pieces(tools: Tools, tmp_path: Path) -> None:
    async with engine(tmp_path) as (host, asked):
        seen = await tools(window=WINDOW, docker_host=host).look("docker.logs", container="shop-web-1")
    assert isinstance(seen.facts, LogLines)
    assert [(line.at, line.source, line.priority) for line in seen.facts.lines] == [
        (datetime(2026, 3, 1, 13, 58, 0, 123456, tzinfo=UTC), "shop-web-1", "unknown"),
        (datetime(2026, 3, 1, 13, 59, 0, 500000, tzinfo=UTC), "shop-web-1", "error"),
    ]
    assert "correct-horse" not in seen.output + str(seen.facts)
    assert asked[0].query["since"] == str(int(WINDOW.start.timestamp()))


def test_a_log_of_a_terminal_has_no_headers_and_a_cut_one_is_read_as_far_as_it_goes() -> None:
    assert demuxed(b"plain text\nmore") == "plain text\nmore"
    assert demuxed(LOG[:-10]).startswith("2026-03-01T13:58:00.123456789Z listening")
    assert demuxed(b"") == ""


async def test_what_containers_use_is_told_beside_their_limits(tools: Tools, tmp_path: Path) -> None:
    async with engine(tmp_path) as (host, _):
        box = tools(window=WINDOW, docker_host=host)
        seen = await box.look("docker.stats")
        one = await box.look("docker.stats", container="shop-web-1")
        none = await box.look("docker.stats", container="nobody")
    assert isinstance(seen.facts, ContainersUse)
    web_, job = seen.facts.used
    assert (web_.cpu_percent, web_.memory, web_.memory_limit) == (50.0, 480 * MIB, 512 * MIB)
    assert (web_.throttled_share, web_.processes) == (0.4, 7)
    assert (job.cpu_percent, job.memory, job.throttled_share) == (None, None, None)
    assert isinstance(one.facts, ContainersUse)
    assert one.facts.used == (web_,)
    assert none.error == "No container called nobody runs."


async def test_what_happened_within_the_window_is_told_in_its_order(tools: Tools, tmp_path: Path) -> None:
    async with engine(tmp_path) as (host, asked):
        seen = await tools(window=WINDOW, docker_host=host).look("docker.events")
    assert isinstance(seen.facts, ContainerEvents)
    assert [(one.service, one.action, one.exit_code) for one in seen.facts.events] == [
        ("web", "health_status: unhealthy", None),
        ("web", "oom", None),
        ("web", "die", 137),
    ]
    assert json.loads(asked[0].query["filters"])["type"] == ["container"]
    assert int(asked[0].query["until"]) <= WINDOW.end.timestamp()


@pytest.mark.parametrize(
    ("status", "body", "sentence"),
    [
        (500, {"message": "broken"}, "refused (HTTP 500): broken."),
        (403, {}, "does not let us ask (HTTP 403)"),
        (429, {}, "asked too often"),
        (302, {}, "which is not followed"),
        (200, {"a": 1}, "is not what a container engine gives"),
        (200, b"<html>", "does not speak JSON"),
    ],
)
async def test_an_engine_that_does_not_answer_as_it_should_is_a_sentence(
    tools: Tools, tmp_path: Path, status: int, body: object, sentence: str
) -> None:
    async with engine(tmp_path, {"/v1.40/containers/json": body}, status) as (host, _):
        seen = await tools(window=WINDOW, docker_host=host).look("docker.containers")
    assert sentence in (seen.error or "")
    assert str(tmp_path) in (seen.error or "")


async def test_an_engine_that_is_away_or_silent_is_a_sentence(tools: Tools, tmp_path: Path) -> None:
    away = await tools(docker_host=f"unix://{tmp_path}/none.sock").look("docker.containers")
    assert f"The container engine at {tmp_path}/none.sock cannot be reached" in (away.error or "")
    over = asyncio.Event()

    async def silent(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await over.wait()
        writer.close()

    path = tmp_path / "silent.sock"
    async with await asyncio.start_unix_server(silent, str(path)):
        seen = await tools(docker_host=f"unix://{path}", tool_timeout=0.2).look("docker.containers")
        over.set()
    assert "did not answer within 0.2 s" in (seen.error or "")


async def test_an_address_that_cannot_be_understood_is_a_sentence(tools: Tools) -> None:
    assert "DOCKER_HOST is not set" in tools(docker_host=None).unusable["docker"]
    for host in ("ssh://host", "unix://relative", "tcp://"):
        assert "DOCKER_HOST" in tools(docker_host=host).unusable["docker"]
