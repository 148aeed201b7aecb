"""Databases that do not answer, or have no connection left: that is a finding about them. Pure."""

from collections.abc import Sequence
from typing import Final

from aurora_rt.investigation.builtin.families import Kind
from aurora_rt.investigation.builtin.findings.databases.tongue import TONGUES, Speaks, found
from aurora_rt.investigation.builtin.findings.finding import Assessment
from aurora_rt.investigation.builtin.wording import foreign
from aurora_rt.toolsets.facts.databases import Refusal, Silent

_MEANS: Final[dict[Refusal, tuple[Kind, float]]] = {
    "exhausted": ("pool_exhausted", 0.97),
    "unreachable": ("dependency_down", 0.92),
    "starting": ("dependency_down", 0.9),
    "slow": ("dependency_down", 0.8),
}
_LOOK: Final[dict[Speaks, str]] = {
    "postgresql": "SELECT 1",
    "mysql": "SELECT 1",
    "redis": "PING",
}


def silence(silent: Sequence[Silent], cite: str, speaks: Speaks) -> Assessment:
    """A finding for each that is away; none for those that only do not let us in."""
    look = TONGUES[speaks].typed(_LOOK[speaks])
    return Assessment(
        tuple(
            found(kind, one.database, f"{foreign(one.reason, 300).rstrip('.')} {cite}.", strength, look)
            for one in silent
            if one.cause in _MEANS
            for kind, strength in (_MEANS[one.cause],)
        )
    )


def gaps(silent: Sequence[Silent], cite: str) -> tuple[str, ...]:
    """What could not be seen, though the database may be well."""
    return tuple(
        f"{foreign(one.reason, 300).rstrip('.')} {cite}." for one in silent if one.cause not in _MEANS
    )
