"""What a rule finds in a cluster."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from aurora_rt.investigation.builtin.families import Kind
from aurora_rt.investigation.builtin.findings.finding import Remedy, Role
from aurora_rt.investigation.builtin.kubernetes.state import State


@dataclass(frozen=True, slots=True)
class Fault:
    """Something wrong at a place."""

    kind: Kind
    place: str
    """The workload, service or node."""
    says: str
    """A sentence without its full stop and citation."""
    cite: str
    strength: float
    namespace: str = ""
    command: str = ""
    """What to type to see it."""
    remedy: Remedy | None = None
    """What would end it."""
    role: Role = "culprit"
    blames: tuple[str, ...] = ()
    """Other places that it points at: where one of them is at fault itself, this only follows from it."""


Rule = Callable[[State], Iterator[Fault]]
