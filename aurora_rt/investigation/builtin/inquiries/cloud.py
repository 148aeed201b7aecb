"""Asking the clouds: what of what runs in them is not well, and what was changed before the alert."""

import asyncio
from collections.abc import Callable
from functools import partial
from typing import Final

from aurora_rt.investigation.builtin.evidence import evidence_of
from aurora_rt.investigation.builtin.findings.cloud import Asked, changes, names_in, resources
from aurora_rt.investigation.builtin.findings.finding import Assessment, together
from aurora_rt.investigation.builtin.gathering import Inquiry, Look, Outcome
from aurora_rt.investigation.builtin.inquiries.outcomes import outcome
from aurora_rt.investigation.builtin.reading import Reading
from aurora_rt.toolsets.facts.cloud import CloudResources
from aurora_rt.toolsets.facts.logs import LogLines
from aurora_rt.toolsets.toolset import Looking, Observation

_TOOLS: Final = {
    "AWS": {
        "aws.ecs": "ECS service",
        "aws.ec2": "EC2 instance",
        "aws.rds": "RDS database",
        "aws.alarms": "alarm that fires",
        "aws.changes": "change",
    },
    "Google Cloud": {
        "gcp.run": "Cloud Run service",
        "gcp.sql": "Cloud SQL database",
        "gcp.compute": "Compute Engine instance",
        "gcp.changes": "change",
    },
    "Azure": {
        "azure.resources": "resource",
        "azure.alerts": "alert that fires",
        "azure.activity": "change",
    },
}
"""Cloud → its tools, and what each lists."""
_WIDE: Final = frozenset(
    {
        "alertname",
        "severity",
        "priority",
        "env",
        "environment",
        "stage",
        "region",
        "zone",
        "team",
        "cluster",
        "namespace",
        "account",
        "job_name",
        "prometheus",
        "monitor",
        "metric",
        "statistic",
    }
)
"""Labels that name no single thing."""


def cloud_inquiries(reading: Reading, tools: Looking) -> tuple[tuple[str, Callable[[], Inquiry]], ...]:
    """For each cloud the tool that has to be usable, and how its inquiry is made."""
    return tuple(
        (next(iter(looks)), partial(_inquiry, cloud, reading, tools)) for cloud, looks in _TOOLS.items()
    )


def _inquiry(cloud: str, reading: Reading, tools: Looking) -> Inquiry:
    alert, case = reading.alert, reading.case
    labels = [value for name, value in alert.labels.items() if name not in _WIDE]
    asked = Asked(
        names=names_in([*labels, alert.service, case.service]),
        text=" ".join([alert.title, alert.description, *alert.annotations.values()]).lower()[:10_000],
        anchor=tools.window.anchor,
    )

    async def pursue(look: Look) -> Outcome:
        seen = await asyncio.gather(*(look(tool) for tool in _TOOLS[cloud] if tools.has(tool)))
        found = await asyncio.to_thread(
            together, (_weighed(one, asked, _TOOLS[cloud][one.tool]) for one in seen)
        )
        return outcome(found, seen, reading.families)

    opening = (
        f"{cloud} itself knows what of what runs in it is not well, and who changed what. "
        "Asking it, and weighing most what the alert names."
    )
    return Inquiry(f"cloud {cloud}", opening, pursue)


def _weighed(seen: Observation, asked: Asked, what: str) -> Assessment:
    if listed := evidence_of(seen, CloudResources):
        return resources(listed, asked, what, seen.command)
    if changed := evidence_of(seen, LogLines):
        return changes(changed, asked)
    return Assessment()
