"""Following requests through the system: where they lose time, and where they begin to fail."""

import asyncio

from aurora_rt.investigation.builtin.evidence import evidence_of, gaps_within
from aurora_rt.investigation.builtin.findings.finding import Assessment
from aurora_rt.investigation.builtin.findings.traces import traced
from aurora_rt.investigation.builtin.gathering import Inquiry, Look, Outcome
from aurora_rt.investigation.builtin.inquiries.outcomes import outcome
from aurora_rt.investigation.builtin.reading import Reading
from aurora_rt.toolsets.facts.traces import Traces


def traces_inquiry(reading: Reading) -> Inquiry:
    """The requests of the service that alerts; of all services where it has none."""
    service = reading.alert.service or reading.case.service

    async def pursue(look: Look) -> Outcome:
        seen = [await look("traces.search", service=service)] if service else []
        found = evidence_of(seen[0], Traces) if seen else None
        if found is None or not found.facts.traces:
            seen.append(await look("traces.search"))
            found = evidence_of(seen[-1], Traces)
        if found is None:
            return outcome(Assessment(), seen, reading.families)
        assessment = await asyncio.to_thread(traced, found)
        missing = gaps_within(seen[-1], found.facts.failed)
        return outcome(assessment, [], reading.families, missing)

    opening = (
        "A request passes through many services, and only some of them are at fault. "
        "Comparing where requests spend their time and begin to fail with how it was before the alert."
    )
    return Inquiry("traces", opening, pursue)
