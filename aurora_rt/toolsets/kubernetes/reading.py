"""From what a look at a cluster printed to facts, whatever form it has: a table, JSON, YAML, a description."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import yaml
from pydantic_core import from_json

from aurora_rt.clock import now
from aurora_rt.redaction import redacted
from aurora_rt.toolsets.facts.cluster import Cluster
from aurora_rt.toolsets.facts.logs import (
    LogLine,
    LogLines,
)
from aurora_rt.toolsets.kubernetes import descriptions, hiding, objects, tables
from aurora_rt.toolsets.kubernetes.names import resource
from aurora_rt.toolsets.legible import legible


def got(output: str, asked: Mapping[str, Any]) -> Cluster | None:
    """Facts of what `get` prints; `None` when nothing of it can be read."""
    named = resource(str(asked.get("resource", "")))
    whole = not asked.get("name")
    document = _document(output)
    if document is not None:
        found = objects.read(document, _time_of(document))
        if not found and not whole:
            return None
        return _part(found, [named] if whole and _is_list(document) else ())
    found = tables.read(named, output)
    empty = "no resources found" in output.lower()
    if not found and not empty:
        return None
    return _part(found, [named] if whole else ())


def described(output: str, asked: Mapping[str, Any]) -> Cluster | None:
    """Facts of what `describe` prints."""
    found = descriptions.read(str(asked.get("resource", "")), output)
    return _part(found) if any(found.values()) else None


def happened(output: str, _: Mapping[str, Any]) -> Cluster | None:
    """Facts of a list of events, as a table or as objects."""
    return got(output, {"resource": "events"})


def used(output: str, asked: Mapping[str, Any]) -> Cluster | None:
    """Facts of what `top` prints."""
    named = resource(str(asked.get("resource", "pods")))
    usage = tables.usage(named, output)
    if not usage:
        return None
    return _part({"usage": usage, "nodes": tables.busy_nodes(output) if named == "nodes" else []})


def logged(output: str, asked: Mapping[str, Any]) -> LogLines:
    """The lines of a container's log, with the time and the severity that they tell themselves."""
    pod = str(asked.get("pod", ""))
    return LogLines(
        origin=f"{pod} before its restart" if asked.get("previous") else pod,
        lines=tuple(
            LogLine(at=None, source=pod, priority="unknown", text=line)
            for line in redacted(legible(output)).splitlines()
        ),
        truncated=False,
    )


def _part(found: Mapping[str, Sequence[Any]], listed: Sequence[str] = ()) -> Cluster:
    """What was read, as a part of what is known, without secrets."""
    told = {field: tuple(some) for field, some in found.items()}
    return Cluster(
        **told
        | {
            "listed": tuple(listed),
            "pods": hiding.owners(told.get("pods", ())),
            "workloads": hiding.owners(told.get("workloads", ())),
            "events": hiding.events(told.get("events", ())),
        }
    )


def _document(output: str) -> Any:
    """JSON or YAML of the API; `None` for text of another kind."""
    text = output.lstrip()
    if text.startswith(("{", "[")):
        try:
            return from_json(text)
        except ValueError:
            return None
    if not text.startswith(("apiVersion:", "items:", "kind:", "---", "- apiVersion:", "metadata:")):
        return None
    try:
        documents = [one for one in yaml.load_all(text, _Loader) if one is not None]
    except (yaml.YAMLError, ValueError):
        return None
    return documents[0] if len(documents) == 1 else documents


_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def _is_list(document: object) -> bool:
    return isinstance(document, list) or (isinstance(document, Mapping) and "items" in document)


def _time_of(document: object) -> datetime:
    """When an output was made, as far as it tells: its newest time. Ages are counted to then, not to now."""
    newest = max(_times(document), default=None)
    return newest or now()


def _times(document: object) -> list[datetime]:
    found: list[datetime] = []
    waiting: list[object] = [document]
    while waiting:
        one = waiting.pop()
        if isinstance(one, Mapping):
            waiting.extend(one.values())
        elif isinstance(one, list):
            waiting.extend(one)
        elif isinstance(one, datetime):
            found.append(one if one.tzinfo else one.replace(tzinfo=UTC))
        elif isinstance(one, str) and len(one) in (20, 27) and one.endswith("Z") and one[4:5] == "-":
            try:
                found.append(datetime.fromisoformat(one))
            except ValueError:
                continue
    return found
