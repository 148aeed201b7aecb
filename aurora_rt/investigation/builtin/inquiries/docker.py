"""Looking at the containers of an engine: how they are, what they use, what happened to them, what the unwell say."""

import asyncio
from typing import Final

from aurora_rt.investigation.builtin.evidence import Evidence, evidence_of, first_of
from aurora_rt.investigation.builtin.findings.containers import containers, events, uses
from aurora_rt.investigation.builtin.findings.finding import Assessment, together
from aurora_rt.investigation.builtin.findings.searched import searched
from aurora_rt.investigation.builtin.gathering import Inquiry, Look, Outcome
from aurora_rt.investigation.builtin.inquiries.outcomes import outcome
from aurora_rt.investigation.builtin.reading import Reading
from aurora_rt.toolsets.facts.containers import (
    Container,
    ContainerEvents,
    Containers,
    ContainersUse,
)
from aurora_rt.toolsets.facts.logs import (
    LogLines,
)
from aurora_rt.toolsets.toolset import Looking

MOST_LOGS: Final = 4


def docker_inquiry(reading: Reading, tools: Looking) -> Inquiry:
    """All containers, then the logs of those that are not well and of the alert's own."""
    service, anchor = reading.alert.service or reading.case.service, tools.window.anchor

    async def pursue(look: Look) -> Outcome:
        wanted = [
            f"docker.{name}" for name in ("containers", "stats", "events") if tools.has(f"docker.{name}")
        ]
        seen = list(await asyncio.gather(*map(look, wanted)))
        parts: list[Assessment] = []
        if states := first_of(seen, Containers):
            parts.append(containers(states, anchor))
        if used := first_of(seen, ContainersUse):
            parts.append(uses(used))
        if happened := first_of(seen, ContainerEvents):
            parts.append(events(happened, anchor))
        found = together(parts)
        if states and tools.has("docker.logs"):
            unwell = {finding.node for finding in found.findings} | {service}
            names = [one for one in states.facts.containers if one.service in unwell][:MOST_LOGS]
            found += together(await asyncio.gather(*(_said(look, tools, one) for one in names)))
        return outcome(found, seen, reading.families)

    opening = "Containers end, are killed or held back without a word in any metric. Looking at all of the engine's."
    return Inquiry("docker", opening, pursue)


async def _said(look: Look, tools: Looking, one: Container) -> Assessment:
    """What a container's log complains of, told of the service that it is."""
    lines = evidence_of(await look("docker.logs", container=one.name), LogLines)
    if lines is None:
        return Assessment()
    mine = tuple(line.model_copy(update={"source": one.service}) for line in lines.facts.lines)
    told = LogLines(origin=lines.facts.origin, lines=mine, truncated=lines.facts.truncated)
    return Assessment(
        searched(Evidence(told, lines.cite, lines.output), tools.window.anchor, one.service).findings
    )
