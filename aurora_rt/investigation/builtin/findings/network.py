"""Whether the host's network loses packets or drowns in connections."""

from typing import Final

from aurora_rt.investigation.builtin.evidence import Evidence
from aurora_rt.investigation.builtin.findings.finding import Assessment, Cleared, Finding, Role, share_of
from aurora_rt.investigation.builtin.wording import plain
from aurora_rt.toolsets.facts.host import (
    Network,
)

RETRANSMITTED: Final = 3.0
"""Percent of sent segments."""
PILED_UP: Final = {"CLOSE_WAIT": 200, "SYN_RECV": 100, "SYN_SENT": 100, "TIME_WAIT": 10_000}
"""Connections in a state that should be short."""
LOST: Final = 1000
"""Errors and drops of an interface since boot."""


def network(seen: Evidence[Network]) -> Assessment:
    """What interfaces and connections tell."""
    findings = [*_retransmissions(seen), *_connections(seen), *_interfaces(seen)]
    if findings:
        return Assessment(tuple(findings))
    return Assessment(
        cleared=(Cleared("network", f"Interfaces, connections and retransmissions look usual {seen.cite}."),)
    )


def _retransmissions(seen: Evidence[Network]) -> list[Finding]:
    percent = seen.facts.retransmit_percent
    if percent is None or percent < RETRANSMITTED:
        return []
    shown = seen.shown(f"{percent:.1f}", plain(percent), f"{percent:.2f}")
    claim = f"{shown} % of the TCP segments are sent again {seen.cite}."
    return [_finding("TCP", claim, 0.4 + 0.6 * share_of(percent, 15), "culprit")]


def _connections(seen: Evidence[Network]) -> list[Finding]:
    return [
        _finding("TCP", f"{count} connections are in state {state} {seen.cite}.", 0.6, "symptom")
        for state, count in sorted(seen.facts.connections.items())
        if count >= PILED_UP.get(state, count + 1)
    ]


def _interfaces(seen: Evidence[Network]) -> list[Finding]:
    return [
        _finding(
            f"interface {one.name}",
            f"Interface {one.name} counts {one.errors} errors and {one.drops} drops since boot {seen.cite}.",
            0.3,
            "clue",
        )
        for one in seen.facts.interfaces
        if one.errors + one.drops >= LOST
    ]


def _finding(node: str, claim: str, strength: float, role: Role) -> Finding:
    return Finding("network_fault", node, claim, strength, role)
