"""Looking at all places of a system: which of them the trouble comes from."""

import asyncio

from aurora_rt.investigation.builtin.evidence import evidence_of, first_of
from aurora_rt.investigation.builtin.findings.finding import Assessment
from aurora_rt.investigation.builtin.findings.places import Asked, places
from aurora_rt.investigation.builtin.gathering import Inquiry, Look, Outcome
from aurora_rt.investigation.builtin.inquiries.outcomes import outcome
from aurora_rt.investigation.builtin.reading import Reading
from aurora_rt.toolsets.facts.places import (
    CallGraph,
    Telemetry,
)
from aurora_rt.toolsets.toolset import Looking


def places_inquiry(reading: Reading, tools: Looking) -> Inquiry:
    """Every place's measurements beside what is usual, and who calls whom."""
    labels = reading.alert.labels
    asked = Asked(
        service=reading.alert.service or reading.case.service,
        families=reading.families,
        metric=labels.get("metric", ""),
        statistic=labels.get("statistic", ""),
        anchor=tools.window.anchor.timestamp(),
    )

    async def pursue(look: Look) -> Outcome:
        wanted = [name for name in ("telemetry.compare", "topology.dependencies") if tools.has(name)]
        seen = list(await asyncio.gather(*(look(name) for name in wanted)))
        measured = evidence_of(seen[0], Telemetry)
        if measured is None:
            return outcome(Assessment(), seen)
        graph = first_of(seen, CallGraph)
        found = await asyncio.to_thread(places, measured, graph, asked)
        return outcome(found, seen, reading.families)

    opening = (
        "The place that alerts is often not the place where it begins. "
        "Comparing every place with what is usual for it, and following who calls whom."
    )
    return Inquiry("places", opening, pursue)
