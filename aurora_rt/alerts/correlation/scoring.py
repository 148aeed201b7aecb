"""How much speaks for an alert and an open incident being of one cause, and why in a sentence: pure.

Evidence comes in families; of each the strongest counts, and what remains of the doubt is multiplied: two signs of
0.5 make 0.75. Likeness of titles only adds to other evidence, never stands alone. A sign that many open incidents
share says little about which; one that more than `pool.SHARED` of them share says nothing.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final, Literal
from uuid import UUID

from aurora_rt.alerts.correlation.subject import Subject
from aurora_rt.alerts.correlation.words import likeness

Family = Literal["same", "called", "calls", "host", "space", "zone", "theme", "named", "pair", "sibling"]

STRATEGIES: Final[Mapping[Family, str]] = {
    "same": "same_service",
    "called": "topology",
    "calls": "topology",
    "host": "same_host",
    "space": "same_place",
    "zone": "same_place",
    "theme": "same_trouble",
    "named": "named",
    "pair": "known_pair",
    "sibling": "topology",
}
DECAY: Final = 0.4
THRESHOLD: Final = 0.5
BRIDGE: Final = 0.55
LIKENESS: Final = 0.25
"""What equal titles add, at most."""
SPAN: Final[Mapping[Family, float]] = {
    "called": 0.4,
    "calls": 0.4,
    "space": 0.4,
    "theme": 0.4,
    "zone": 0.4,
    "named": 0.6,
    "sibling": 0.2,
}
"""The share of the window after which a family says nothing any more, where that is not the whole: trouble runs along
calls within minutes, while the rules about one thing wait for longer and shorter times."""
EXPLAINS: Final[frozenset[Family]] = frozenset({"same", "called", "host"})
"""Families by which an alert may show that two incidents are one: it is what both have, not what suffers from both."""


@dataclass(frozen=True, slots=True)
class Sign:
    """What it would mean if an open incident had a certain key."""

    key: str
    family: Family
    weight: float
    text: str
    """A reason, without when: "Same host db-1"."""


@dataclass(frozen=True, slots=True)
class Mark:
    """A key of an incident, and when its alerts that have it began: the first and the last."""

    first_at: datetime
    last_at: datetime

    def gap(self, at: datetime) -> timedelta:
        """How far off `at` is from that time."""
        return max(self.first_at - at, at - self.last_at, timedelta())


@dataclass(frozen=True, slots=True)
class Candidate:
    """An open incident that shares something with an alert."""

    incident_id: UUID
    environment: str
    cluster: str
    words: frozenset[str]
    resources: frozenset[str]
    started_at: datetime
    marks: Mapping[str, Mark]


@dataclass(frozen=True, slots=True)
class Scored:
    """How an incident does."""

    incident_id: UUID
    score: float
    family: Family
    reason: str

    @property
    def strategy(self) -> str:
        """What decided, for programs."""
        return STRATEGIES[self.family]


@dataclass(frozen=True, slots=True)
class Decision:
    """Which incident an alert joins, or none: then it opens one; and which others turn out to be the same trouble."""

    joins: Scored | None = None
    bridges: Sequence[Scored] = field(default=())


def correlate(
    subject: Subject,
    signs: Sequence[Sign],
    candidates: Sequence[Candidate],
    shared: Mapping[str, int],
    window: timedelta,
) -> Decision:
    """Decide. `shared` says how many open incidents have a key."""
    told = [
        one
        for candidate in candidates
        if possible(subject, candidate) and (one := _scored(subject, signs, candidate, shared, window))
    ]
    if not told:
        return Decision()
    since = {one.incident_id: one.started_at for one in candidates}
    ranked = sorted(told, key=lambda one: (-one.score, since[one.incident_id], one.incident_id))
    best = ranked[0]
    if best.score < THRESHOLD:
        return Decision()
    of = {one.incident_id: one for one in candidates}
    bridges = [
        one
        for one in ranked[1:]
        if one.score >= BRIDGE
        and best.score >= BRIDGE
        and {one.family, best.family} <= EXPLAINS
        and together(of[best.incident_id], of[one.incident_id])
        and abs(since[one.incident_id] - subject.at) <= window
    ]
    return Decision(best, tuple(bridges))


def possible(subject: Subject, candidate: Candidate) -> bool:
    """Whether nothing forbids it: another environment, another cluster."""
    return _agree(subject.environment, candidate.environment) and _agree(subject.cluster, candidate.cluster)


def together(one: Candidate, other: Candidate) -> bool:
    """Whether two incidents may be of one cause."""
    return _agree(one.environment, other.environment) and _agree(one.cluster, other.cluster)


def _agree(one: str, other: str) -> bool:
    return not one or not other or one == other


def _scored(
    subject: Subject,
    signs: Sequence[Sign],
    candidate: Candidate,
    shared: Mapping[str, int],
    window: timedelta,
) -> Scored | None:
    strongest: dict[Family, tuple[float, Sign, Mark]] = {}
    for sign in signs:
        mark = candidate.marks.get(sign.key)
        span = window * SPAN.get(sign.family, 1.0)
        if mark is None or (gap := mark.gap(subject.at)) > span:
            continue
        weight = sign.weight * (1 - DECAY * (gap / span)) / max(1, shared.get(sign.key, 1)) ** 0.4
        if sign.family == "host" and _other_resource(subject, candidate):
            weight *= 0.4
        if weight > strongest.get(sign.family, (0.0,))[0]:
            strongest[sign.family] = (weight, sign, mark)
    if not strongest:
        return None
    doubt = 1 - LIKENESS * likeness(subject.words, candidate.words)
    for weight, _, _ in strongest.values():
        doubt *= 1 - weight
    _, sign, mark = max(strongest.values(), key=lambda one: one[0])
    return Scored(candidate.incident_id, round(1 - doubt, 3), sign.family, _sentence(sign, mark, subject.at))


def _other_resource(subject: Subject, candidate: Candidate) -> bool:
    """Whether the two speak of different things that have run out: a full disk is no busy processor."""
    return bool(subject.resources and candidate.resources) and subject.resources.isdisjoint(
        candidate.resources
    )


def _sentence(sign: Sign, mark: Mark, at: datetime) -> str:
    if at >= mark.last_at:
        return (
            f"{sign.text}, {_spoken(at - mark.last_at)} after it last fired there."
            if at > mark.last_at
            else f"{sign.text}, at the same time."
        )
    if at <= mark.first_at:
        return f"{sign.text}, {_spoken(mark.first_at - at)} before it began there."
    return f"{sign.text}, at the same time."


def _spoken(gap: timedelta) -> str:
    seconds = round(gap.total_seconds())
    return f"{seconds} s" if seconds < 120 else f"{round(seconds / 60)} min"
