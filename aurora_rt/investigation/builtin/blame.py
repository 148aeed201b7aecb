"""Where in a system the trouble begins: blame flows from the place that alerts down the call graph. Pure.

Every place keeps the part of its own excess (seconds of latency, share of failed calls) that what it calls does not
explain, and hands the rest on to what it calls, in proportion: the excess of a callee counts as often as it is called.
A place that merely waits for another keeps nothing; the place where time is lost, or calls begin to fail, keeps it
all. So no threshold has to guess how far a fault travels, and the alerting place, which always looks worst, is blamed
only for what is its own.

What is not additive (use of a processor, length of a queue) flows by scores: a place keeps what its score exceeds the
worst score below it.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

OUT_OF_RANGE: Final = 3.0
"""Spreads from usual on which a callee takes part of the blame."""
OF_AN_ADDRESS: Final = 0.3
"""What the blame of a mere address counts: it is how something is reached, not what it is."""
MOST_STEPS: Final = 20_000
_LEAST_FLOW: Final = 1e-3
_ADDRESS: Final = re.compile(
    r"(?:^|@)(?:[\w-]+\.)+[a-z]{2,}(?=[_:/]|$)|^\d{1,3}(?:\.\d{1,3}){3}", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Excess:
    """How much worse than usual a place is."""

    amount: float
    """In the measurement's own unit, never negative."""
    score: float
    """In spreads of what is usual, never negative."""
    calls: float = 0.0
    """How often it is called, in the same unit for all places; 0 when not known."""


@dataclass(frozen=True, slots=True)
class Blamed:
    """A place, and its share of the blame."""

    node: str
    share: float
    """0 to 1; all shares together are at most 1."""


def blamed(
    root: str, excess: Mapping[str, Excess], calls: Iterable[tuple[str, str]], *, additive: bool
) -> list[Blamed]:
    """The places that `root`'s trouble comes from or passes through, the most to blame first.

    `calls` are pairs (caller, callee); cycles do no harm. `additive`: the amounts of callees are part of their
    callers'. A root without callees out of range has all the blame.
    """
    below: defaultdict[str, list[str]] = defaultdict(list)
    for caller, callee in dict.fromkeys(calls):
        if caller != callee:
            below[caller].append(callee)
    shares = _flow(root, excess, below, additive=additive)
    weighed = {node: share * (OF_AN_ADDRESS if is_address(node) else 1.0) for node, share in shares.items()}
    return [Blamed(node, weighed[node]) for node in sorted(weighed, key=lambda node: (-weighed[node], node))]


def is_address(node: str) -> bool:
    """Whether a place is known by nothing but the address it is called at: `api.example.com`, `10.0.0.7`."""
    return bool(_ADDRESS.search(node))


def _flow(
    root: str, excess: Mapping[str, Excess], below: Mapping[str, Sequence[str]], *, additive: bool
) -> dict[str, float]:
    """Node → share. Each path is followed until nothing to speak of flows on; never twice through a node."""
    shares: defaultdict[str, float] = defaultdict(float)
    waiting: list[tuple[str, float, frozenset[str]]] = [(root, 1.0, frozenset({root}))]
    for _ in range(MOST_STEPS):
        if not waiting:
            break
        node, share, path = waiting.pop()
        given = _given(
            node, [one for one in below.get(node, ()) if one not in path], excess, additive=additive
        )
        own = max(0.0, _amount(node, excess, additive=additive) - _explained(given, additive=additive))
        total = own + sum(given.values())
        if total <= 0:
            shares[node] += share
            continue
        shares[node] += share * own / total
        waiting += [
            (callee, share * part / total, path | {callee})
            for callee, part in given.items()
            if share * part / total > _LEAST_FLOW
        ]
    return shares


def _given(
    node: str, callees: Sequence[str], excess: Mapping[str, Excess], *, additive: bool
) -> dict[str, float]:
    """What each callee that is out of its range contributes to the excess of `node`."""
    found = {}
    for callee in callees:
        one = excess.get(callee)
        if one is None or one.score < OUT_OF_RANGE or one.amount <= 0:
            continue
        found[callee] = one.amount * _per_call(excess.get(node), one) if additive else one.score
    return found


def _per_call(caller: Excess | None, callee: Excess) -> float:
    """How often the callee is called for each call of the caller, as far as the totals tell."""
    if caller is None or not caller.calls or not callee.calls:
        return 1.0
    return callee.calls / caller.calls


def _amount(node: str, excess: Mapping[str, Excess], *, additive: bool) -> float:
    one = excess.get(node)
    if one is None:
        return 0.0
    return one.amount if additive else one.score


def _explained(given: Mapping[str, float], *, additive: bool) -> float:
    return sum(given.values()) if additive else max(given.values(), default=0.0)


def folded(
    blames: Sequence[Blamed], calls: Iterable[tuple[str, str]]
) -> list[tuple[Blamed, tuple[str, ...]]]:
    """Names of one thing put together: each with its other names, and with the blame of all.

    Tracing shows one thing under several names (`billing`, `billing::Function`): of two that call each other, one's
    name begins with the other's. The name with the most blame stands for all.
    """
    pairs = {frozenset(pair) for pair in calls}
    groups: list[list[Blamed]] = []
    for one in blames:
        home = next(
            (group for group in groups if any(_alias(one.node, known.node, pairs) for known in group)), None
        )
        if home is None:
            groups.append([one])
        else:
            home.append(one)
    found = [
        (Blamed(group[0].node, sum(one.share for one in group)), tuple(one.node for one in group[1:]))
        for group in groups
    ]
    return sorted(found, key=lambda pair: (-pair[0].share, pair[0].node))


def _alias(one: str, other: str, pairs: set[frozenset[str]]) -> bool:
    short, long = sorted((one, other), key=len)
    rest = long[len(short) :]
    return long.startswith(short) and not rest[:1].isalnum() and frozenset((one, other)) in pairs
