"""Looking from outside: the places that people configured, and whether what the alert is about can be reached."""

import asyncio
from typing import Final

from aurora_rt.investigation.builtin.evidence import Evidence, evidence_of
from aurora_rt.investigation.builtin.findings.finding import Assessment
from aurora_rt.investigation.builtin.findings.probes import probed, reached
from aurora_rt.investigation.builtin.gathering import Inquiry, Look, Outcome
from aurora_rt.investigation.builtin.inquiries.outcomes import outcome
from aurora_rt.investigation.builtin.reading import Reading
from aurora_rt.investigation.builtin.wording import code
from aurora_rt.toolsets.facts.places import (
    CallGraph,
)
from aurora_rt.toolsets.facts.probes import (
    Connectivity,
    Probes,
)
from aurora_rt.toolsets.network.connecting import read
from aurora_rt.toolsets.toolset import Looking, Observation

MOST_CALLED: Final = 8
KNOWS_SERVICES: Final = (
    "topology.dependencies",
    "telemetry.compare",
    "kubernetes.get",
    "logs.search",
    "changes.list",
    "probes.check",
)
"""Where none of these can be used, a service is a name that leads nowhere."""


def probes_inquiry(reading: Reading) -> Inquiry:
    """Every configured probe."""
    about = about_of(reading)

    async def pursue(look: Look) -> Outcome:
        seen = await look("probes.check")
        found = evidence_of(seen, Probes)
        return outcome(probed(found, about) if found else Assessment(), [seen], reading.families)

    opening = "Users see a system from outside. Looking at every configured address as they do."
    return Inquiry("probes", opening, pursue)


def reachable_wanted(reading: Reading, tools: Looking) -> bool:
    """Whether there is a service to try, and something that may know it."""
    return bool(about_of(reading)) and any(map(tools.has, KNOWS_SERVICES))


def reachable_inquiry(reading: Reading, tools: Looking) -> Inquiry:
    """Whether the alert's service, and those that it calls, can be connected to.

    No port is given: the name may come from anybody, and only what is configured or recorded answers to it.
    """
    service = about_of(reading)

    async def pursue(look: Look) -> Outcome:
        hosts = [service]
        if tools.has("topology.dependencies"):
            graph = evidence_of(await look("topology.dependencies", service=service), CallGraph)
            hosts += [callee for caller, callee in graph.facts.calls if caller == service] if graph else []
        wanted = list(dict.fromkeys(hosts))[: MOST_CALLED + 1]
        seen = await asyncio.gather(*(look("network.connectivity", host=host) for host in wanted))
        found = [evidence for one in seen if (evidence := _connectivity(one)) is not None]
        if not found:
            # Whom it calls may not be known here, and yet be recorded.
            every = await look("network.connectivity", **{"from": service})
            seen, found = [every], [one for one in [_connectivity(every)] if one is not None]
        # What was not tried is unknown: it says nothing, and is not worth telling.
        if not found:
            return Outcome("Nothing tells where to try it.", "limitation")
        return outcome(reached(found, service), [one for one in seen if one.error is None], reading.families)

    opening = f"Whether {code(service, 80)} and what it calls can be reached at all is soon told."
    return Inquiry("reachable", opening, pursue)


def about_of(reading: Reading) -> str:
    """The service that the alert is about; `""` when it names none."""
    return reading.alert.service or reading.case.service


def _connectivity(seen: Observation) -> Evidence[Connectivity] | None:
    """What an attempt came to; one that failed is told as an error by some."""
    if seen.error is None:
        return evidence_of(seen, Connectivity)
    facts = read(seen.error, seen.parameters)
    failed = facts is not None and facts.outcome not in ("open", "unknown")
    return Evidence(facts, seen.cite, seen.error) if facts and failed else None
