"""Which place of a system the trouble comes from, by measurements of all places and the call graph.

What is compared is what the alert is about: its own measurement where it names one, else those of its family. What
speaks for each place is put together from trouble that is handed up, use of what is its own, silence, and traffic
(`origins`); what is furthest from usual at the blamed place says which kind of fault.
"""

import re
from collections.abc import Iterable, Sequence, Set
from dataclasses import dataclass, replace
from typing import Final

from aurora_rt.investigation.builtin.blame import Blamed, folded
from aurora_rt.investigation.builtin.deviation import NOTABLE
from aurora_rt.investigation.builtin.evidence import Evidence
from aurora_rt.investigation.builtin.families import Family, Kind
from aurora_rt.investigation.builtin.findings.departure import inverted
from aurora_rt.investigation.builtin.findings.finding import Assessment, Cleared, Finding, Subject
from aurora_rt.investigation.builtin.findings.origins import (
    far,
    is_calm,
    is_quiet,
    weigh_symptoms,
    weigh_traffic,
    weigh_use,
)
from aurora_rt.investigation.builtin.findings.settled import calm_of
from aurora_rt.investigation.builtin.findings.standing import Board, Seen, Standing, Wanted, board
from aurora_rt.investigation.builtin.measures import SYMPTOMS, Aspect, aspect_of, kind_of_aspect
from aurora_rt.investigation.builtin.names import alike, plain_name, workload
from aurora_rt.investigation.builtin.wording import clock, code, counted, from_unix, joined, plain
from aurora_rt.toolsets.facts.places import (
    CallGraph,
    Measured,
    Telemetry,
)

MOST_NAMED: Final = 5
OWN_TROUBLE: Final = 0.01
"""The share of the blame from which on it is worth a number."""
CALM: Final = 0.75
"""What blame counts when the alerting place itself is as usual (the alert may be over, or wrong), or not measured."""
OF_USE: Final = 0.7
OF_TRAFFIC: Final = 0.8
"""What use and traffic count beside trouble that is handed up."""
LEAST: Final = 0.02
"""What must speak for a place for it to be named."""
TELLS: Final = 0.25
"""How plainly something of its own must have grown to be the kind of fault."""
_UP: Final = re.compile(r"(?<![a-z])(up|ready|healthy|available)(?![a-z])", re.IGNORECASE)
"""What says whether something is there at all."""


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


def places(seen: Evidence[Telemetry], graph: Evidence[CallGraph] | None, asked: Asked) -> Assessment:
    """The places that the trouble comes from, most to blame first."""
    nodes = {one.node for one in seen.facts.measured}
    calls = _calls(graph.facts.calls, nodes) if graph else ()
    found = board(seen.facts.measured, calls, asked.anchor, _root(seen.facts.measured, asked))
    about = weigh_symptoms(found, _wanted(seen.facts.measured, asked))
    weigh_use(found)
    weigh_traffic(found)
    cites = f"{seen.cite} {graph.cite}" if graph else seen.cite
    ranked = _ranked(found, quiet=is_calm(found, about) and is_quiet(found))
    over = calm_of(found, about, asked.anchor, seen.cite)
    if not ranked:
        claim = f"None of {counted(len(found.places), 'place')} is out of its usual range {seen.cite}."
        return Assessment(cleared=(Cleared(asked.families[0], claim),), calm=over) if about else Assessment()
    calm = is_calm(found, about) or found.root is None
    called = _called(nodes, graph.facts.calls if graph else (), asked)
    findings = [
        replace(
            _finding(found.places[one.node], one.share, names, about.get(one.node), asked, cites, calm=calm),
            node=called.get(one.node, one.node),
        )
        for one, names in ranked[:MOST_NAMED]
    ]
    return Assessment(tuple(findings), calm=over)


def _calls(calls: Sequence[tuple[str, str]], nodes: Set[str]) -> list[tuple[str, str]]:
    """The call graph in the names of the measurements; a name that several pods share stands for each."""

    def called(name: str) -> Sequence[str]:
        if name in nodes:
            return (name,)
        pods = sorted(node for node in nodes if plain_name(node) == plain_name(name))
        return pods or (alike(name, nodes) or name,)

    names = {name: called(name) for pair in calls for name in pair}
    return [(one, other) for caller, callee in calls for one in names[caller] for other in names[callee]]


def _called(nodes: Set[str], calls: Sequence[tuple[str, str]], asked: Asked) -> dict[str, str]:
    """Measured pods → what their system calls them, where the graph or the alert has a name for all pods of one."""
    whole = {name for pair in calls for name in pair} | {asked.service}
    by_pods = asked.service not in nodes and any(workload(one) == asked.service for one in nodes)
    found = {}
    for node in nodes:
        one = workload(node)
        if one != node and (one in whole or by_pods):
            found[node] = one
    return found


def _root(measured: Iterable[Measured], asked: Asked) -> str | None:
    nodes = {one.node for one in measured}
    return alike(asked.service, nodes) if asked.service else None


def _wanted(measured: Sequence[Measured], asked: Asked) -> Wanted:
    aspects: list[Aspect] = [*asked.families]
    metrics = {one.metric for one in measured}
    metric = asked.metric if asked.metric in metrics else ""
    if metric:
        aspects = list(dict.fromkeys((aspect_of(metric), *aspects)))
    return Wanted(asked.service, aspects, metric, asked.statistic)


def _ranked(found: Board, *, quiet: bool) -> list[tuple[Blamed, tuple[str, ...]]]:
    """The places that something speaks for. `quiet`: nobody suffers; then only what is far from usual does."""
    weighed = [
        Blamed(one.node, _total(one, traffic=0.0 if quiet else one.traffic))
        for one in found.places.values()
        if not quiet or one.used is None or one.used.change.score >= 2 * NOTABLE
    ]
    kept = sorted((one for one in weighed if one.share >= LEAST), key=lambda one: (-one.share, one.node))
    return folded(kept, found.calls)


def _total(one: Standing, traffic: float) -> float:
    if one.silent:
        return 0.97
    doubts = (1 - one.blame * 0.95) * (1 - OF_USE * one.use) * (1 - OF_TRAFFIC * traffic)
    return 1 - doubts


def _finding(
    one: Standing,
    share: float,
    names: tuple[str, ...],
    about: Seen | None,
    asked: Asked,
    cites: str,
    *,
    calm: bool,
) -> Finding:
    most = _most(one, about)
    distance = 1.0 if one.silent else far(most)
    strength = (0.25 + 0.65 * min(1.0, share) ** 0.5) * (CALM if calm else 1.0) * (0.6 + 0.4 * distance)
    alias = f" (also known as {joined([code(name, 80) for name in names])})" if names else ""
    told = [] if most is None else [_moved(most)]
    if one.used is not None and one.used is not most:
        told.append(_moved(one.used))
    if one.silent:
        since = from_unix(one.silent_since or asked.anchor)
        told = [f"all measurements ended at {clock(since)}, while others went on"]
    claim = f"At {code(one.node, 120)}{alias} {joined(told)}{_where(one)} {cites}."
    query = f"{one.node} {most.measured.metric}" if most else one.node
    return Finding(
        _kind(one, most, asked),
        one.node,
        claim,
        strength,
        "culprit",
        Subject(query=query),
        None,
        on_host=False,
        own=bool(asked.service),
        inferred=not one.silent,
    )


def _where(one: Standing) -> str:
    if one.silent:
        return ""
    if one.blame < OWN_TROUBLE:
        return "; little of the trouble begins there itself"
    return f"; about {one.blame:.0%} of the trouble begins there, not in what it calls"


def _most(one: Standing, about: Seen | None) -> Seen | None:
    """The measurement that says most plainly what is the matter at a place."""
    if one.traffic > max(one.use, one.blame) and one.more:
        return one.more
    if about is not None and about.out:
        return about
    symptoms = [seen for seen in one.seen if seen.aspect in SYMPTOMS and seen.out]
    best = max(symptoms, key=lambda seen: seen.change.score, default=None)
    return one.used or one.more or best or about


def _kind(one: Standing, most: Seen | None, asked: Asked) -> Kind:
    if one.silent:
        return "target_down"
    if one.used is not None and one.use >= TELLS:
        return kind_of_aspect(one.used.aspect)
    if one.traffic >= TELLS:
        return "traffic_load"
    failing = [seen for seen in one.seen if seen.aspect == "errors" and seen.out]
    if most is None:
        return "metric_deviation"
    if most.aspect == "latency" and failing and one.blame and asked.families[0] != "latency":
        return "error_rate"
    # Fewer good answers are more bad ones; that nothing answers at all is another kind of fault.
    if most.aspect == "availability" and inverted(most.measured):
        return "target_down" if _UP.search(most.measured.metric) else "error_rate"
    return kind_of_aspect(most.aspect)


def _moved(seen: Seen) -> str:
    one, change = seen.measured, seen.change
    name = code(" ".join(part for part in (one.metric, one.statistic) if part), 80)
    rose = change.peak > change.before
    now = change.highest if rose else change.lowest
    return f"{name} {'rose' if rose else 'fell'} from {plain(change.shown)} to {plain(now)}"
