"""A suite: a folder of recorded incidents with known causes."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from pydantic import AwareDatetime, BaseModel, ConfigDict, ValidationError

from aurora_rt.errors import Invalid
from aurora_rt.investigation.evaluation.recording import (
    Measure,
    Points,
    Recording,
    first,
    parsed,
    read_answers,
    read_graph,
    read_series,
)
from aurora_rt.investigation.investigator import CaseAlert


class Truth(BaseModel):
    """What really was the matter."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    healthy: bool = False
    """Nothing was wrong: any cause is a false one."""
    nodes: tuple[str, ...] = ()
    """Causes that count as found; any of them."""
    kind: str | None = None
    metric: str | None = None
    must_mention: tuple[str, ...] = ()
    red_herrings: tuple[str, ...] = ()


class _Case(BaseModel):
    model_config = ConfigDict(extra="ignore")

    id: str
    start: AwareDatetime
    alert: dict[str, Any]
    truth: Truth


class _Suite(BaseModel):
    model_config = ConfigDict(extra="ignore")

    name: str
    cases: int | None = None
    licence: str = ""
    source: str = ""


@dataclass(frozen=True, slots=True)
class RecordedCase:
    """One recorded incident."""

    id: str
    start: datetime
    alerts: tuple[CaseAlert, ...]
    recording: Recording
    truth: Truth = field(repr=False)


ReadAlerts = Callable[[object, datetime], tuple[CaseAlert, ...]]
"""The alerts of a webhook's payload; the time is when they began, if it does not tell. May raise an `AuroraError`."""


@dataclass(frozen=True, slots=True)
class Suite:
    """A folder of recorded incidents, opened. Cases are read one at a time."""

    name: str
    folder: Path
    read_alerts: ReadAlerts
    _shared: Recording

    def __len__(self) -> int:
        return len(self._folders())

    def cases(self) -> Iterator[RecordedCase]:
        """The recorded incidents, in the order of their folders. Raises `Invalid` for one that cannot be read."""
        for folder in self._folders():
            yield self._case(folder)

    def _folders(self) -> list[Path]:
        return sorted(file.parent for file in self.folder.glob("*/case.json"))

    def _case(self, folder: Path) -> RecordedCase:
        try:
            told = _Case.model_validate(parsed(folder / "case.json"))
        except ValidationError as error:
            raise Invalid(f"{folder / 'case.json'}: {first(error)}") from None
        alerts = self.read_alerts(told.alert, told.start)
        if not alerts:
            raise Invalid(f"{folder / 'case.json'}: the payload has no alert.")
        return RecordedCase(told.id, told.start, alerts, self._recording(folder), told.truth)

    def _recording(self, folder: Path) -> Recording:
        own = _recording(folder)
        return Recording(
            series=own.series,
            baseline=own.baseline or self._shared.baseline,
            calls=own.calls or self._shared.calls,
            answers=own.answers + self._shared.answers,
        )


def opened(folder: Path, read_alerts: ReadAlerts) -> Suite:
    """The suite in `folder`. Raises `Invalid` when there is none, or it has no cases."""
    try:
        told = _Suite.model_validate(parsed(folder / "suite.json"))
    except ValidationError as error:
        raise Invalid(f"{folder / 'suite.json'}: {first(error)}") from None
    suite = Suite(told.name, folder, read_alerts, _recording(folder))
    if not len(suite):
        raise Invalid(f"{folder} has no cases: no folder in it has a case.json.")
    return suite


def _recording(folder: Path) -> Recording:
    """What of a recording lies in a folder: a case's own, or what the cases of a suite share."""
    files = {name: folder / name for name in ("metrics.csv", "baseline.csv", "graph.json", "tools.json")}
    return Recording(
        series=_series(files["metrics.csv"]),
        baseline=_series(files["baseline.csv"]),
        calls=read_graph(files["graph.json"]) if files["graph.json"].is_file() else (),
        answers=read_answers(files["tools.json"]) if files["tools.json"].is_file() else (),
    )


def _series(file: Path) -> Mapping[Measure, Points]:
    return read_series(file) if file.is_file() else {}
