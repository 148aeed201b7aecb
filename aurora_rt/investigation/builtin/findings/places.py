"""Which place of a system the trouble comes from, by measurements of all places and the call graph.

What is compared is what the alert is about: its own measurement where it names one, else those of its family. The
blame goes down the call graph (`blame`); what else is out of range at the blamed place says which kind of fault.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean
from typing import Final

from aurora_rt.investigation.builtin.blame import OUT_OF_RANGE, Blamed, Excess, blamed, folded
from aurora_rt.investigation.builtin.deviation import NOTABLE
from aurora_rt.investigation.builtin.evidence import Evidence
from aurora_rt.investigation.builtin.families import (
    FAMILY_OF_KIND,
    KIND_OF_FAMILY,
    Family,
    Kind,
    families_in,
    words_of,
)
from aurora_rt.investigation.builtin.findings.departure import Departure, departure, inverted
from aurora_rt.investigation.builtin.findings.finding import Assessment, Cleared, Finding, Subject, share_of
from aurora_rt.investigation.builtin.wording import code, counted, joined, plain
from aurora_rt.toolsets.facts.places import (
    CallGraph,
    Measured,
    Telemetry,
)

MOST_NAMED: Final = 5
ADDITIVE: Final = frozenset[Family]({"latency", "errors", "availability"})
"""Families whose amounts a caller has from what it calls."""
OWN_TROUBLE: Final = 0.01
"""The share of the blame from which on it is worth a number."""
CALM: Final = 0.75
"""What blame counts when the alerting place itself is as usual: the alert may be over, or wrong."""
_TELLING: Final = frozenset[Family]({"cpu", "memory", "disk", "io", "descriptors", "network", "traffic"})
"""Families that say why a place is slow or fails."""
_CALLS: Final = re.compile(r"\b(requests?|calls?|rps|qps|throughput|traffic|invocations?|hits)\b")
_STATISTICS: Final = ("average", "avg", "mean", "", "p50", "p90", "p95", "p99", "max", "sum")


@dataclass(frozen=True, slots=True)
class Asked:
    """What the alert is about, for comparing places."""

    service: str
    families: Sequence[Family]
    metric: str = ""
    """The measurement that its labels name, if they do."""
    statistic: str = ""
    anchor: float = 0.0
    """Unix time of the alert's start."""


@dataclass(frozen=True, slots=True)
class _Place:
    node: str
    chosen: Measured
    departure: Departure
    others: tuple[tuple[Measured, Departure], ...]
    """Its measurements of telling families that are out of range, the furthest first."""


def places(seen: Evidence[Telemetry], graph: Evidence[CallGraph] | None, asked: Asked) -> Assessment:
    """The places that the trouble comes from, most to blame first."""
    compared = _compared(seen.facts.measured, asked)
    out = [one for one in compared.values() if one.departure.score >= NOTABLE]
    if not out:
        claim = f"None of {counted(len(compared), 'place')} is out of its usual range {seen.cite}."
        return Assessment(cleared=(Cleared(asked.families[0], claim),)) if compared else Assessment()
    calls = graph.facts.calls if graph else ()
    ranked = _ranked(compared, calls, asked, seen.facts.measured)
    root = compared.get(_root(compared, asked) or "")
    calm = root is not None and root.departure.score < OUT_OF_RANGE
    cites = f"{seen.cite} {graph.cite}" if graph else seen.cite
    findings = [
        _finding(compared[one.node], one.share, names, asked, cites, calm=calm)
        for one, names in ranked[:MOST_NAMED]
        if one.node in compared
    ]
    named = {name for one, names in ranked for name in (one.node, *names)}
    rest = sorted((one for one in out if one.node not in named), key=lambda one: -one.departure.score)
    findings += [_aside(one, asked, seen.cite) for one in rest[: MOST_NAMED - len(findings)]]
    return Assessment(tuple(findings))


def _compared(measured: Iterable[Measured], asked: Asked) -> dict[str, _Place]:
    """Place by name, with the measurement that counts and how far it is from usual."""
    by_node: dict[str, list[Measured]] = {}
    for one in measured:
        by_node.setdefault(one.node, []).append(one)
    wanted = _wanted({one.metric for every in by_node.values() for one in every}, asked)
    found = {}
    for node, every in by_node.items():
        departures = [(one, change) for one in every if (change := departure(one, asked.anchor)) is not None]
        own = [pair for pair in departures if pair[0].metric in wanted]
        if not own:
            continue
        chosen, change = max(own, key=lambda pair: _preference(pair[0], pair[1], asked))
        others = sorted(
            (
                pair
                for pair in departures
                if pair[0] is not chosen and _tells(pair[0]) and pair[1].score >= NOTABLE
            ),
            key=lambda pair: -pair[1].score,
        )
        found[node] = _Place(node, chosen, change, tuple(others))
    return found


def _wanted(metrics: set[str], asked: Asked) -> set[str]:
    """The measurements that the alert is about: named, of its families in turn, or else all."""
    if asked.metric in metrics:
        return {asked.metric}
    for family in asked.families:
        same = {one for one in metrics if family in families_in(one)}
        if same:
            return same
    return metrics


def _preference(one: Measured, change: Departure, asked: Asked) -> tuple[bool, int, float]:
    statistic = one.statistic.casefold()
    known = _STATISTICS.index(statistic) if statistic in _STATISTICS else len(_STATISTICS)
    return (one.statistic == asked.statistic, -known, change.score)


def _tells(one: Measured) -> bool:
    return not _TELLING.isdisjoint(families_in(one.metric))


def _ranked(
    compared: Mapping[str, _Place],
    calls: Sequence[tuple[str, str]],
    asked: Asked,
    measured: Sequence[Measured],
) -> list[tuple[Blamed, tuple[str, ...]]]:
    rates = _rates(measured)
    excess = {
        node: Excess(one.departure.amount, one.departure.score, rates.get(node, 0.0))
        for node, one in compared.items()
    }
    additive = _additive(compared.values())
    root = _root(compared, asked)
    if root is not None and (not calls or any(root == caller for caller, _ in calls)):
        return folded(blamed(root, excess, calls, additive=additive), calls)
    # Whoever alerts is not among the places: then everything that nobody out of range calls is a beginning.
    out = [node for node, one in excess.items() if one.score >= NOTABLE]
    called = {callee for caller, callee in calls if caller in out}
    tops = [node for node in out if node not in called] or out
    whole = sum(excess[node].score for node in tops)
    shares: dict[str, float] = {}
    for top in tops:
        for one in blamed(top, excess, calls, additive=additive):
            shares[one.node] = shares.get(one.node, 0.0) + one.share * excess[top].score / whole
    ordered = sorted(shares, key=lambda node: (-shares[node], node))
    return folded([Blamed(node, shares[node]) for node in ordered], calls)


def _additive(compared: Iterable[_Place]) -> bool:
    metrics = {one.chosen.metric for one in compared}
    return len(metrics) == 1 and not ADDITIVE.isdisjoint(families_in(*metrics))


def _root(compared: Mapping[str, _Place], asked: Asked) -> str | None:
    wanted = asked.service.casefold()
    return next((node for node in compared if node.casefold() == wanted), None)


def _rates(measured: Iterable[Measured]) -> dict[str, float]:
    """How often each place is called, in whatever unit the system counts in."""
    found: dict[str, float] = {}
    for one in measured:
        if one.points and _CALLS.search(words_of(one.metric)):
            found.setdefault(one.node, fmean(value for _, value in one.points))
    return found


def _finding(
    place: _Place, share: float, names: tuple[str, ...], asked: Asked, cites: str, *, calm: bool
) -> Finding:
    kind = _kind(place, asked)
    strength = (0.25 + 0.65 * share**0.5) * (CALM if calm else 1.0) * (0.6 + 0.4 * _far(place))
    alias = f" (also known as {joined([code(name, 80) for name in names])})" if names else ""
    because = ""
    if place.others:
        because = f" {_moved(*place.others[0])} there."
    where = (
        f"about {share:.0%} of the trouble begins there, not in what it calls"
        if share >= OWN_TROUBLE
        else "little of the trouble begins there itself"
    )
    claim = f"At {code(place.node, 120)}{alias} {_moved(place.chosen, place.departure)}; {where} {cites}.{because}"
    query = f"{place.node} {place.chosen.metric}"
    return Finding(
        kind, place.node, claim, strength, "culprit", Subject(query=query), None, on_host=False, own=True
    )


def _aside(place: _Place, asked: Asked, cite: str) -> Finding:
    """A place that is out of range, and that the alerting one does not depend on."""
    claim = (
        f"At {code(place.node, 120)} {_moved(place.chosen, place.departure)}, though nothing that alerts is known to "
        f"call it {cite}."
    )
    query = f"{place.node} {place.chosen.metric}"
    strength = 0.25 + 0.1 * share_of(place.departure.score, 50)
    return Finding(
        _kind(place, asked),
        place.node,
        claim,
        strength,
        "culprit",
        Subject(query=query),
        None,
        on_host=False,
    )


def _far(place: _Place) -> float:
    return share_of(place.departure.score, 2 * NOTABLE)


def _kind(place: _Place, asked: Asked) -> Kind:
    if place.others:
        first = families_in(place.others[0][0].metric)
        return KIND_OF_FAMILY[next(family for family in first if family in _TELLING)]
    own = families_in(place.chosen.metric) or tuple(asked.families)
    kind = KIND_OF_FAMILY[own[0]]
    # Fewer good answers are more bad ones; that nothing answers at all is another kind of fault.
    return "error_rate" if FAMILY_OF_KIND[kind] == "availability" and inverted(place.chosen) else kind


def _moved(one: Measured, change: Departure) -> str:
    name = code(" ".join(part for part in (one.metric, one.statistic) if part), 80)
    way = "rose" if change.peak > change.before else "fell"
    return f"{name} {way} from {plain(change.before)} to {plain(change.peak)}"
