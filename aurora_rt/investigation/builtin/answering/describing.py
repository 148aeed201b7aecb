"""A fresh look in words: what its facts say, shortly, with its citation. Pure."""

from typing import Final

from aurora_rt.investigation.builtin.evidence import Evidence, evidence_of
from aurora_rt.investigation.builtin.findings.finding import Assessment
from aurora_rt.investigation.builtin.findings.machine import machine
from aurora_rt.investigation.builtin.findings.network import network
from aurora_rt.investigation.builtin.findings.series import shown
from aurora_rt.investigation.builtin.wording import code, counted, foreign, plain, rate, size
from aurora_rt.toolsets.facts.host import (
    Filesystems,
    HostState,
    Network,
    Processes,
    ProcessUse,
)
from aurora_rt.toolsets.facts.logs import (
    LogLines,
)
from aurora_rt.toolsets.facts.metrics import (
    Series,
    SeriesSet,
)
from aurora_rt.toolsets.toolset import Observation

MOST: Final = 5
_EXCERPT: Final = 12


def described(seen: Observation, topic: str) -> str:
    """What a look found, or why it found nothing. `topic` says which side of processes was asked for."""
    if seen.error is not None:
        return f"I tried {code(seen.command or seen.tool, 300)}, but: {foreign(seen.error, 300)} {seen.cite}"
    if processes := evidence_of(seen, Processes):
        return _processes(processes, topic)
    if state := evidence_of(seen, HostState):
        return _claims(machine(state))
    if links := evidence_of(seen, Network):
        return _claims(network(links))
    if systems := evidence_of(seen, Filesystems):
        return _systems(systems)
    if lines := evidence_of(seen, LogLines):
        return _log(lines)
    if series := evidence_of(seen, SeriesSet):
        return _series(series)
    excerpt = [code(line, 200) for line in seen.output.splitlines() if line.strip()][:_EXCERPT]
    return (
        _listed(f"{code(seen.tool)} shows {seen.cite}:", excerpt)
        if excerpt
        else f"{code(seen.tool)} shows nothing {seen.cite}."
    )


def _claims(assessment: Assessment) -> str:
    claims = [one.claim for one in assessment.findings] + [one.claim for one in assessment.cleared]
    return _listed("Just now:", claims)


def _processes(seen: Evidence[Processes], topic: str) -> str:
    ranked = sorted(seen.facts.processes, key=lambda one: (-_use(one, topic), one.pid))[:MOST]
    told = [
        f"process {one.pid} ({code(one.command or one.name, 110)}): {_uses(seen, one)} {seen.cite}"
        for one in ranked
    ]
    by = {"memory": "memory", "io": "storage"}.get(topic, "processor time")
    over = plain(seen.facts.sampled_seconds)
    return _listed(
        f"Just now, over {over} s, these of {seen.facts.total} processes use most {by} {seen.cite}:", told
    )


def _use(process: ProcessUse, topic: str) -> float:
    if topic == "memory":
        return float(process.rss)
    if topic == "io":
        return (process.read_rate or 0.0) + (process.write_rate or 0.0)
    return process.cpu_percent


def _uses(seen: Evidence[Processes], process: ProcessUse) -> str:
    percent = seen.shown(f"{process.cpu_percent:.1f}", f"{process.cpu_percent:.0f}")
    written = f", writes {rate(process.write_rate)}" if process.write_rate else ""
    return f"{percent} % of a core, {seen.shown(size(process.rss))} of memory{written}"


def _systems(seen: Evidence[Filesystems]) -> str:
    fullest = sorted(seen.facts.filesystems, key=lambda one: (-one.used_percent, one.mount))[:MOST]
    told = [
        f"{code(one.mount)} is {seen.shown(f'{one.used_percent:.1f}', f'{one.used_percent:.0f}')} % full, "
        f"{seen.shown(size(one.free))} free {seen.cite}"
        for one in fullest
    ]
    return (
        _listed("Just now, the fullest file systems:", told)
        if told
        else f"No file system can be seen {seen.cite}."
    )


def _log(seen: Evidence[LogLines]) -> str:
    telling = [
        line for line in seen.facts.lines if line.priority in ("critical", "error")
    ] or seen.facts.lines
    told = [f"{code(f'{line.source}: {line.text}', 200)} {seen.cite}" for line in telling[-MOST:]]
    if not told:
        return f"The log has no lines in the time that is looked at {seen.cite}."
    return _listed(
        f"Of {counted(len(seen.facts.lines), 'log line')} {seen.cite}, the latest that matter:", told
    )


def _series(seen: Evidence[SeriesSet]) -> str:
    if not seen.facts.series:
        return f"{code(seen.facts.query, 300)} has no data {seen.cite}."
    told = [f"{code(shown(one))}: {_latest(one)} {seen.cite}" for one in seen.facts.series[: 2 * MOST]]
    more = f" (of {len(seen.facts.series)})" if len(seen.facts.series) > len(told) else ""
    return _listed(f"{code(seen.facts.query, 300)} gives{more} {seen.cite}:", told)


def _latest(series: Series) -> str:
    return plain(series.points[-1][1]) if series.points else "no value"


def _listed(opening: str, items: list[str]) -> str:
    return opening + "\n" + "\n".join(f"- {item}" for item in items)
