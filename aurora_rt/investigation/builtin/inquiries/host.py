"""Looking at the machine that we run on."""

import asyncio
from typing import Final

from aurora_rt.investigation.builtin.evidence import evidence_of, first_of
from aurora_rt.investigation.builtin.families import Family
from aurora_rt.investigation.builtin.findings.finding import Assessment, Role
from aurora_rt.investigation.builtin.findings.journal import journal
from aurora_rt.investigation.builtin.findings.machine import machine
from aurora_rt.investigation.builtin.findings.neighbours import neighbours
from aurora_rt.investigation.builtin.findings.network import network
from aurora_rt.investigation.builtin.findings.processes import processes
from aurora_rt.investigation.builtin.findings.starts import recent_starts
from aurora_rt.investigation.builtin.findings.storage import deeper, file_systems, files
from aurora_rt.investigation.builtin.gathering import Inquiry, Look, Outcome
from aurora_rt.investigation.builtin.inquiries.outcomes import outcome
from aurora_rt.investigation.builtin.reading import Reading
from aurora_rt.toolsets.facts.host import (
    Filesystems,
    HostState,
    LargeFiles,
    Network,
    Processes,
)
from aurora_rt.toolsets.facts.logs import (
    LogLines,
)
from aurora_rt.toolsets.toolset import Looking

SORT_OF: Final[dict[Family, str]] = {
    "memory": "memory_growth",
    "disk": "io",
    "io": "io",
    "descriptors": "open_files",
}
"""By what processes are sorted for a family; by processor use for the others."""
AGAIN_SECONDS: Final = 3.0
"""The length of the sample that confirms: another than the first, so that it is another look."""


def machine_inquiry(reading: Reading) -> Inquiry:
    """The host's totals."""

    async def pursue(look: Look) -> Outcome:
        seen = await look("host.state")
        state = evidence_of(seen, HostState)
        return outcome(machine(state) if state else Assessment(), [seen], reading.families)

    opening = (
        "Is this machine as a whole short of processor time, memory or storage? "
        "Looking at load, memory and how long work has to wait for them."
    )
    return Inquiry("host-state", opening, pursue)


def processes_inquiry(reading: Reading, tools: Looking) -> Inquiry:
    """Which processes use most, and whether they still do in a second sample."""
    sort = SORT_OF.get(reading.families[0], "cpu")
    taking: Role = "clue" if reading.families[0] == "cpu" else "culprit"

    async def pursue(look: Look) -> Outcome:
        seen = [await look("host.processes", sort=sort)]
        total = evidence_of(await look("host.state"), HostState) if tools.has("host.state") else None
        memory = total.facts.memory_total if total else None
        first = evidence_of(seen[0], Processes)
        if first is None:
            return outcome(Assessment(), seen)
        fills = reading.families[0] == "disk"
        anchor = tools.window.anchor
        assessment = processes([first], anchor, memory, fills) + neighbours([first], taking)
        if assessment.findings:
            seen.append(await look("host.processes", sort=sort, seconds=AGAIN_SECONDS))
            if again := evidence_of(seen[1], Processes):
                both = [first, again]
                assessment = processes(both, anchor, memory, fills) + neighbours(both, taking)
        return outcome(assessment, seen, reading.families)

    opening = (
        "One process that takes too much is the commonest cause and quickly seen. "
        "Watching what every process uses of processor, memory, storage and open files, and who waits for a core."
    )
    return Inquiry("host-processes", opening, pursue)


def storage_inquiry(reading: Reading, tools: Looking) -> Inquiry:
    """Which file systems fill, and which files in them."""

    async def pursue(look: Look) -> Outcome:
        wanted = [name for name in ("host.filesystems", "host.large_files") if tools.has(name)]
        seen = list(await asyncio.gather(*(look(name) for name in wanted)))
        systems = first_of(seen, Filesystems)
        large = first_of(seen, LargeFiles)
        assessment = Assessment()
        if systems:
            assessment += file_systems(systems, reading.mount)
        if large:
            found = files(large, systems, reading.mount)
            roots = (
                [] if found.findings else deeper(systems, reading.mount if "disk" in reading.families else "")
            )
            for root in roots:
                seen.append(await look("host.large_files", root=root))
                if below := evidence_of(seen[-1], LargeFiles):
                    found += files(below, systems, reading.mount)
            assessment += found
        return outcome(assessment, seen, reading.families)

    where = f" `{reading.mount}` above all." if reading.mount and "`" not in reading.mount else ""
    opening = f"A full or filling disk makes many things fail. Looking at file systems and their largest files.{where}"
    return Inquiry("host-storage", opening, pursue)


def journal_inquiry(reading: Reading, tools: Looking) -> Inquiry:
    """What the logs say around the alert's start."""

    async def pursue(look: Look) -> Outcome:
        seen = await look("host.journal")
        lines = evidence_of(seen, LogLines)
        return outcome(
            journal(lines, tools.window.anchor) if lines else Assessment(), [seen], reading.families
        )

    opening = (
        "Programs that are killed, crash or cannot write say so in the log. "
        "Reading it around the time when the alert began."
    )
    return Inquiry("host-journal", opening, pursue)


def starts_inquiry(reading: Reading, tools: Looking) -> Inquiry:
    """What was started shortly before."""

    async def pursue(look: Look) -> Outcome:
        seen = await look("host.recent_starts")
        started = evidence_of(seen, Processes)
        found = recent_starts(started, tools.window.anchor) if started else Assessment()
        return outcome(found, [seen], reading.families)

    opening = "Most trouble begins with a change. Looking for what was started shortly before the alert."
    return Inquiry("host-starts", opening, pursue)


def network_inquiry(reading: Reading) -> Inquiry:
    """Interfaces and connections."""

    async def pursue(look: Look) -> Outcome:
        seen = await look("host.network")
        state = evidence_of(seen, Network)
        return outcome(network(state) if state else Assessment(), [seen], reading.families)

    opening = (
        "Lost packets and piled-up connections look like slow or failing programs. Looking at the network."
    )
    return Inquiry("host-network", opening, pursue)
