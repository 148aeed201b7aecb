"""Who takes a core away from whom: a process that is ready to run and has to wait, and others that have its core.

A process that waits for its own kind is short of processor time by its own load, and blames nobody.
"""

from collections import defaultdict
from collections.abc import Sequence
from statistics import fmean
from typing import Final

from aurora_rt.investigation.builtin.evidence import Evidence
from aurora_rt.investigation.builtin.findings.finding import Assessment, Finding, Role, Subject, share_of
from aurora_rt.investigation.builtin.findings.processes import named, node_of
from aurora_rt.investigation.builtin.wording import command_line, plain
from aurora_rt.toolsets.facts.host import (
    Processes,
    ProcessUse,
)

WAITED: Final = 30.0
"""Percent of the time, mean of all samples, from which on a process is starved."""
ALL_THE_TIME: Final = 80.0
TAKEN: Final = 40.0
"""Percent of the core from which on others can be said to have it."""
MORE_THAN_ITS_OWN: Final = 2.0
"""How many times what the starved program itself had of the core: less is an even share."""
LEAST: Final = 0.6
MOST: Final = 0.95
MOST_NAMED: Final = 4

Samples = Sequence[Evidence[Processes]]


def neighbours(samples: Samples, role: Role = "culprit") -> Assessment:
    """Processes that take a core away from one that waits for it, by what the first sample shows.

    Later samples confirm that it waits, or tell that it waits no longer. `role`: where the alert is about the
    processor itself, who uses it up is the cause, and that others wait for it no more than a clue.
    """
    if not samples:
        return Assessment()
    found = [
        finding
        for starved in samples[0].facts.processes
        if _waited(starved) >= WAITED and (finding := _finding(starved, samples, role)) is not None
    ]
    found.sort(key=lambda finding: (-finding.strength, finding.node))
    return Assessment(tuple(found[:MOST_NAMED]))


def _finding(starved: ProcessUse, samples: Samples, role: Role) -> Finding | None:
    first = samples[0]
    crowd = _crowd(starved, first.facts.processes)
    later = [
        next((one for one in more.facts.processes if one.pid == starved.pid), None) for more in samples[1:]
    ]
    waited = fmean([_waited(starved), *(_waited(one) if one else 0.0 for one in later)])
    if not crowd or waited < WAITED:
        return None
    again = ""
    for more, one in zip(samples[1:], later, strict=True):
        again += (
            f"; in a second sample it waited {_percent(more, _waited(one))} % of the time {more.cite}"
            if one
            else f"; in a second sample it waited no longer {more.cite}"
        )
    biggest = crowd[0]
    alike = f", the biggest of {len(crowd)} such processes there," if len(crowd) > 1 else ""
    claim = (
        f"Process {starved.pid} ({command_line(starved.command or starved.name, 110)}) was ready to run but waited "
        f"for a core {_percent(first, _waited(starved))} % of {plain(first.facts.sampled_seconds)} s, while "
        f"p{named(biggest)[1:]}{alike} used {_percent(first, biggest.cpu_percent)} % of core {starved.core}, where "
        f"it ran last {first.cite}{again}."
    )
    return Finding(
        "noisy_neighbour",
        node_of(biggest),
        claim,
        LEAST + (MOST - LEAST) * share_of(waited - WAITED, ALL_THE_TIME - WAITED),
        role,
        subject=Subject(process=biggest, sufferer=starved.command or starved.name),
        began_at=biggest.started_at,
    )


def _crowd(starved: ProcessUse, processes: Sequence[ProcessUse]) -> list[ProcessUse]:
    """The processes of the program that used most of the starved one's core, most first; none if nobody took it."""
    programs: defaultdict[tuple[str, str], list[ProcessUse]] = defaultdict(list)
    for one in processes:
        if one.core is not None and one.core == starved.core:
            programs[program(one)].append(one)
    own = _used(programs.pop(program(starved), []))
    most = max(programs.values(), key=_used, default=[])
    most = [
        one
        for one in most
        if one.cpu_percent >= 1 and starved.pid != one.parent_pid and one.pid != starved.parent_pid
    ]
    if _used(most) < max(TAKEN, MORE_THAN_ITS_OWN * own):
        return []
    return sorted(most, key=lambda one: (-one.cpu_percent, one.pid))


def program(process: ProcessUse) -> tuple[str, str]:
    """What runs: its name, and the first argument that is neither an option nor a number.

    That tells scripts of one interpreter apart. What ends with a colon is a title that a program gave itself.
    """
    words = process.command.split()
    if not words or words[0].endswith(":"):
        return process.name, ""
    plainly = (word for word in words[1:] if not word.startswith("-") and not word.isdigit())
    return process.name, next(plainly, "")


def _used(processes: Sequence[ProcessUse]) -> float:
    return sum(one.cpu_percent for one in processes)


def _waited(process: ProcessUse) -> float:
    return process.waited_percent or 0.0


def _percent(seen: Evidence[Processes], value: float) -> str:
    return seen.shown(f"{value:.1f}", f"{value:.0f}")
