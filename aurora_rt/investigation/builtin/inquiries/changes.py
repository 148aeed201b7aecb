"""Looking for what was changed before the alert."""

import asyncio
from typing import Final

from aurora_rt.investigation.builtin.evidence import evidence_of
from aurora_rt.investigation.builtin.findings.changes import changed
from aurora_rt.investigation.builtin.findings.finding import Assessment
from aurora_rt.investigation.builtin.gathering import Inquiry, Look, Outcome
from aurora_rt.investigation.builtin.inquiries.outcomes import outcome
from aurora_rt.investigation.builtin.reading import Reading
from aurora_rt.toolsets.facts.changes import (
    Changes,
)
from aurora_rt.toolsets.facts.places import (
    CallGraph,
)
from aurora_rt.toolsets.toolset import Looking

MOST_CALLED: Final = 8


def changes_inquiry(reading: Reading, tools: Looking) -> Inquiry:
    """What was changed, of all services; of the alert's and those that it calls where only that is known."""
    service = reading.alert.service or reading.case.service
    anchor = tools.window.anchor

    async def pursue(look: Look) -> Outcome:
        called = await _called(look, tools, service)
        first = await look("changes.list")
        seen = [first]
        if first.error is not None and service:
            asked = [service, *called[:MOST_CALLED]]
            seen = list(await asyncio.gather(*(look("changes.list", service=one) for one in asked)))
        fine = [one for one in seen if one.error is None]
        found = [evidence for one in fine if (evidence := evidence_of(one, Changes)) is not None]
        if not found:
            return outcome(Assessment(), fine or [first], reading.families)
        told = [changed(one, anchor, service, frozenset(called)) for one in found]
        every = tuple(finding for one in told for finding in one.findings)
        cleared = () if every else tuple(one for part in told for one in part.cleared)
        return outcome(Assessment(every, cleared), fine, reading.families)

    opening = "Most trouble comes from a change. Looking for what was deployed or switched before the alert."
    return Inquiry("changes", opening, pursue)


async def _called(look: Look, tools: Looking, service: str) -> list[str]:
    """The services that the alert's calls, as far as it is known."""
    if not service or not tools.has("topology.dependencies"):
        return []
    graph = evidence_of(await look("topology.dependencies", service=service), CallGraph)
    return (
        list(dict.fromkeys(callee for caller, callee in graph.facts.calls if caller == service))
        if graph
        else []
    )
