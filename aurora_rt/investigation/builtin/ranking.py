"""From findings to causes: what is about one thing is put together, weighed and sorted. Pure.

A candidate's score is its strongest finding, measured, times how close that kind of fault is to what the alert is
about; a little more when it began just before the alert and when other findings agree; much less when the alert is
about another host than the one that was looked at.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from aurora_rt.investigation.builtin.candidate import Candidate
from aurora_rt.investigation.builtin.consequences import called, deprived, explained, suffers, telling_first
from aurora_rt.investigation.builtin.families import NEIGHBOURS, Family
from aurora_rt.investigation.builtin.findings.changes import with_changes
from aurora_rt.investigation.builtin.findings.finding import (
    Assessment,
    Calm,
    CalmKind,
    Cleared,
    Finding,
    Role,
)
from aurora_rt.investigation.builtin.findings.measure import NODE
from aurora_rt.investigation.builtin.findings.processes import node_of
from aurora_rt.investigation.builtin.names import folded_names, short
from aurora_rt.investigation.builtin.reading import Place
from aurora_rt.toolsets.facts.host import (
    ProcessUse,
)

LEAST: Final = 0.25
"""Scores below this are no cause."""
CLOSE: Final = 0.08
"""Two candidates whose scores differ by less are a tie."""
TIED: Final = 0.8
"""What the confidence in each of several counts that come close to one another."""
RELATED: Final = 0.6
"""From this closeness on, one kind of fault explains an alert about another."""
MOST: Final = 5
_SOON: Final = timedelta(minutes=15)
_OF_PLACE: Final[dict[Place, float]] = {"here": 1.0, "unknown": 0.85, "elsewhere": 0.35}
PLAINLY: Final[dict[CalmKind, float]] = {
    "resolved": 0.5,
    "recovered": 0.5,
    "flapping": 0.5,
    "planned": 0.75,
    "handled": 0.45,
    "tight": 0.45,
}
"""From which score on something is so plainly at fault that it is named although the alert may be no active fault."""
AGREES: Final = 0.3
"""What a finding of another look adds of what is left to being sure."""
_ALONE: Final = re.compile(r"^(process|target|file|series|unit|host) |^other alerts$")
"""Places that are never another name of a service."""
_CITES: Final = re.compile(r"\[\d+\]")
_OF_ROLE: Final[dict[Role, float]] = {"culprit": 1.0, "symptom": 0.6, "clue": 0.5}


@dataclass(frozen=True, slots=True)
class Verdict:
    """What all findings come to."""

    candidates: tuple[Candidate, ...]
    """Best first; none when nothing wrong was found."""
    context: tuple[Finding, ...]
    """Symptoms and clues that belong to no candidate."""
    cleared: tuple[Cleared, ...]
    calm: tuple[Calm, ...] = ()
    """Why there may be no active fault."""
    set_aside: tuple[Candidate, ...] = ()
    """What was out of the ordinary, and not plainly enough at fault to be a cause beside `calm`."""

    @property
    def tied(self) -> tuple[Candidate, ...]:
        """The candidates that come so close to the first that they could be it, the first included, if any does."""
        close = tuple(one for one in self.candidates if self.candidates[0].score - one.score < CLOSE)
        return close if len(close) > 1 else ()


def weigh(
    assessment: Assessment,
    families: Sequence[Family],
    where: Place,
    anchor: datetime,
    known: Sequence[ProcessUse],
    service: str = "",
    calls: Sequence[tuple[str, str]] = (),
) -> Verdict:
    """Weigh everything found. `known` are processes that were seen, to name a culprit that a file led to.

    `service` is what the alert names: of what is only known by the alert's own measure, that is the place. `calls`
    are pairs (caller, callee), as far as they are known.
    """
    assessment = replace(assessment, findings=called(assessment.findings, service, calls))
    if families[0] == "latency":
        assessment = replace(assessment, findings=deprived(assessment.findings, service, calls))
    groups = _grouped(assessment.findings)
    candidates = [
        _candidate(_name(found, service), found, families, where, anchor, known) for found in groups
    ]
    candidates = [one for one in explained(candidates, calls) if one.score >= LEAST]
    candidates.sort(key=lambda one: (-one.score, one.node))
    candidates = _once(_explaining(candidates, families))
    candidates = _sure(candidates[:MOST])
    aside: list[Candidate] = []
    if candidates and (
        (suffers(candidates[0]) and _is_over(assessment.calm))
        or any(_excused(candidates[0], one) for one in assessment.calm)
    ):
        candidates, aside = [], candidates
    told = {id(finding) for one in (*candidates, *aside) for finding in one.findings}
    context = [
        one for one in assessment.findings if id(one) not in told and _belongs(one, candidates or aside)
    ]
    context.sort(key=lambda one: -closeness(one.family, families) * (one.kind != "config_change"))
    cleared = sorted(assessment.cleared, key=lambda one: -closeness(one.family, families))
    return Verdict(tuple(candidates), tuple(context), tuple(cleared), assessment.calm, tuple(aside))


def _is_over(calm: Iterable[Calm]) -> bool:
    """Whether measurements and logs tell of a time that is past, however plainly: by the alert, or by two looks."""
    kinds = [one.kind for one in calm]
    return "resolved" in kinds or kinds.count("recovered") > 1


def _excused(first: Candidate, calm: Calm) -> bool:
    """Whether what speaks against an active fault outweighs the best candidate."""
    return first.score < PLAINLY[calm.kind] or (calm.kind == "handled" and first.kind == "traffic_load")


def _grouped(findings: Sequence[Finding]) -> list[list[Finding]]:
    """The findings about each thing, under whatever names."""
    keys = folded_names({one.node for one in findings if not _ALONE.search(one.node)})
    groups: defaultdict[str, list[Finding]] = defaultdict(list)
    for one in findings:
        groups[keys.get(one.node, one.node)].append(one)
    return list(groups.values())


def _name(found: Sequence[Finding], service: str) -> str:
    """What a thing is called: as most of its findings call it, the strongest's name of several."""
    names = [one.node for one in found]
    if set(names) == {NODE} and service:
        return service
    best = max(found, key=lambda one: (names.count(one.node), one.strength)).node
    return best if _ALONE.search(best) else short(best)


def _once(candidates: list[Candidate]) -> list[Candidate]:
    """Without a second candidate of the same name: the alert's own measure beside what was seen of its service."""
    return [
        one for n, one in enumerate(candidates) if one.node not in {known.node for known in candidates[:n]}
    ]


def closeness(family: Family, families: Sequence[Family]) -> float:
    """How near a family is to what the alert is about: 1 for the same, less for what commonly causes it."""
    first = families[0]
    if family == first:
        return 1.0
    if family in families[1:] or (first == "general" and family in NEIGHBOURS[first]):
        return 0.75
    return 0.6 if family in NEIGHBOURS[first] else 0.35


def _explaining(candidates: list[Candidate], families: Sequence[Family]) -> list[Candidate]:
    """Without what a better candidate explains: symptoms, and series of the same kind as a culprit seen at work."""
    culprit = next((one for one in candidates if one.findings[0].role == "culprit"), None)
    if culprit is None or closeness(culprit.findings[0].family, families) < RELATED:
        return candidates
    return [
        one
        for one in candidates
        if one.findings[0].role != "symptom"
        and not (culprit.findings[0].on_host and not one.findings[0].on_host and one.kind == culprit.kind)
    ]


def _belongs(finding: Finding, candidates: list[Candidate]) -> bool:
    """Whether a finding that is no candidate's is worth telling: not what a process that does little does."""
    return finding.role != "culprit" or (not finding.on_host and bool(candidates))


def _candidate(
    node: str,
    found: Sequence[Finding],
    families: Sequence[Family],
    where: Place,
    anchor: datetime,
    known: Sequence[ProcessUse],
) -> Candidate:
    weights = with_changes(found, {n: _weight(one, families, where) for n, one in enumerate(found)}, anchor)
    order = sorted(weights, key=lambda n: (-weights[n], n))
    best = found[order[0]]
    process = next((one for one in known if node_of(one) == node), None)
    began = [one.began_at for one in found if one.began_at] + ([process.started_at] if process else [])
    score = weights[order[0]]
    if any(timedelta(minutes=-1) <= anchor - at <= _SOON for at in began):
        score *= 1.1
    if len({one.kind for one in found if closeness(one.family, families) >= RELATED}) > 1:
        score *= 1.05
    score = min(1.0, _agreed(score, best, [(found[n], weights[n]) for n in order[1:]], families))
    ordered = tuple(found[n] for n in telling_first(order, found, weights))
    subject = replace(ordered[0].subject, process=ordered[0].subject.process or process)
    return Candidate(node, score, ordered, subject)


def _agreed(
    score: float, best: Finding, others: Sequence[tuple[Finding, float]], families: Sequence[Family]
) -> float:
    """A score with what findings of other looks add: metrics, logs, state and changes that agree on one place."""
    cited = set(_CITES.findall(best.claim))
    for one, weight in others:
        cites = set(_CITES.findall(one.claim))
        near = one.own or closeness(one.family, families) >= RELATED
        if not one.on_host and near and not cites & cited:
            score += (1 - min(1.0, score)) * AGREES * weight
            cited |= cites
    return score


def _weight(finding: Finding, families: Sequence[Family], where: Place) -> float:
    if (finding.kind == "config_change" and finding.on_host) or finding.node == "other alerts":
        return 0.0
    factor = _OF_PLACE[where] if finding.on_host else 1.0
    near = 1.0 if finding.own else closeness(finding.family, families)
    return finding.strength * _OF_ROLE[finding.role] * near * factor


def _sure(candidates: list[Candidate]) -> list[Candidate]:
    """Less sure of those that others come close to."""
    if len(candidates) < 2 or candidates[0].score - candidates[1].score >= CLOSE:
        return candidates
    limit = candidates[0].score - CLOSE
    first = candidates[0].confidence * TIED
    return [
        replace(one, doubt=TIED)
        if one.score > limit
        else replace(one, doubt=min(1.0, first / one.confidence))
        for one in candidates
    ]
