"""The tools: which calls of the engine's API each is, and how what they tell is shown."""

import asyncio
import json
from typing import Annotated, Final

from pydantic import Field, StringConstraints

from aurora_rt.toolsets.docker.engine import Engine, reached
from aurora_rt.toolsets.docker.reading import (
    container_of,
    demuxed,
    environment_names,
    events_of,
    service_of,
    use_of,
)
from aurora_rt.toolsets.docker.shapes import Inspected, Listed, Stats
from aurora_rt.toolsets.facts.containers import (
    Container,
    ContainerEvents,
    Containers,
    ContainersUse,
    ContainerUse,
)
from aurora_rt.toolsets.facts.logs import (
    LogLines,
)
from aurora_rt.toolsets.logs.reading import line_of
from aurora_rt.toolsets.prometheus.times import latest
from aurora_rt.toolsets.servers import Call
from aurora_rt.toolsets.tables import size, table
from aurora_rt.toolsets.toolset import Access, Parameters, Seen, ToolFailed

AT_ONCE: Final = 8
"""Questions to one engine; its statistics take a second or two each."""
MOST: Final = 200
MOST_STATS: Final = 40
MOST_EVENTS: Final = 500
LINES: Final = 300
ACTIONS: Final = ("die", "oom", "kill", "start", "restart", "health_status")

Name = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9_.-]*$", max_length=128)]


class ContainerParameters(Parameters):
    """Which container."""

    container: Name = Field(description="Its name, or the beginning of its id.")


class StatsParameters(Parameters):
    """Of which container."""

    container: Name | None = Field(None, description="Its name; without one: of all that run.")


async def containers(_: Parameters, access: Access) -> Seen:
    """All containers and how each is."""
    async with reached(access.settings, access.http) as engine:
        listed = await _listed(engine, every=True)
        seen = await _each(listed[:MOST], engine)
    facts = Containers(containers=tuple(seen), truncated=len(listed) > MOST)
    rows = [
        [
            one.name,
            one.service,
            one.state + (f" ({one.exit_code})" if one.exit_code is not None else ""),
            one.health or "-",
            one.restarts,
            "yes" if one.oom_killed else "-",
            f"{one.started_at:%Y-%m-%d %H:%M:%S}" if one.started_at else "-",
            one.image,
        ]
        for one in seen
    ]
    head = ["NAME", "SERVICE", "STATE", "HEALTH", "RESTARTS", "OOM", "STARTED", "IMAGE"]
    return Seen("docker ps --all", table(head, rows), facts)


async def inspect(parameters: ContainerParameters, access: Access) -> Seen:
    """One container: its state, its limits, the names of its environment variables."""
    command = f"docker inspect {parameters.container}"
    async with reached(access.settings, access.http) as engine:
        found = await engine.ask(Call(f"/containers/{parameters.container}/json", {}, command), Inspected)
    one = container_of(found)
    lines = [
        f"{one.name} ({one.id}) of {one.image}: {one.state}, restarted {one.restarts} times, "
        f"restart policy {one.restart_policy or 'no'}",
        f"exit code {one.exit_code if one.exit_code is not None else '-'}, OOM killed: {one.oom_killed}, "
        f"error: {one.error or '-'}",
        f"health: {one.health or 'no check'}{f', it said: {one.said}' if one.said else ''}",
        f"memory limit {size(one.memory_limit) if one.memory_limit else 'none'}, "
        f"processor limit {one.cpu_limit or 'none'}",
        f"started {one.started_at}, finished {one.finished_at}",
        f"environment (names only): {', '.join(environment_names(found.config.env)) or 'none'}",
    ]
    return Seen(command, "\n".join(lines), Containers(containers=(one,), truncated=False))


async def logs(parameters: ContainerParameters, access: Access) -> Seen:
    """The last lines of a container's log within the window."""
    window = access.window
    asked = {
        "stdout": "1",
        "stderr": "1",
        "timestamps": "1",
        "tail": str(LINES),
        "since": str(int(window.start.timestamp())),
        "until": str(int(latest(window).timestamp())),
    }
    command = f"docker logs --timestamps --tail={LINES} {parameters.container}"
    async with reached(access.settings, access.http) as engine:
        body = await engine.fetch(Call(f"/containers/{parameters.container}/logs", asked, command))
    lines = (await asyncio.to_thread(demuxed, body)).splitlines()
    told = await asyncio.to_thread(
        lambda: tuple(line_of(line, parameters.container) for line in lines if line.strip())
    )
    facts = LogLines(origin="Docker", lines=told, truncated=len(told) >= LINES)
    return Seen(command, "\n".join(lines) or "No line within the window.", facts)


async def stats(parameters: StatsParameters, access: Access) -> Seen:
    """What containers use; each is measured for a second."""
    async with reached(access.settings, access.http) as engine:
        listed = await _listed(engine, every=False)
        wanted = [one for one in listed if parameters.container in (None, _name(one), one.id[:12])]
        if parameters.container and not wanted:
            raise ToolFailed(f"No container called {parameters.container} runs.")
        at_once = asyncio.Semaphore(AT_ONCE)

        async def used(one: Listed) -> ContainerUse | None:
            async with at_once:
                try:
                    call = Call(
                        f"/containers/{one.id}/stats", {"stream": "false"}, "docker stats --no-stream"
                    )
                    return use_of(
                        _name(one), service_of(one.labels, _name(one)), await engine.ask(call, Stats)
                    )
                except ToolFailed:
                    return None  # it has ended meanwhile

        found = [use for use in await asyncio.gather(*map(used, wanted[:MOST_STATS])) if use is not None]
    rows = [
        [
            one.name,
            "-" if one.cpu_percent is None else f"{one.cpu_percent:.1f} %",
            "-" if one.memory is None else size(one.memory),
            size(one.memory_limit) if one.memory_limit else "-",
            "-" if one.throttled_share is None else f"{100 * one.throttled_share:.0f} %",
            one.processes if one.processes is not None else "-",
        ]
        for one in found
    ]
    head = ["NAME", "CPU", "MEMORY", "LIMIT", "THROTTLED", "PROCESSES"]
    named = f" {parameters.container}" if parameters.container else ""
    return Seen(f"docker stats --no-stream{named}", table(head, rows), ContainersUse(used=tuple(found)))


async def events(_: Parameters, access: Access) -> Seen:
    """What happened to containers within the window, the newest last."""
    window = access.window
    until = int(latest(window).timestamp())
    filters = json.dumps({"type": ["container"], "event": list(ACTIONS)})
    asked = {"since": str(int(window.start.timestamp())), "until": str(until), "filters": filters}
    command = f"docker events --filter type=container --since {asked['since']} --until {until}"
    async with reached(access.settings, access.http) as engine:
        body = await engine.fetch(Call("/events", asked, command))
    found = await asyncio.to_thread(events_of, body)
    facts = ContainerEvents(events=tuple(found[-MOST_EVENTS:]), truncated=len(found) > MOST_EVENTS)
    lines = [
        f"{one.at:%Y-%m-%dT%H:%M:%SZ} {one.name} {one.action}"
        + (f" exit code {one.exit_code}" if one.exit_code is not None else "")
        + (f" signal {one.signal}" if one.signal else "")
        for one in facts.events
    ]
    return Seen(command, "\n".join(lines) or "Nothing happened to containers within the window.", facts)


async def _listed(engine: Engine, *, every: bool) -> list[Listed]:
    command = "docker ps --all" if every else "docker ps"
    return await engine.ask(Call("/containers/json", {"all": "true"} if every else {}, command), list[Listed])


async def _each(listed: list[Listed], engine: Engine) -> list[Container]:
    """All that is known of each; one that was removed meanwhile is left out."""
    at_once = asyncio.Semaphore(AT_ONCE)

    async def one(which: Listed) -> Container | None:
        async with at_once:
            try:
                return container_of(
                    await engine.ask(Call(f"/containers/{which.id}/json", {}, "docker ps --all"), Inspected)
                )
            except ToolFailed:
                return None

    return [found for found in await asyncio.gather(*map(one, listed)) if found is not None]


def _name(one: Listed) -> str:
    return (one.names or [one.id[:12]])[0].lstrip("/")
