"""Call graphs: what a file, a recording or labels of series say, as pairs; and several as one. Pure."""

import json
import re
from collections.abc import Iterable, Mapping
from typing import Any, Final

from aurora_rt.toolsets.facts.places import CallGraph
from aurora_rt.toolsets.legible import one_line

Calls = tuple[tuple[str, str], ...]
"""(caller, callee)."""

MOST: Final = 5000
NAME_LIMIT: Final = 300
_NOBODY: Final = frozenset({"", "unknown", "user", "-"})
"""What series call a side that they do not know."""
_ARROW: Final = re.compile(r"^\s*[-*]?\s*(\S.*?)\s*(?:->|→|=>)\s*(\S.*?)\s*$")


def declared(document: Any) -> Calls:
    """The calls that a document declares; `ValueError` with a sentence for one that cannot be read so.

    It is a list of pairs; or has such a list as `calls`, or `services`: caller → what it calls; or is such a mapping.
    """
    if isinstance(document, list):
        return _pairs(document)
    if not isinstance(document, dict):
        raise ValueError("it has neither `calls` nor `services`")
    if "calls" not in document and "services" not in document:
        return _mapping(document)
    return _pairs(document.get("calls") or []) + _mapping(document.get("services") or {})


def recorded(output: str, _: Mapping[str, Any]) -> CallGraph | None:
    """The calls in what a tool has put out, as `caller -> callee` or as JSON; `None` when it has none."""
    arrows = [found.groups() for line in output.splitlines() if (found := _ARROW.match(line))]
    calls: Calls = tuple((caller, callee) for caller, callee in arrows)
    if not calls:
        try:
            calls = declared(json.loads(output))
        except ValueError:
            return None
    return CallGraph(calls=calls[:MOST], truncated=len(calls) > MOST)


def labelled(series: Iterable[Mapping[str, str]], caller: str, callee: str) -> Calls:
    """The calls that labels of series tell, by the labels that name the two sides."""
    pairs = ((labels.get(caller, ""), labels.get(callee, "")) for labels in series)
    return tuple(pair for pair in pairs if _NOBODY.isdisjoint(pair))


def merged(graphs: Iterable[Calls], service: str = "") -> CallGraph:
    """Several graphs as one; with a `service` only what calls it and what it calls."""
    every = dict.fromkeys((_name(caller), _name(callee)) for calls in graphs for caller, callee in calls)
    found = [pair for pair in every if pair[0] != pair[1] and (not service or service in pair)]
    return CallGraph(calls=tuple(found[:MOST]), truncated=len(found) > MOST)


def told(graph: CallGraph) -> str:
    """The graph as text that `recorded` can read."""
    return "\n".join(f"{caller} -> {callee}" for caller, callee in graph.calls)


def _pairs(given: Any) -> Calls:
    if not isinstance(given, list):
        raise ValueError("`calls` must be a list of pairs [caller, callee]")
    for one in given:
        if not (isinstance(one, list) and len(one) == 2 and all(isinstance(name, str) for name in one)):
            raise ValueError(f"{one_line(json.dumps(one, default=str), 80)} is no pair [caller, callee]")
    return tuple((caller, callee) for caller, callee in given)


def _mapping(given: Any) -> Calls:
    if not isinstance(given, dict):
        raise ValueError("`services` must say for each caller what it calls")
    calls = []
    for caller, callees in given.items():
        listed = [callees] if isinstance(callees, str) else callees or []
        if not (isinstance(listed, list) and all(isinstance(callee, str) for callee in listed)):
            raise ValueError(f"what {one_line(str(caller), 80)} calls must be a list of names")
        calls += [(str(caller), callee) for callee in listed]
    return tuple(calls)


def _name(text: str) -> str:
    return one_line(text, NAME_LIMIT)
