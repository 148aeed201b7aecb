"""Who finds the cause: the built-in investigator beside methods of the literature, on the same recorded incidents.

    python tests/bench/causes.py SUITE… [--json]

The methods get what was measured (`metrics.csv`) and when the alert began, and rank places; the investigator gets
its tools. BARO is its published RobustScorer, written again because its package needs scikit-learn, pandas and
matplotlib: each measurement is scaled by median and interquartile range of the normal time, and ranked by its
highest value in the abnormal one (Pham, Ha, Zhang: BARO, FSE 2024, https://doi.org/10.1145/3660805; MIT-licensed
code at https://github.com/phamquiluan/baro). N-sigma is the same with mean and standard deviation. "Of the alert"
leaves only measurements of the kind that the alert is about.
"""

import argparse
import asyncio
import json
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from statistics import fmean, median, pstdev, quantiles
from typing import Any

import httpx

from aurora_rt.cli.evaluate import alerts_in
from aurora_rt.investigation.builtin import BuiltinInvestigator
from aurora_rt.investigation.evaluation.play import Played, Stage
from aurora_rt.investigation.evaluation.recording import Measure
from aurora_rt.investigation.evaluation.score import scored, totals
from aurora_rt.investigation.evaluation.suite import RecordedCase, opened
from aurora_rt.investigation.investigator import Cause
from aurora_rt.settings import load
from aurora_rt.toolsets.registry import discover

ONSET = 15.0
"""Seconds before an alert's start in which its fault has begun: what is before is the normal time, if there is no
recording of one."""
FIGURES = ("ac@1", "ac@3", "avg@5")

Windows = Mapping[Measure, tuple[list[float], list[float]]]
Scale = Callable[[list[float]], tuple[float, float]]


def windows(case: RecordedCase) -> Windows:
    """What was measured in the normal time and in the abnormal one; constant ones are left out, as BARO does."""
    onset = case.start.timestamp() - ONSET
    found = {}
    for measure, points in case.recording.series.items():
        if case.recording.baseline:
            normal = [value for _, value in case.recording.baseline.get(measure, ())]
            abnormal = [value for _, value in points]
        else:
            normal = [value for at, value in points if at < onset]
            abnormal = [value for at, value in points if at >= onset]
        if len(set(normal)) > 1 and len(set(abnormal)) > 1:
            found[measure] = (normal, abnormal)
    return found


def of_the_alert(case: RecordedCase, every: Windows) -> Windows:
    """The measurements of the kind that the alert is about; all, when it does not say."""
    alert = case.alerts[0]
    told = alert.labels.get("metric") or alert.title.lower()
    near = {measure: both for measure, both in every.items() if measure.metric.rstrip("s") in told}
    return near or every


def alerting_service(case: RecordedCase) -> list[str]:
    """Whoever raises the alarm is to blame."""
    return [case.alerts[0].service]


def ranked(every: Windows, scale: Scale) -> list[str]:
    """Places by the highest scaled value of any of their measurements."""
    best: dict[str, float] = {}
    for measure, (normal, abnormal) in every.items():
        middle, width = scale(normal)
        score = max((value - middle) / (width or 1.0) for value in abnormal)
        best[measure.node] = max(best.get(measure.node, score), score)
    return sorted(best, key=lambda node: (-best[node], node))


def interquartile(values: list[float]) -> tuple[float, float]:
    """Median and interquartile range."""
    low, _, high = quantiles(values, n=4, method="inclusive")
    return median(values), high - low


def sigma(values: list[float]) -> tuple[float, float]:
    """Mean and standard deviation."""
    return fmean(values), pstdev(values)


METHODS: dict[str, Callable[[RecordedCase], list[str]]] = {
    "alerting service": alerting_service,
    "BARO": lambda case: ranked(windows(case), interquartile),
    "BARO, of the alert": lambda case: ranked(of_the_alert(case, windows(case)), interquartile),
    "N-sigma": lambda case: ranked(windows(case), sigma),
    "N-sigma, of the alert": lambda case: ranked(of_the_alert(case, windows(case)), sigma),
}


def by_method(name: str, case: RecordedCase) -> Played:
    """What a method says of a case."""
    began = time.monotonic()
    causes = tuple(Cause(node, "none", 0.5) for node in METHODS[name](case)[:10])
    return Played(case, causes, "", {}, time.monotonic() - began)


async def compared(folder: Path) -> dict[str, dict[str, Any]]:
    """Every contender's figures on the suite in `folder`."""
    suite = opened(folder, alerts_in)
    cases = list(suite.cases())
    stage = Stage(BuiltinInvestigator(), discover(), load(), httpx.AsyncClient(trust_env=False))
    async with stage.http:
        played = {"aurora (built-in)": [await stage.play(case) for case in cases]}
    for name in METHODS:
        played[name] = [by_method(name, case) for case in cases]
    return {name: totals(suite.name, name, list(map(scored, plays))) for name, plays in played.items()}


def table(figures: Mapping[str, Mapping[str, Any]]) -> str:
    """The figures for people."""
    heads = ("", *FIGURES, "false causes", "s/case")
    rows = [
        (name, *(_text(one[figure]) for figure in FIGURES), *_others(one)) for name, one in figures.items()
    ]
    first = next(iter(figures.values()))
    faulty = first["cases"] - first["healthy_cases"]
    lines = [f"{first['suite']}: {faulty} with a fault, {first['healthy_cases']} without"]
    return "\n".join([*lines, *(_line(row) for row in (heads, *rows))])


def _others(one: Mapping[str, Any]) -> tuple[str, str]:
    return f"{one['false_causes']}/{one['healthy_cases']}", f"{one['median_seconds']:.3f}"


def _line(row: Sequence[str]) -> str:
    return f"  {row[0]:<24}" + "".join(f"{cell:>14}" for cell in row[1:])


def _text(value: float | None) -> str:
    return "-" if value is None else f"{value:.2f}"


def main() -> None:
    """Compare on the suites that are given."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("suites", nargs="+", type=Path)
    parser.add_argument("--json", action="store_true", help="one object a suite and contender")
    given = parser.parse_args()
    for folder in given.suites:
        figures = asyncio.run(compared(folder))
        if given.json:
            print("\n".join(json.dumps(one) for one in figures.values()))
        else:
            print(table(figures))


if __name__ == "__main__":
    main()
