"""From what the engine answers to facts. Pure."""

import json
import re
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Final, Literal, get_args

from pydantic import ValidationError

from aurora_rt.redaction import redacted
from aurora_rt.toolsets.docker.shapes import CpuStats, Event, Inspected, Labels, Stats
from aurora_rt.toolsets.facts.containers import (
    Container,
    ContainerEvent,
    ContainerUse,
)
from aurora_rt.toolsets.legible import one_line

Running = Literal["created", "running", "paused", "restarting", "removing", "exited", "dead", "unknown"]
STATES: Final[dict[str, Running]] = {one: one for one in get_args(Running)}
HEALTHS: Final[dict[str, Literal["starting", "healthy", "unhealthy"]]] = {
    "starting": "starting",
    "healthy": "healthy",
    "unhealthy": "unhealthy",
}
COMPOSE: Final = (
    "com.docker.compose.service",
    "com.docker.swarm.service.name",
    "io.kubernetes.container.name",
)
UNLIMITED: Final = 1 << 60
TEXT_LIMIT: Final = 300
HEADER: Final = 8
"""Bytes before each piece of a stream: which stream, three zeros, the length."""


def service_of(labels: Labels, name: str) -> str:
    """What people call a container."""
    return next((labels[label] for label in COMPOSE if labels.get(label)), name)


def container_of(one: Inspected) -> Container:
    """The facts of one container."""
    state, limits = one.state, one.host_config
    name = one.name.lstrip("/")
    ended = state.status in ("exited", "dead", "restarting")
    checks = state.health.log if state.health and state.health.log else []
    return Container(
        id=one.id[:12],
        name=name,
        service=service_of(one.config.labels, name),
        image=one.config.image,
        state=STATES.get(state.status, "unknown"),
        health=HEALTHS.get(state.health.status, "") if state.health else "",
        restarts=one.restart_count,
        exit_code=state.exit_code if ended else None,
        oom_killed=state.oom_killed,
        error=_clean(state.error),
        started_at=moment(state.started_at),
        finished_at=moment(state.finished_at),
        memory_limit=limits.memory or None,
        cpu_limit=_processors(limits.nano_cpus, limits.cpu_quota, limits.cpu_period),
        restart_policy=limits.restart_policy.name if limits.restart_policy else "",
        said=_clean(checks[-1].output) if checks else "",
    )


def use_of(name: str, service: str, stats: Stats) -> ContainerUse:
    """What a container uses, from two moments a second apart."""
    memory = stats.memory_stats
    limit = memory.limit if memory.limit and memory.limit < UNLIMITED else None
    return ContainerUse(
        name=name,
        service=service,
        cpu_percent=_percent(stats.precpu_stats, stats.cpu_stats),
        memory=None if memory.usage is None else max(0, memory.usage - _given_back(memory.stats or {})),
        memory_limit=limit,
        throttled_share=_throttled(stats.precpu_stats, stats.cpu_stats),
        processes=stats.pids_stats.current,
    )


def events_of(body: bytes) -> list[ContainerEvent]:
    """The events in a stream of JSON lines; a line that is cut is left out."""
    found = []
    for line in body.splitlines():
        try:
            event = Event.model_validate(json.loads(line))
        except (ValueError, ValidationError):
            continue
        told = event.actor.attributes
        name = told.get("name", event.actor.id[:12])
        at = event.nanoseconds / 1e9 if event.nanoseconds else float(event.time)
        code = told.get("exitCode", "")
        found.append(
            ContainerEvent(
                at=datetime.fromtimestamp(at, UTC),
                name=name,
                service=service_of(told, name),
                action=_clean(event.action),
                exit_code=int(code) if re.fullmatch(r"-?\d{1,9}", code) else None,
                signal=_clean(told.get("signal", "")),
            )
        )
    return sorted(found, key=lambda one: one.at)


def demuxed(body: bytes) -> str:
    """The text of a log, whose pieces each have a header unless the container has a terminal."""
    pieces, at = [], 0
    while at < len(body):
        head = body[at : at + HEADER]
        if len(head) < HEADER or head[0] > 2 or head[1:4] != b"\0\0\0":
            pieces.append(body[at:])
            break
        length = int.from_bytes(head[4:], "big")
        pieces.append(body[at + HEADER : at + HEADER + length])
        at += HEADER + length
    return b"".join(pieces).decode(errors="replace")


def environment_names(entries: Iterable[str]) -> list[str]:
    """The names of environment variables, never their values."""
    return sorted(entry.partition("=")[0] for entry in entries)


def moment(text: str) -> datetime | None:
    """A time as the engine writes it; `None` for the year 1, which means never."""
    try:
        at = datetime.fromisoformat(re.sub(r"\.(\d{1,6})\d*", r".\1", text.replace("Z", "+00:00")))
    except ValueError:
        return None
    return at if at.year > 1 else None


def _processors(nano: int, quota: int, period: int) -> float | None:
    if nano > 0:
        return nano / 1e9
    return quota / (period or 100_000) if quota > 0 else None


def _percent(before: CpuStats, after: CpuStats) -> float | None:
    if not before.system_cpu_usage or not after.system_cpu_usage:
        return None
    used = after.cpu_usage.total_usage - before.cpu_usage.total_usage
    passed = after.system_cpu_usage - before.system_cpu_usage
    count = after.online_cpus or len(after.cpu_usage.percpu_usage or []) or 1
    return round(100 * count * used / passed, 1) if passed > 0 and used >= 0 else None


def _throttled(before: CpuStats, after: CpuStats) -> float | None:
    first, last = before.throttling_data, after.throttling_data
    if first is None or last is None or last.periods <= first.periods:
        return None
    return round((last.throttled_periods - first.throttled_periods) / (last.periods - first.periods), 3)


def _given_back(stats: dict[str, object]) -> int:
    """What of the page cache is not in use: named by version of control groups."""
    found = stats.get("total_inactive_file", stats.get("inactive_file", 0))
    return found if isinstance(found, int) else 0


def _clean(text: str) -> str:
    return one_line(redacted(text[: 4 * TEXT_LIMIT]), TEXT_LIMIT)
