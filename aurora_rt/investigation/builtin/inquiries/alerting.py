"""Asking Alertmanager: what else fires, and whether somebody expected this."""

import asyncio

from aurora_rt.investigation.builtin.evidence import evidence_of
from aurora_rt.investigation.builtin.findings.alerting import related_alerts, silenced
from aurora_rt.investigation.builtin.findings.finding import Assessment
from aurora_rt.investigation.builtin.gathering import Inquiry, Look, Outcome
from aurora_rt.investigation.builtin.inquiries.outcomes import outcome
from aurora_rt.investigation.builtin.reading import Reading
from aurora_rt.toolsets.facts.alerting import Silences
from aurora_rt.toolsets.facts.metrics import FiringAlerts
from aurora_rt.toolsets.toolset import Looking


def alerting_inquiry(reading: Reading, tools: Looking) -> Inquiry:
    """Alerts that belong together, and silences that cover this one."""
    labels, anchor = reading.alert.labels, tools.window.anchor

    async def pursue(look: Look) -> Outcome:
        wanted = [name for name in ("alertmanager.alerts", "alertmanager.silences") if tools.has(name)]
        seen = list(await asyncio.gather(*(look(name) for name in wanted)))
        found = Assessment()
        for one in seen:
            if firing := evidence_of(one, FiringAlerts):
                found += related_alerts(firing, labels, anchor)
            if silences := evidence_of(one, Silences):
                found += silenced(silences, labels, anchor)
        return outcome(found, seen, reading.families)

    opening = (
        "Alerts seldom come alone, and some are expected. "
        "Asking Alertmanager what else fires for the same things, and whether this was silenced."
    )
    return Inquiry("alertmanager", opening, pursue)
