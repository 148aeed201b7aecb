"""What a rule makes of a look."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from aurora_rt.investigation.builtin.families import FAMILY_OF_KIND, Family, Kind
from aurora_rt.investigation.investigator import Risk
from aurora_rt.toolsets.facts.host import (
    ProcessUse,
)

Role = Literal["culprit", "symptom", "clue"]
"""A culprit can be a cause by itself; a symptom says that there is trouble; a clue may explain it."""


@dataclass(frozen=True, slots=True)
class Remedy:
    """What would end the trouble: never done by us, proposed together with what it risks."""

    title: str
    command: str
    risk: Risk
    explained: str
    """What it does, what is lost by it, and how to undo it."""
    effect: str = ""
    """What it changes, in a sentence, where it can be run here once somebody approved it."""
    undo: str = ""
    """How to take it back, in a sentence, likewise."""


@dataclass(frozen=True, slots=True)
class Subject:
    """The thing a finding is about, for suggestions: what is known of it."""

    process: ProcessUse | None = None
    path: str = ""
    """A file."""
    deleted: bool = False
    """The file is held open but in no directory any more."""
    mount: str = ""
    query: str = ""
    """PromQL that shows it."""
    address: str = ""
    """A scrape target's `host:port`."""
    command: str = ""
    """What to type to see it."""
    names: tuple[str, ...] = ()
    """What others call it when they complain of it: a host that cannot be resolved."""
    sufferer: str = ""
    """The command line of the process that goes without because of it."""
    remedy: Remedy | None = None


@dataclass(frozen=True, slots=True)
class Finding:
    """Something out of the ordinary, with the sentence that says so."""

    kind: Kind
    node: str
    """The place, as `Cause.node`: the same for all findings about one thing."""
    claim: str
    """A whole sentence with its citations."""
    strength: float
    """0 to 1, by measure alone."""
    role: Role = "culprit"
    subject: Subject = field(default=Subject())
    began_at: datetime | None = None
    on_host: bool = True
    """Seen on the host that we run on; False for what a metrics server tells about any host."""
    own: bool = False
    """Of the very measurement that the alert is about: as close as can be, whatever kind it shows."""
    inferred: bool = False
    """Concluded from measurements or counts: it says that a place suffers, and guesses why. Else a state was seen."""

    @property
    def family(self) -> Family:
        """The family of its kind."""
        return FAMILY_OF_KIND[self.kind]


@dataclass(frozen=True, slots=True)
class Cleared:
    """Something looked at and found as usual: a sentence with its citation."""

    family: Family
    claim: str


CalmKind = Literal["resolved", "recovered", "flapping", "planned", "handled", "tight"]
"""Why an alert may be no active fault: it is over, comes and goes, was meant to be, is borne, or its bound is wrong."""


@dataclass(frozen=True, slots=True)
class Calm:
    """Why there may be no active fault: told instead of a cause, unless something was plainly seen at fault."""

    kind: CalmKind
    claim: str
    """A whole sentence with its citations."""


@dataclass(frozen=True, slots=True)
class Assessment:
    """All that a rule has to say."""

    findings: tuple[Finding, ...] = ()
    cleared: tuple[Cleared, ...] = ()
    calm: tuple[Calm, ...] = ()

    def __add__(self, other: "Assessment") -> "Assessment":
        return Assessment(
            self.findings + other.findings, self.cleared + other.cleared, self.calm + other.calm
        )


def together(parts: Iterable[Assessment]) -> Assessment:
    """Several assessments as one, in their order."""
    return sum(parts, Assessment())


def share_of(value: float, full: float) -> float:
    """`value` as a share of `full`, held between 0 and 1."""
    return min(1.0, max(0.0, value / full)) if full > 0 else 0.0
