"""A live case as a recorded one: the folder of a suite, which `eval --suite` plays again."""

import csv
import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from aurora_rt.clock import rfc3339
from aurora_rt.errors import Misconfigured
from aurora_rt.investigation.evaluation.measuring import RESOLUTION
from aurora_rt.investigation.evaluation.recording import Measure, Points, RecordedCall
from aurora_rt.investigation.evaluation.suite import RecordedCase
from aurora_rt.toolsets.toolset import Observation


def recorded(looks: Mapping[int, Observation]) -> tuple[RecordedCall, ...]:
    """What an investigator saw, as recorded answers of tools."""
    return tuple(
        RecordedCall(
            tool=look.tool,
            params={name: value for name, value in look.parameters.items() if value is not None},
            output=look.output,
            error=look.error,
            facts=look.facts,
        )
        for _, look in sorted(looks.items())
    )


def save_suite(folder: Path, name: str, cases: int, calls: Sequence[tuple[str, str]]) -> None:
    """Write what the cases of a suite share. Raises `Misconfigured` when the folder cannot be written."""
    suite = {
        "name": name,
        "cases": cases,
        "licence": "",
        "source": "recorded with aurora-rt eval --live",
        "resolution_seconds": RESOLUTION,
    }
    _write(folder / "suite.json", suite)
    _write(folder / "graph.json", calls)


def save_case(folder: Path, case: RecordedCase, payload: Mapping[str, Any]) -> None:
    """Write a case with its truth; `payload` is the webhook's body. Raises `Misconfigured`."""
    truth = case.truth.model_dump(mode="json", exclude_defaults=True)
    told = {"healthy": case.truth.healthy, "nodes": list(case.truth.nodes), **truth}
    own = folder / case.id
    _write(own / "case.json", {"id": case.id, "start": rfc3339(case.start), "alert": payload, "truth": told})
    _write(own / "tools.json", [_answer(one) for one in case.recording.answers])
    with (own / "metrics.csv").open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows(_rows(case.recording.series))


def _answer(one: RecordedCall) -> dict[str, Any]:
    told = one.model_dump(mode="json")
    return {name: value for name, value in told.items() if name in ("params", "output") or value is not None}


def _rows(series: Mapping[Measure, Points]) -> list[list[str]]:
    """A header, and a row for each moment at which anything was measured."""
    at = [dict(points) for points in series.values()]
    moments = sorted({moment for points in at for moment in points})
    head = ["time", *("|".join(measure) for measure in series)]
    return [
        head,
        *(
            [datetime.fromtimestamp(moment, UTC).isoformat(), *(_cell(points.get(moment)) for points in at)]
            for moment in moments
        ),
    ]


def _cell(value: float | None) -> str:
    return "" if value is None else f"{value:.6g}"


def _write(file: Path, value: object) -> None:
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(_text(value), encoding="utf-8")
    except OSError as error:
        raise Misconfigured(f"{file} cannot be written: {error.strerror}.") from error


def _text(value: object) -> str:
    """JSON, a line for each member of a list: so that two recordings can be compared."""
    if isinstance(value, list | tuple):
        return "[\n" + ",\n".join(json.dumps(one) for one in value) + "\n]\n"
    return json.dumps(value, indent=2) + "\n"
