"""What follows from what: whoever calls a place that is seen to be broken has its trouble from there. Pure.

Measurements and counts of log lines say that a place suffers; a lock that is waited for, a refused connection or an
expired certificate says why. Where one place suffers and another that it depends on is seen to be broken, the first
is explained by the second.
"""

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
    candidates = _named(candidates)
    below = _below(calls)
    broken = {
        plain_name(one.node): one.score
        for one in candidates
        if not suffers(one) and not one.findings[0].on_host and one.score >= PLAIN
    }

    def left(one: Candidate) -> float:
        behind = [broken[node] for node in below(plain_name(one.node)) & broken.keys()]
        if not suffers(one) or not behind:
            return one.score
        # Of what is plainly broken, whoever merely suffers comes behind, however much it suffers.
        most = BEHIND * max(behind) if max(behind) >= PLAINLY else 1.0
        return min(one.score * FOLLOWS, most)

    return [replace(one, score=left(one)) for one in candidates]


def suffers(one: Candidate) -> bool:
    """Whether what is known of a place may have come to it from what it calls."""
    return not says_why(one.findings[0]) or one.kind in HANDED_UP


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


def _below(calls: Iterable[tuple[str, str]]) -> Callable[[str], set[str]]:
    """Everything that a place calls, directly or not, without itself."""
    callees: defaultdict[str, set[str]] = defaultdict(set)
    for caller, callee in calls:
        callees[plain_name(caller)].add(plain_name(callee))

    def below(node: str) -> set[str]:
        found: set[str] = set()
        waiting = [node]
        while waiting:
            further = callees[waiting.pop()] - found
            found |= further
            waiting += further
        return found - {node}

    return below
