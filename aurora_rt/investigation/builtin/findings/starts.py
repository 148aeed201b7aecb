"""What was started shortly before the alert: the commonest reason why something is different from before."""

from datetime import datetime, timedelta
from typing import Final

from aurora_rt.investigation.builtin.evidence import Evidence
from aurora_rt.investigation.builtin.findings.finding import Assessment, Cleared, Finding, Subject
from aurora_rt.investigation.builtin.findings.processes import node_of
from aurora_rt.investigation.builtin.wording import clock, code, counted, joined
from aurora_rt.toolsets.facts.host import (
    Processes,
    ProcessUse,
)

BEFORE: Final = timedelta(minutes=15)
AFTER: Final = timedelta(minutes=1)
MOST_NAMED: Final = 4


def recent_starts(seen: Evidence[Processes], anchor: datetime) -> Assessment:
    """Processes that were started around `anchor` and still run, the ones that use most first."""
    recent = [one for one in seen.facts.processes if anchor - BEFORE <= one.started_at <= anchor + AFTER]
    if not recent:
        return Assessment(
            cleared=(
                Cleared(
                    "general", f"Nothing that still runs was started shortly before the alert {seen.cite}."
                ),
            )
        )
    recent.sort(key=_weight, reverse=True)
    told = joined(
        [
            f"{one.pid} ({code(one.command or one.name, 70)}) at {clock(one.started_at)}"
            for one in recent[:MOST_NAMED]
        ]
    )
    more = f" and {counted(len(recent) - MOST_NAMED, 'other')}" if len(recent) > MOST_NAMED else ""
    first = recent[0]
    claim = f"Started around the alert's start and still running: process {told}{more} {seen.cite}."
    return Assessment(
        (
            Finding(
                "config_change",
                node_of(first),
                claim,
                0.3,
                "clue",
                Subject(process=first),
                first.started_at,
            ),
        )
    )


def _weight(process: ProcessUse) -> tuple[float, int, int]:
    return process.cpu_percent, process.rss, process.pid
