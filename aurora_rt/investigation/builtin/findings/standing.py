"""All places of a system with their measurements, and which of them fell silent. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from statistics import median
from typing import Final

from aurora_rt.investigation.builtin.deviation import NOTABLE
from aurora_rt.investigation.builtin.findings.departure import Departure, departure
from aurora_rt.investigation.builtin.measures import Aspect, aspect_of
from aurora_rt.toolsets.comparison import LEAD
from aurora_rt.toolsets.facts.places import Measured

MATERIAL: Final = 1.2
"""By what factor something must change to matter, however steady it was."""
SILENT: Final = 5
"""Usual distances between samples without any that are a silence."""
MOST_SILENT: Final = 0.34
"""Of all places: if more fell silent, it is the recording that ended."""


@dataclass(frozen=True, slots=True)
class Seen:
    """One measurement of a place, and how far it is from usual."""

    measured: Measured
    change: Departure
    aspect: Aspect

    @property
    def factor(self) -> float:
        """By how many times it is more than before, at least 1."""
        low = abs(self.change.before)
        return max(1.0, abs(self.change.peak) / low) if low > 0 else (100.0 if self.change.peak else 1.0)

    @property
    def out(self) -> bool:
        """Whether it is out of its usual range, and by enough to matter."""
        return self.change.score >= NOTABLE and (
            self.change.peak <= self.change.before or self.factor >= MATERIAL
        )


@dataclass(slots=True)
class Standing:
    """What is known of a place, and how much speaks for it."""

    node: str
    seen: tuple[Seen, ...]
    silent: bool = False
    silent_since: float | None = None
    blame: float = 0.0
    """0 to 1: the share of the trouble that begins here."""
    use: float = 0.0
    """0 to 1: how plainly something of its own grew here alone."""
    traffic: float = 0.0
    """0 to 1: how plainly more is asked, and enters here."""
    used: Seen | None = None
    more: Seen | None = None

    def of(self, aspect: Aspect) -> list[Seen]:
        """Its measurements of one aspect."""
        return [one for one in self.seen if one.aspect == aspect]


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the alert is about: its service, its aspects in turn, and a measurement if it names one."""

    service: str
    aspects: Sequence[Aspect]
    metric: str = ""
    statistic: str = ""


@dataclass(slots=True)
class Board:
    """All places."""

    places: dict[str, Standing] = field(default_factory=dict)
    calls: Sequence[tuple[str, str]] = ()
    root: str | None = None


def board(
    measured: Iterable[Measured], calls: Sequence[tuple[str, str]], anchor: float, root: str | None
) -> Board:
    """Every place with its measurements, and which of them fell silent."""
    by_node: dict[str, list[Measured]] = {}
    for one in measured:
        by_node.setdefault(one.node, []).append(one)
    found = Board(calls=calls, root=root)
    for node, every in by_node.items():
        seen = tuple(
            Seen(one, change, aspect_of(one.metric, one.statistic))
            for one in every
            if (change := departure(one, anchor)) is not None
        )
        found.places[node] = Standing(node, seen)
    _silences(found, by_node, anchor)
    return found


def _silences(found: Board, by_node: Mapping[str, Sequence[Measured]], anchor: float) -> None:
    """Mark the places all of whose regular measurements ended around or after the alert, while others went on."""
    ends = {node: end for node, every in by_node.items() if (end := _end(every)) is not None}
    if len(ends) < 2:
        return
    last = sorted(ends.values())[-2] if len(ends) > 2 else max(ends.values())
    quiet = {}
    for node, end in ends.items():
        gap = _gap(by_node[node])
        if gap is not None and last - end > SILENT * gap and anchor - LEAD <= end:
            quiet[node] = end
    if len(quiet) <= max(1.0, MOST_SILENT * len(ends)):
        for node, end in quiet.items():
            found.places[node].silent, found.places[node].silent_since = True, end


def _end(every: Sequence[Measured]) -> float | None:
    return max((one.points[-1][0] for one in every if one.points), default=None)


def _gap(every: Sequence[Measured]) -> float | None:
    """The usual distance between samples of a place's most regular measurement; `None` for too few."""
    longest = max(every, key=lambda one: len(one.points))
    if len(longest.points) < SILENT:
        return None
    times = [at for at, _ in longest.points]
    return median(later - earlier for earlier, later in pairwise(times))
