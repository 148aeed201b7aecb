"""How well alerts are put together, by the pairs of them: `python tests/alerts/correlation_score.py [first] [seeds]`.

Precision is the share of the pairs within an incident that are of one cause, recall the share of a cause's pairs that
are within one incident. Each alert comes alone, in the order in which they begin, or shuffled within some minutes;
incidents resolve when their last alert is over.
"""

import heapq
import random
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from alerts.correlation_set import HOURS, Told, made

from aurora_rt.alerts.correlation.placing import Known, place
from aurora_rt.alerts.correlation.service_map import NO_MAP, ServiceMap

WINDOW = timedelta(minutes=10)
QUIET = timedelta(seconds=30)
HELD_OUT = range(2000, 2010)
"""Seeds on which nothing was ever tuned."""


@dataclass(frozen=True)
class Score:
    """Pairs that were put together, those that belong together, and those that are both."""

    together: int = 0
    belong: int = 0
    right: int = 0

    def __add__(self, other: "Score") -> "Score":
        return Score(self.together + other.together, self.belong + other.belong, self.right + other.right)

    @property
    def precision(self) -> float:
        return self.right / self.together if self.together else 1.0

    @property
    def recall(self) -> float:
        return self.right / self.belong if self.belong else 1.0

    def __str__(self) -> str:
        return f"precision {self.precision:.3f}  recall {self.recall:.3f}  ({self.belong} pairs)"


def placed(told: Sequence[Told], service_map: ServiceMap = NO_MAP, window: timedelta = WINDOW) -> list[UUID]:
    """The incident of each alert, when they come in this order."""
    known = Known(window, told[0].at, service_map)
    home: dict[UUID, UUID] = {}
    over: dict[UUID, object] = {}
    ends: list[tuple[object, UUID]] = []
    incidents: list[UUID] = []
    latest = told[0].at
    for one in told:
        latest = max(latest, one.at)
        while ends and ends[0][0] < latest:  # type: ignore[operator]
            at, incident_id = heapq.heappop(ends)
            incident_id = _home(incident_id, home)
            if over[incident_id] <= at:  # type: ignore[operator]
                known.pool.remove(incident_id)
        known.at = latest
        known.bridges.clear()
        (placement,) = place([one.alert], {}, known=known)
        incidents.append(placement.incident_id)
        for bridge in known.bridges:
            gone, into = _home(bridge.incident_id, home), _home(bridge.into, home)
            if gone != into:
                known.pool.merge(gone, into)
                home[gone] = into
                over[into] = max(over[into], over[gone])  # type: ignore[type-var]
        shown = _home(placement.incident_id, home)
        over[shown] = max(over.get(shown, one.over_at + QUIET), one.over_at + QUIET)  # type: ignore[type-var]
        heapq.heappush(ends, (over[shown], shown))
    return [_home(one, home) for one in incidents]


def _home(incident_id: UUID, home: dict[UUID, UUID]) -> UUID:
    while incident_id in home:
        incident_id = home[incident_id]
    return incident_id


def scored(told: Sequence[Told], incidents: Sequence[UUID]) -> Score:
    """By pairs."""
    return Score(
        together=pairs(incidents),
        belong=pairs([one.cause for one in told]),
        right=pairs([(one.cause, where) for one, where in zip(told, incidents, strict=True)]),
    )


def pairs(names: Iterable[object]) -> int:
    counts: dict[object, int] = {}
    for name in names:
        counts[name] = counts.get(name, 0) + 1
    return sum(many * (many - 1) // 2 for many in counts.values())


def shuffled(told: Sequence[Told], seed: int, within: float) -> list[Told]:
    """In another order: each comes up to so many seconds late."""
    chance = random.Random(seed)
    return sorted(told, key=lambda one: one.at + timedelta(seconds=chance.uniform(0, within)))


def run(
    seeds: Iterable[int], *, known: bool = True, late: float = 0.0, hours: float = HOURS, apart: bool = True
) -> Score:
    """All sets of these seeds."""
    total = Score()
    for seed in seeds:
        one = made(seed, hours, apart=apart)
        told = shuffled(one.told, seed, late) if late else one.told
        total += scored(told, placed(told, ServiceMap(one.calls) if known else NO_MAP))
    return total


def by_kind(seeds: Iterable[int]) -> dict[str, tuple[int, int]]:
    """Of each kind of cause, the pairs that were found, and all."""
    found: dict[str, tuple[int, int]] = {}
    for seed in seeds:
        one = made(seed)
        incidents = placed(one.told, ServiceMap(one.calls))
        for kind in sorted({told.kind for told in one.told}):
            mine = [n for n, told in enumerate(one.told) if told.kind == kind]
            score = scored([one.told[n] for n in mine], [incidents[n] for n in mine])
            right, belong = found.get(kind, (0, 0))
            found[kind] = (right + score.right, belong + score.belong)
    return found


if __name__ == "__main__":
    first, many = (int(one) for one in [*sys.argv[1:], *("1", "8")[len(sys.argv) - 1 :]])
    seeds = range(first, first + many)
    sets = [made(seed) for seed in seeds]
    told, causes = sum(len(one.told) for one in sets), sum(len({t.cause for t in one.told}) for one in sets)
    sys.stdout.write(f"{told} alerts of {causes} causes in {many} sets\n")
    sys.stdout.write(f"in order:              {run(seeds)}\n")
    sys.stdout.write(f"up to 5 min late:      {run(seeds, late=300)}\n")
    sys.stdout.write(f"without a service map: {run(seeds, known=False)}\n")
    sys.stdout.write(f"causes may touch:      {run(seeds, apart=False)}\n")
    for kind, (right, belong) in by_kind(seeds).items():
        sys.stdout.write(f"  {kind:18} {right:5} of {belong:5} pairs\n")
