"""What was recorded of an incident: measurements over time, who calls whom, and answers of tools."""

import csv
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from math import isfinite
from pathlib import Path
from typing import Annotated, Any, Final, NamedTuple, TypeVar

from pydantic import BaseModel, ConfigDict, StringConstraints, TypeAdapter, ValidationError

from aurora_rt.errors import Invalid
from aurora_rt.toolsets.facts import AnyFacts

Shape = TypeVar("Shape")
Points = tuple[tuple[float, float], ...]
Name = Annotated[str, StringConstraints(min_length=1)]


class Measure(NamedTuple):
    """What a column of measurements tells: `node|metric|statistic`."""

    node: str
    metric: str
    statistic: str


class RecordedCall(BaseModel):
    """One answer of a tool."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    tool: Name
    params: dict[str, Any] = {}
    output: str = ""
    error: str | None = None
    facts: AnyFacts | None = None
    """What the output tells, where whoever recorded it kept that too: not every tool's facts are all in its text."""


@dataclass(frozen=True, slots=True)
class Recording:
    """All that tools can tell of one incident."""

    series: Mapping[Measure, Points]
    baseline: Mapping[Measure, Points] = field(default_factory=dict)
    """The same of a normal time."""
    calls: tuple[tuple[str, str], ...] = ()
    """(caller, callee)."""
    answers: tuple[RecordedCall, ...] = ()


def read_series(file: Path) -> Mapping[Measure, Points]:
    """The columns of a CSV file of measurements. Empty cells and numbers that are not finite are left out.

    Raises `Invalid` for a file that is not one: the first column must be `time`, in RFC 3339 or Unix seconds.
    """
    with _opened(file) as lines:
        rows = csv.reader(lines)
        head = next(rows, [])
        if head[:1] != ["time"]:
            raise Invalid(f"{file}: the first column must be called time.")
        columns: list[list[tuple[float, float]]] = [[] for _ in head[1:]]
        for row in rows:
            if not row:
                continue
            at = _moment(row[0], file, rows.line_num)
            for points, cell in zip(columns, row[1:], strict=False):
                if cell.strip().casefold() not in _MISSING and isfinite(
                    value := _number(cell, file, rows.line_num)
                ):
                    points.append((at, value))
    measures = [Measure(*[*name.split("|", 2), "", ""][:3]) for name in head[1:]]
    return {measure: tuple(points) for measure, points in zip(measures, columns, strict=True)}


def read_graph(file: Path) -> tuple[tuple[str, str], ...]:
    """The pairs of a call graph. Raises `Invalid`."""
    return _read(file, _GRAPH)


def read_answers(file: Path) -> tuple[RecordedCall, ...]:
    """The recorded answers of tools. Raises `Invalid`."""
    return _read(file, _ANSWERS)


def parsed(file: Path) -> Any:
    """The JSON of a file. Raises `Invalid`."""
    with _opened(file) as text:
        try:
            return json.load(text)
        except ValueError as error:
            raise Invalid(f"{file} is not JSON: {error}.") from None


_GRAPH: TypeAdapter[tuple[tuple[str, str], ...]] = TypeAdapter(tuple[tuple[str, str], ...])
_ANSWERS: TypeAdapter[tuple[RecordedCall, ...]] = TypeAdapter(tuple[RecordedCall, ...])


def _read(file: Path, shape: TypeAdapter[Shape]) -> Shape:
    try:
        return shape.validate_python(parsed(file))
    except ValidationError as error:
        raise Invalid(f"{file}: {first(error)}") from None


def first(error: ValidationError) -> str:
    """The first of what is wrong, in words."""
    told = error.errors(include_url=False)[0]
    place = ".".join(map(str, told["loc"]))
    return f"{place}: {told['msg']}." if place else f"{told['msg']}."


def _opened(file: Path) -> Any:
    try:
        return file.open(encoding="utf-8-sig", newline="")
    except OSError as error:
        raise Invalid(f"{file} cannot be read: {error.strerror}.") from None


_MISSING: Final = frozenset({"", "null", "none", "na", "n/a", "nan", "-"})
"""What files say where there is no sample."""


def _moment(text: str, file: Path, line: int) -> float:
    if text.replace(".", "", 1).isdigit() and len(text) > len("20260301"):
        return float(text)
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        raise Invalid(f"{file}, line {line}: {text[:40]!r} is no time in RFC 3339.") from None
    return (at if at.tzinfo else at.replace(tzinfo=UTC)).timestamp()


def _number(text: str, file: Path, line: int) -> float:
    try:
        return float(text)
    except ValueError:
        raise Invalid(f"{file}, line {line}: {text[:40]!r} is no number.") from None
