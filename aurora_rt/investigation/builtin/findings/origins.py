"""What speaks for each place of a system being where the trouble begins: three kinds of evidence. Pure.

Trouble that is handed up (slow answers, errors) is followed down the call graph (`blame`); without a graph, the place
whose own answers changed by the largest factor has most of it, because every caller dilutes what it waits for with
time of its own. Use of what is a place's own (processor, memory, storage, sockets) tells by itself where it grew at one
place and not everywhere, and by more than there was more to do. Traffic counts as a beginning only where it enters.
That a place stopped reporting, while others went on, is the plainest of all (`standing`).
"""

import math
from collections.abc import Iterable, Mapping
from statistics import fmean
from typing import Final

from aurora_rt.investigation.builtin.blame import OUT_OF_RANGE, Excess, blamed
from aurora_rt.investigation.builtin.deviation import NOTABLE
from aurora_rt.investigation.builtin.findings.finding import share_of
from aurora_rt.investigation.builtin.findings.standing import MATERIAL, Board, Seen, Standing, Wanted
from aurora_rt.investigation.builtin.measures import RESOURCES, SYMPTOMS, Aspect, trifle

DOUBLED: Final = 1.0
"""Doublings of use that are plain."""
BESIDE: Final = 0.5
"""What trouble counts that is handed up and not what the alert is about."""
IN_FLIGHT: Final = frozenset[Aspect]({"descriptors", "pool", "queue"})
"""What there is the more of, the longer each request takes."""
FULL: Final = 0.9
"""The share from which on something is used up."""
MORE_TRAFFIC: Final = 1.3
"""By what factor more must be asked to be a beginning."""


def chosen(standing: Standing, aspect: Aspect, wanted: Wanted, steady: str) -> Seen | None:
    """The measurement of a place that stands for an aspect: the named one, else of the statistic that is comparable."""
    own = standing.of(aspect)
    named = [one for one in own if one.measured.metric == wanted.metric] or own
    if not named:
        return None
    return max(
        named,
        key=lambda one: (
            one.measured.statistic == wanted.statistic and bool(wanted.statistic),
            one.measured.metric == steady,
            -_order(one.measured.statistic),
            one.change.score,
        ),
    )


_STATISTICS: Final = ("average", "avg", "mean", "", "p50", "p90", "p95", "p99", "max", "sum")


def _order(statistic: str) -> int:
    lowered = statistic.casefold()
    return _STATISTICS.index(lowered) if lowered in _STATISTICS else len(_STATISTICS)


def steady_metric(found: Board, aspect: Aspect) -> str:
    """The measurement of an aspect that most places have: amounts of different ones cannot be compared."""
    counts: dict[str, int] = {}
    for one in found.places.values():
        for metric in {seen.measured.metric for seen in one.of(aspect)}:
            counts[metric] = counts.get(metric, 0) + 1
    return min(counts, key=lambda metric: (-counts[metric], metric)) if counts else ""


def compared(found: Board, aspect: Aspect, wanted: Wanted) -> dict[str, Seen]:
    """Node → the measurement that stands for `aspect` there."""
    steady = steady_metric(found, aspect)
    return {
        node: one
        for node, standing in found.places.items()
        if (one := chosen(standing, aspect, wanted, steady)) is not None
    }


def weigh_symptoms(found: Board, wanted: Wanted) -> dict[str, Seen]:
    """Share out the trouble that is handed up: of what the alert is about, and less of what else is handed up.

    What comes back is each place's measurement of what the alert is about.
    """
    symptoms = list(dict.fromkeys((*wanted.aspects, *sorted(SYMPTOMS))))
    present = [(one, seen) for one in symptoms if (seen := compared(found, one, wanted))]
    if not present:
        return {}
    rest = dict(present)
    first = next((one for one in wanted.aspects if one in rest), present[0][0])
    for aspect, seen in present:
        if aspect != first and aspect not in SYMPTOMS:
            continue
        for node, share in _shares(found, aspect, seen).items():
            one = found.places[node]
            part = share * (1.0 if aspect == first else BESIDE)
            one.blame = 1 - (1 - one.blame) * (1 - part)
    return rest[first]


def _shares(found: Board, aspect: Aspect, seen: Mapping[str, Seen]) -> dict[str, float]:
    out = {node for node, one in seen.items() if one.out}
    silent = {node for node, one in found.places.items() if one.silent}
    if not out:
        return {}
    if not found.calls or (found.root is not None and not any(found.root in pair for pair in found.calls)):
        return _by_factor(found, aspect, {node: seen[node] for node in out})
    rates = _rates(found) if _is_per_call(aspect, seen.values()) else {}
    excess = {
        node: Excess(one.change.amount, one.change.score, rates.get(node, 0.0)) for node, one in seen.items()
    }
    worst = max(one.change.amount for one in seen.values())
    for node in silent:
        excess[node] = Excess(worst, 1000.0, 0.0)
    additive = aspect in SYMPTOMS and len({one.measured.metric for one in seen.values()}) == 1
    if found.root in out:
        tops = {str(found.root): 1.0}
    else:
        called = {callee for caller, callee in found.calls if caller in out}
        tops = {node: seen[node].change.score for node in out if node not in called} or dict.fromkeys(
            out, 1.0
        )
    whole = sum(tops.values())
    shares: dict[str, float] = {}
    for top, weight in tops.items():
        for one in blamed(top, excess, found.calls, additive=additive):
            if one.node in found.places:
                shares[one.node] = shares.get(one.node, 0.0) + one.share * weight / whole
    return shares


def _by_factor(found: Board, aspect: Aspect, out: Mapping[str, Seen]) -> dict[str, float]:
    rates = _rates(found)
    by_call = aspect == "errors" and all(rates.get(node) for node in out)
    weights = {
        node: (one.change.amount / rates[node] if by_call else one.change.amount)
        if aspect in ("errors", "availability")
        else min(100.0, one.factor) - 1
        for node, one in out.items()
    }
    whole = sum(weights.values())
    return {node: weight / whole for node, weight in weights.items()} if whole > 0 else {}


def _rates(found: Board) -> dict[str, float]:
    """How often each place is called, in whatever unit the system counts in: one that is the same for all."""
    steady = steady_metric(found, "traffic")
    return {
        node: fmean(value for _, value in traffic[0].measured.points)
        for node, one in found.places.items()
        if (
            traffic := [
                seen for seen in one.of("traffic") if seen.measured.metric == steady and seen.measured.points
            ]
        )
    }


def _is_per_call(aspect: Aspect, seen: Iterable[Seen]) -> bool:
    """Whether amounts are of one call: seconds, or a share of calls that fail. Errors that are counted are not."""
    return aspect == "latency" or all(max(one.change.amount, one.change.highest) <= 1.0 for one in seen)


def weigh_use(found: Board) -> None:
    """How plainly something of its own grew at each place alone."""
    for aspect in sorted(RESOURCES):
        weights: dict[str, tuple[float, Seen]] = {}
        scale = _scales(found, aspect)
        for node, one in found.places.items():
            for seen in one.of(aspect):
                if not seen.out or seen.change.peak <= seen.change.before:
                    continue
                grown = _doublings(seen, scale[seen.measured.metric]) - _more_to_do(one) - _waited(one, seen)
                if grown > weights.get(node, (math.log2(MATERIAL), None))[0]:
                    weights[node] = (grown, seen)
        whole = sum(weight for weight, _ in weights.values())
        for node, (weight, seen) in weights.items():
            one = found.places[node]
            plain = min(1.0, weight / DOUBLED) * (weight / whole) * far(seen)
            if plain > one.use:
                one.used = seen
            one.use = max(one.use, plain)


def _scales(found: Board, aspect: Aspect) -> dict[str, float]:
    """Metric → what counts as next to nothing of it: a share of the most that any place has, or what its unit says."""
    names = {seen.measured.metric for one in found.places.values() for seen in one.of(aspect)}
    scales = {name: trifle(name) for name in names}
    for one in found.places.values():
        for seen in one.of(aspect):
            most = max(abs(seen.change.peak), abs(seen.change.before))
            scales[seen.measured.metric] = max(scales[seen.measured.metric], 0.02 * most)
    return scales


def _doublings(seen: Seen, least: float) -> float:
    return math.log2((abs(seen.change.peak) + least) / (abs(seen.change.before) + least)) if least else 0.0


def _waited(one: Standing, seen: Seen) -> float:
    """Doublings of what is in flight that come from answers taking longer (Little 1961: L = λW); what is full is so."""
    if seen.aspect not in IN_FLIGHT or _is_full(seen):
        return 0.0
    return max((math.log2(slow.factor) for slow in one.of("latency") if slow.out), default=0.0)


def _is_full(seen: Seen) -> bool:
    """Whether a share of something is used up."""
    most = max(abs(seen.change.highest), abs(seen.change.before))
    return FULL <= most <= 1.0


def _more_to_do(one: Standing) -> float:
    """Doublings of what is asked of a place."""
    return max((math.log2(seen.factor) for seen in one.of("traffic") if seen.out), default=0.0)


def weigh_traffic(found: Board) -> None:
    """Where more is asked than before, and enters."""
    more = {
        node: max(up, key=lambda seen: seen.change.score)
        for node, one in found.places.items()
        if (up := [seen for seen in one.of("traffic") if _is_more(seen)])
    }
    entries = [node for node in more if node in _doors(found)]
    for node in entries:
        one = found.places[node]
        one.more = more[node]
        one.traffic = min(1.0, math.log2(more[node].factor)) / len(entries)
    if entries:
        moved = sum(_excused(one) for one in found.places.values())
        for node in entries:
            one = found.places[node]
            one.traffic = 1 - (1 - one.traffic) * (1 - min(1.0, moved) / len(entries))


def _excused(one: Standing) -> float:
    """Take from a place the blame that its having more to do explains: how much that is."""
    worse = max(
        (math.log2(seen.factor) for seen in one.seen if seen.aspect in SYMPTOMS and seen.out), default=0.0
    )
    moved = one.blame * min(1.0, _more_to_do(one) / worse) if worse else 0.0
    one.blame -= moved
    return moved


def _doors(found: Board) -> set[str]:
    """Where more to do can come in: the place that alerts, and what nobody calls and leads there.

    Deeper in, that more is asked is what a caller does. Without a graph anything may be a door, but what alerts is one.
    """
    if not found.calls:
        return {found.root} if found.root else set(found.places)
    called = {callee for caller, callee in found.calls if caller != callee}
    if found.root is None:
        return {node for node in found.places if node not in called}
    above, waiting = {found.root}, [found.root]
    while waiting:
        here = waiting.pop()
        further = {caller for caller, callee in found.calls if callee == here} - above
        above |= further
        waiting += further
    return {node for node in above if node not in called} | {found.root}


def _is_more(seen: Seen) -> bool:
    """Whether more is asked. Traffic varies by nature, and all places have it in common: less will do."""
    rose = seen.change.peak > seen.change.before
    return rose and seen.change.score >= OUT_OF_RANGE and seen.factor >= MORE_TRAFFIC


def is_calm(found: Board, seen: Mapping[str, Seen]) -> bool:
    """Whether the alerting place itself is as usual."""
    one = seen.get(found.root or "")
    return one is not None and one.change.score < OUT_OF_RANGE and not found.places[str(found.root)].silent


def is_quiet(found: Board) -> bool:
    """Whether nobody at all answers slower or worse than usual, and nobody fell silent."""
    return not any(one.silent or any(_suffers(seen) for seen in one.seen) for one in found.places.values())


def _suffers(seen: Seen) -> bool:
    """Whether callers would notice: a rise of less than five milliseconds they don't."""
    return seen.aspect in SYMPTOMS and seen.out and seen.change.amount > trifle(seen.measured.metric)


def far(one: Seen | None) -> float:
    """How far a measurement is from usual, 0 to 1."""
    return share_of(one.change.score, 2 * NOTABLE) if one else 0.0
