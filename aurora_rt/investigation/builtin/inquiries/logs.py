"""Searching the logs of services: the alert's own, and everybody's."""

import asyncio
from collections.abc import Sequence

from aurora_rt.investigation.builtin.evidence import Evidence, evidence_of, gaps_within
from aurora_rt.investigation.builtin.findings.finding import Assessment, together
from aurora_rt.investigation.builtin.findings.patterns import patterns
from aurora_rt.investigation.builtin.findings.searched import LEAD, searched
from aurora_rt.investigation.builtin.gathering import Inquiry, Look, Outcome
from aurora_rt.investigation.builtin.inquiries.outcomes import outcome
from aurora_rt.investigation.builtin.reading import Reading
from aurora_rt.toolsets.facts.logs import (
    LogLines,
    LogPatterns,
)
from aurora_rt.toolsets.logs.patterns import split
from aurora_rt.toolsets.toolset import Looking, Observation, Window


def logs_inquiry(reading: Reading, tools: Looking) -> Inquiry:
    """What services complain of since the alert began and did not before."""
    service = reading.alert.service or reading.case.service

    async def pursue(look: Look) -> Outcome:
        wanted = [look("logs.search")]
        if service:
            wanted.append(look("logs.search", service=service))
        if tools.has("logs.patterns"):
            wanted.append(look("logs.patterns"))
        seen = list(await asyncio.gather(*wanted))
        found = [evidence for one in seen if (evidence := evidence_of(one, LogLines))]
        # One of them will do: what is missing in the one is often in the other.
        failed = [one for one in seen if one.error is not None]
        assessment = together(searched(one, tools.window.anchor, service) for one in found)
        new = await asyncio.to_thread(_patterns, seen, found, tools.window)
        nothing_else = not any(one.role == "culprit" for one in new.findings)
        assessment = Assessment(
            assessment.findings + new.findings, assessment.cleared if nothing_else else ()
        )
        missing = [
            gap
            for one in seen[:1]
            if isinstance(one.facts, LogLines)
            for gap in gaps_within(one, one.facts.failed)
        ]
        succeeded = [one for one in seen if one.error is None]
        return outcome(assessment, succeeded or failed, reading.families, missing)

    opening = (
        "Programs mostly say themselves what is wrong. "
        "Searching the logs for what is complained of now and was not before the alert."
    )
    return Inquiry("logs", opening, pursue)


def _patterns(seen: Sequence[Observation], found: Sequence[Evidence[LogLines]], window: Window) -> Assessment:
    """What kinds of lines are new: as they were counted, else by all lines at hand."""
    counted = next((evidence for one in seen if (evidence := evidence_of(one, LogPatterns))), None)
    if counted is None and found and not found[0].facts.truncated:
        every = found[0]
        turn = max(window.start, window.anchor - LEAD)
        facts = split(every.facts.lines, window.start, turn, window.end)
        counted = Evidence(facts, every.cite, every.output)
    return patterns(counted) if counted else Assessment()
