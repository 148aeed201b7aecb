"""What follows from what: whoever calls a place that is seen to be broken has its trouble from there. Pure.

Measurements and counts of log lines say that a place suffers; a lock that is waited for, a refused connection or an
expired certificate says why. Where one place suffers and another that it depends on is seen to be broken, the first
is explained by the second. A service depends on whatever takes its core away, too; and a store that is read more than
before, on the cache that no longer answers in its stead.
"""

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Final

from aurora_rt.investigation.builtin.candidate import Candidate
from aurora_rt.investigation.builtin.families import Kind
from aurora_rt.investigation.builtin.findings.finding import Finding
from aurora_rt.investigation.builtin.names import plain_name

FOLLOWS: Final = 0.8
"""What a candidate counts whose trouble another explains."""
PLAIN: Final = 0.5
"""The score from which on a broken place explains others."""
PLAINLY: Final = 0.65
"""The score from which on it does so whatever the others'."""
BEHIND: Final = 0.9
HANDED_UP: Final = frozenset[Kind]({"latency", "error_rate", "pool_exhausted", "queue_growth"})
"""What comes to a place from what it calls, even where it says so itself."""
READ_INSTEAD: Final = frozenset[Kind](
    {"slow_query", "latency", "pool_exhausted", "descriptor_exhaustion", "cpu_saturation"}
)
"""What comes to a store when the cache before it has dropped what is asked for."""
SHORTEST: Final = 3
"""Letters of a service's name from which on a command line that contains it is the service's."""
NAMED: Final = 0.95
"""What the broken place counts of that of whoever names it."""
TELLING: Final = 0.6
"""What a state that was seen must weigh, beside the strongest measurement, to be the kind of fault."""


def telling_first(order: Sequence[int], found: Sequence[Finding], weights: Mapping[int, float]) -> list[int]:
    """The order of findings about one place, with the state that tells why, if one weighs enough, before the rest."""
    least = TELLING * weights[order[0]]
    states = [n for n in order if says_why(found[n]) and weights[n] >= least]
    return [*states[:1], *(n for n in order if n not in states[:1])]


def says_why(finding: Finding) -> bool:
    """Whether a finding is a state that was seen, and can be a cause by itself."""
    return finding.role == "culprit" and not finding.inferred


def explained(candidates: Sequence[Candidate], calls: Iterable[tuple[str, str]]) -> list[Candidate]:
    """The candidates, with less for each that merely suffers and calls a place that is seen to be broken."""
    calls = list(calls)
    candidates = _relieved(_named(candidates), calls)
    below = _below([*calls, *_taken(candidates, calls)])

    def behind(those: Sequence[Candidate], causes: Sequence[Candidate]) -> list[Candidate]:
        broken = {
            plain_name(one.node): one.score
            for one in causes
            if (_sufferers(one) or not one.findings[0].on_host) and one.score >= PLAIN
        }
        return [
            _behind(one, [broken[node] for node in below(plain_name(one.node)) & broken.keys()])
            for one in those
        ]

    # What is seen at a place may still have come to it from what it calls; so that is asked first.
    sure = [one for one in candidates if not suffers(one)]
    handed_up = behind([one for one in candidates if suffers(one) and says_why(one.findings[0])], sure)
    inferred = [one for one in candidates if not says_why(one.findings[0])]
    left = {one.node: one for one in (*sure, *handed_up, *behind(inferred, [*sure, *handed_up]))}
    return [left[one.node] for one in candidates]


def _behind(one: Candidate, causes: Sequence[float]) -> Candidate:
    """A candidate with less for having its trouble from what has the scores `causes`, if from any."""
    if not causes:
        return one
    # Of what is plainly broken, whoever merely suffers comes behind, however much it suffers.
    most = BEHIND * max(causes) if max(causes) >= PLAINLY else 1.0
    return replace(one, score=min(one.score * FOLLOWS, most))


def _relieved(candidates: Sequence[Candidate], calls: Iterable[tuple[str, str]]) -> list[Candidate]:
    """The candidates, with less for each store that is read more because a cache beside it drops what is asked for."""
    beside = _beside(calls)
    caches = {
        plain_name(one.node): one.score
        for one in candidates
        if one.kind == "cache_eviction" and one.score >= PLAIN
    }
    return [
        _behind(one, [caches[node] for node in beside(plain_name(one.node)) & caches.keys()])
        if one.kind in READ_INSTEAD
        else one
        for one in candidates
    ]


def suffers(one: Candidate) -> bool:
    """Whether what is known of a place may have come to it from what it calls."""
    return not says_why(one.findings[0]) or one.kind in HANDED_UP


def deprived(
    findings: Iterable[Finding], service: str, calls: Iterable[tuple[str, str]]
) -> tuple[Finding, ...]:
    """The findings on an alert about latency: whoever takes the core of its service is as close as can be.

    So is who takes that of a service that it calls: the time that they wait is part of what the alert measures.
    """
    names = {plain_name(service), *_below(calls)(plain_name(service))}
    return tuple(
        replace(one, own=True) if any(runs(name, one.subject.sufferer) for name in names) else one
        for one in findings
    )


def called(
    findings: Iterable[Finding], service: str, calls: Iterable[tuple[str, str]]
) -> tuple[Finding, ...]:
    """The findings; what is seen to be broken at a place that the alert's service calls is as close as can be."""
    below = _below(calls)(plain_name(service))
    return tuple(
        replace(one, own=True) if says_why(one) and not one.on_host and plain_name(one.node) in below else one
        for one in findings
    )


def runs(name: str, command: str) -> bool:
    """Whether a command line is that of the service `name`: it has the name as a whole word."""
    if len(name) < SHORTEST:
        return False
    return (
        re.search(rf"(?<![\w-]){re.escape(name)}(?![\w-])", command.casefold().replace("_", "-")) is not None
    )


def _sufferers(one: Candidate) -> list[str]:
    return [finding.subject.sufferer for finding in one.findings if finding.subject.sufferer]


def _taken(candidates: Sequence[Candidate], calls: Iterable[tuple[str, str]]) -> Iterable[tuple[str, str]]:
    """Pairs (service, whoever takes its core), like those of who calls whom."""
    places = {plain_name(node) for pair in calls for node in pair} | {
        plain_name(one.node) for one in candidates
    }
    for one in candidates:
        for command in _sufferers(one):
            yield from ((place, one.node) for place in places if runs(place, command))


def _named(candidates: Sequence[Candidate]) -> list[Candidate]:
    """Where one place says itself that another, which is seen to be broken in that way, is its trouble: the other."""
    scores = [one.score for one in candidates]
    for n, one in enumerate(candidates):
        for m, other in enumerate(candidates):
            if n != m and _says(one, other) and not _says(other, one):
                scores[m] = max(scores[m], NAMED * one.score)
                scores[n] = one.score * FOLLOWS
    return [replace(one, score=score) for one, score in zip(candidates, scores, strict=True)]


def _says(one: Candidate, other: Candidate) -> bool:
    """Whether a finding of `one` names what `other` is about, and both have the same fault."""
    lead = other.findings[0]
    if not says_why(lead) or one.kind != other.kind:
        return False
    names = [name for name in (lead.subject.mount, *lead.subject.names) if len(name) > 1]
    return any(name in finding.claim for finding in one.findings for name in names)


def _callees(calls: Iterable[tuple[str, str]]) -> defaultdict[str, set[str]]:
    callees: defaultdict[str, set[str]] = defaultdict(set)
    for caller, callee in calls:
        callees[plain_name(caller)].add(plain_name(callee))
    return callees


def _beside(calls: Iterable[tuple[str, str]]) -> Callable[[str], set[str]]:
    """What the callers of a store call beside it. A place that calls others is no store, and has nothing beside it."""
    callees = _callees(calls)

    def beside(node: str) -> set[str]:
        if callees.get(node):
            return set()
        return {other for called in callees.values() if node in called for other in called} - {node}

    return beside


def _below(calls: Iterable[tuple[str, str]]) -> Callable[[str], set[str]]:
    """Everything that a place calls, directly or not, without itself."""
    callees = _callees(calls)

    def below(node: str) -> set[str]:
        found: set[str] = set()
        waiting = [node]
        while waiting:
            further = callees[waiting.pop()] - found
            found |= further
            waiting += further
        return found - {node}

    return below
