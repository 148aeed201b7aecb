"""Answers to queries as others recorded them, into facts: the server's own JSON, or what `promtool query` prints. Pure.

Our own texts for people tell of most series only the gist, so nothing is read from them.
"""

import json
import re
from collections.abc import Iterable, Mapping
from math import isfinite
from typing import Any, Final

from pydantic import TypeAdapter, ValidationError

from aurora_rt.toolsets.facts.metrics import Series, SeriesSet
from aurora_rt.toolsets.prometheus.answers import ManySamples, OneSample

MOST: Final = 1000
"""Series that are kept."""
_SERIES: Final = re.compile(r"^(?P<name>[a-zA-Z_:][\w:]*)?(?:\{(?P<labels>.*)\})? =>(?P<rest>.*)$")
_LABEL: Final = re.compile(r'(\w+)="((?:[^"\\]|\\.)*)"')
_SAMPLE: Final = re.compile(r"([-+.\w]+) @\[(\d+(?:\.\d+)?)\]")
_MANY: Final[TypeAdapter[tuple[ManySamples | OneSample, ...]]] = TypeAdapter(
    tuple[ManySamples | OneSample, ...]
)


def read(output: str, asked: Mapping[str, Any]) -> SeriesSet | None:
    """The series in a recorded answer; `None` where there is none that can be read."""
    found = _of_json(output) if output.lstrip()[:1] in ("{", "[") else None
    series = _of_promtool(output) if found is None else found
    if series is None:
        return None
    kept = tuple(series[:MOST])
    return SeriesSet(query=str(asked.get("query", "")), step=None, series=kept, truncated=len(series) > MOST)


def _of_json(output: str) -> list[Series] | None:
    """Series of a whole answer, of its `data`, or of its `result`."""
    try:
        told = json.loads(output)
    except ValueError:
        return None
    for name in ("data", "result"):
        told = told.get(name, told) if isinstance(told, Mapping) else told
    if not isinstance(told, list):
        return None
    try:
        every = _MANY.validate_python(told)
    except ValidationError:
        return None
    return [Series(labels=one.metric, points=_finite(_samples(one))) for one in every]


def _samples(one: ManySamples | OneSample) -> Iterable[tuple[float, float]]:
    if isinstance(one, ManySamples) and one.values:
        return one.values
    value = getattr(one, "value", None)
    return () if value is None else (value,)


def _of_promtool(output: str) -> list[Series] | None:
    series: list[tuple[dict[str, str], list[tuple[float, float]]]] = []
    for line in output.splitlines():
        head = _SERIES.match(line.strip())
        if head:
            name = {"__name__": head["name"]} if head["name"] else {}
            series.append((name | dict(_LABEL.findall(head["labels"] or "")), []))
        if series:
            series[-1][1].extend(
                (float(at), float(value)) for value, at in _SAMPLE.findall(head["rest"] if head else line)
            )
    return [Series(labels=labels, points=_finite(points)) for labels, points in series] or None


def _finite(points: Iterable[tuple[float, float]]) -> tuple[tuple[float, float], ...]:
    return tuple(point for point in points if isfinite(point[1]))
