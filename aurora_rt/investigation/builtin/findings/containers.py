"""What containers show: what has ended, is started again and again, is killed, unwell or held back. Pure."""

from collections import Counter
from datetime import datetime, timedelta
from typing import Final

from aurora_rt.investigation.builtin.evidence import Evidence
from aurora_rt.investigation.builtin.families import Kind
from aurora_rt.investigation.builtin.findings.finding import Assessment, Cleared, Finding, Subject, share_of
from aurora_rt.investigation.builtin.wording import argument, capital, clock, code, counted, plain, size
from aurora_rt.toolsets.facts.containers import (
    Container,
    ContainerEvents,
    Containers,
    ContainersUse,
    ContainerUse,
)

WANTED: Final = frozenset({"always", "unless-stopped", "on-failure"})
"""Policies of containers that are meant to run on."""
STOPPED: Final = frozenset({0, 130, 143})
"""Exit codes of what was asked to end, or was done."""
KILLED: Final = 137
LOOP: Final = 3
"""Restarts that are a loop."""
FULL: Final = 0.92
"""Of the memory limit."""
HELD_BACK: Final = 0.25
"""Of the scheduling periods."""
BEFORE: Final = timedelta(minutes=30)


def containers(seen: Evidence[Containers], anchor: datetime) -> Assessment:
    """A finding for each container that is not as it should be; one sentence when all are."""
    found = [
        finding for one in seen.facts.containers if (finding := _judged(one, anchor, seen.cite)) is not None
    ]
    if found or not seen.facts.containers:
        return Assessment(tuple(found))
    count = counted(len(seen.facts.containers), "container")
    claim = f"{capital(count)} run as they should, or have ended without a complaint {seen.cite}."
    return Assessment(cleared=(Cleared("availability", claim),))


def uses(seen: Evidence[ContainersUse]) -> Assessment:
    """Containers that are at their limits."""
    found = [finding for one in seen.facts.used for finding in _limited(one, seen.cite)]
    if found or not seen.facts.used:
        return Assessment(tuple(found))
    claim = f"No container is near its limits of memory or processor time {seen.cite}."
    return Assessment(cleared=(Cleared("memory", claim),))


def events(seen: Evidence[ContainerEvents], anchor: datetime) -> Assessment:
    """Containers that were killed for want of memory, or ended again and again, around the alert."""
    recent = [one for one in seen.facts.events if one.at >= anchor - BEFORE]
    short = {one.service: one for one in recent if one.action == "oom"}
    died = Counter(one.service for one in recent if one.action == "die" and one.exit_code not in STOPPED)
    found = [
        _finding(
            "out_of_memory",
            service,
            f"{capital(code(service, 80))} ran out of memory at {clock(one.at)}: the kernel killed in it",
            0.92,
            seen.cite,
            one.at,
        )
        for service, one in short.items()
    ]
    for service, times in died.items():
        if times >= LOOP and service not in short:
            first = next(one for one in recent if one.service == service and one.action == "die")
            claim = f"{capital(code(service, 80))} ended {times} times since {clock(first.at)}"
            claim += f", first with exit code {first.exit_code}"
            found.append(_finding("crash", service, claim, 0.9, seen.cite, first.at))
    return Assessment(tuple(found))


def _judged(one: Container, anchor: datetime, cite: str) -> Finding | None:
    what = capital(f"container {code(one.name, 80)}")
    fresh = one.finished_at is None or one.finished_at >= anchor - BEFORE
    meant = one.restart_policy in WANTED
    failed = one.exit_code is not None and one.exit_code not in STOPPED
    said = f": {code(one.error, 200)}" if one.error else ""
    kind: Kind = "crash"
    if one.oom_killed and (fresh or meant):
        limit = f" of {size(one.memory_limit)}" if one.memory_limit else ""
        kind, claim, strength = "out_of_memory", f"was killed at its memory limit{limit}", 0.95
    elif one.state == "restarting" or (one.restarts >= LOOP and _young(one, anchor)):
        often = counted(one.restarts, "time")
        code_told = f", last with exit code {one.exit_code}" if one.exit_code is not None else ""
        claim, strength = f"is started again and again ({often}{code_told}){said}", 0.93
    elif one.state in ("exited", "dead") and failed and (fresh or meant):
        killed = " (killed)" if one.exit_code == KILLED else ""
        claim, strength = f"has ended with exit code {one.exit_code}{killed}{said}", 0.92 if meant else 0.7
    elif one.health == "unhealthy":
        check = f": {code(one.said, 200)}" if one.said else ""
        kind, claim, strength = "probe_failure", f"runs, but its health check fails{check}", 0.9
    elif one.state == "paused":
        kind, claim, strength = "target_down", "is paused", 0.9
    else:
        return None
    shown = Subject(command=f"docker logs --tail 100 {argument(one.name)}")
    return _finding(kind, one.service, f"{what} {claim}", strength, cite, one.finished_at, shown)


def _young(one: Container, anchor: datetime) -> bool:
    """Whether its last start is recent, so that the restarts are of now."""
    return one.started_at is not None and one.started_at >= anchor - BEFORE


def _limited(one: ContainerUse, cite: str) -> list[Finding]:
    found = []
    shown = Subject(command=f"docker stats --no-stream {argument(one.name)}")
    if one.memory is not None and one.memory_limit and one.memory / one.memory_limit >= FULL:
        share = plain(100 * one.memory / one.memory_limit)
        claim = (
            f"{capital(code(one.name, 80))} uses {share} % of its memory limit of {size(one.memory_limit)}"
        )
        found.append(_finding("memory_pressure", one.service, claim, 0.7, cite, None, shown))
    if one.throttled_share is not None and one.throttled_share >= HELD_BACK:
        share = plain(100 * one.throttled_share)
        claim = f"{capital(code(one.name, 80))} is held back by its processor limit in {share} % of the time"
        strength = 0.5 + 0.35 * share_of(one.throttled_share, 1.0)
        found.append(_finding("cpu_saturation", one.service, claim, strength, cite, None, shown))
    return found


def _finding(
    kind: Kind,
    service: str,
    claim: str,
    strength: float,
    cite: str,
    began: datetime | None,
    subject: Subject | None = None,
) -> Finding:
    return Finding(
        kind,
        service,
        f"{claim} {cite}.",
        strength,
        subject=subject or Subject(),
        began_at=began,
        on_host=False,
    )
