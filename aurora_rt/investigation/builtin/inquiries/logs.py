"""Searching the logs of services: the alert's own, and everybody's."""

import asyncio

from aurora_rt.investigation.builtin.evidence import evidence_of
from aurora_rt.investigation.builtin.findings.finding import together
from aurora_rt.investigation.builtin.findings.searched import searched
from aurora_rt.investigation.builtin.gathering import Inquiry, Look, Outcome
from aurora_rt.investigation.builtin.inquiries.outcomes import outcome
from aurora_rt.investigation.builtin.reading import Reading
from aurora_rt.toolsets.facts.logs import (
    LogLines,
)
from aurora_rt.toolsets.toolset import Looking


def logs_inquiry(reading: Reading, tools: Looking) -> Inquiry:
    """What services complain of since the alert began and did not before."""
    service = reading.alert.service or reading.case.service

    async def pursue(look: Look) -> Outcome:
        wanted = [look("logs.search")]
        if service:
            wanted.append(look("logs.search", service=service))
        seen = list(await asyncio.gather(*wanted))
        found = [evidence for one in seen if (evidence := evidence_of(one, LogLines))]
        # One of the two will do: what is missing in the one is often in the other.
        failed = [one for one in seen if one.error is not None]
        return outcome(
            together(searched(one, tools.window.anchor, service) for one in found),
            [one for one in seen if one.error is None] or failed,
            reading.families,
        )

    opening = (
        "Programs mostly say themselves what is wrong. "
        "Searching the logs for what is complained of now and was not before the alert."
    )
    return Inquiry("logs", opening, pursue)
