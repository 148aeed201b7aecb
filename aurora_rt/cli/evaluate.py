"""`aurora-rt eval`: an investigator against recorded incidents."""

import asyncio
import json
from datetime import datetime
from pathlib import Path
from typing import Any

import click
import httpx

from aurora_rt.alerts.models import Alert
from aurora_rt.alerts.sources import alertmanager
from aurora_rt.errors import Misconfigured
from aurora_rt.investigation.builtin import BuiltinInvestigator
from aurora_rt.investigation.evaluation import suite as suites
from aurora_rt.investigation.evaluation.play import Stage
from aurora_rt.investigation.evaluation.score import Scored, scored, totals
from aurora_rt.investigation.evaluation.suite import Suite
from aurora_rt.investigation.investigator import CaseAlert, Investigator
from aurora_rt.settings import load
from aurora_rt.toolsets.registry import known


@click.command("eval")
@click.option(
    "--suite",
    "folder",
    required=True,
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="A folder of recorded incidents.",
)
@click.option("--investigator", default="builtin", show_default=True, help="Who investigates.")
@click.option(
    "--json", "as_json", is_flag=True, help="JSON lines on standard output: one a case, then the totals."
)
def evaluate(folder: Path, investigator: str, as_json: bool) -> None:
    """Let an investigator look into recorded incidents, and score what it finds.

    Ends with 0 when every case could be played, whatever the scores.
    """
    suite = suites.opened(folder, _alerts)
    settings = load()
    stage = Stage(_investigator(investigator), known(settings).toolsets, settings, httpx.AsyncClient())
    cases = asyncio.run(_played(suite, stage, as_json=as_json))
    figures = totals(suite.name, investigator, cases)
    click.echo(json.dumps({"totals": figures}) if as_json else _table(figures))


async def _played(suite: Suite, stage: Stage, *, as_json: bool) -> list[Scored]:
    found = []
    async with stage.http:
        cases = suite.cases()
        while case := await asyncio.to_thread(next, cases, None):
            one = scored(await stage.play(case))
            click.echo(json.dumps(one.line()) if as_json else _row(one))
            found.append(one)
    return found


def _investigator(name: str) -> Investigator:
    if name != "builtin":
        raise Misconfigured(f"There is no investigator {name!r}. There is: builtin.")
    return BuiltinInvestigator()


def _alerts(payload: object, start: datetime) -> tuple[CaseAlert, ...]:
    return tuple(_case_alert(one, start) for one in alertmanager.parse(payload))


def _case_alert(alert: Alert, start: datetime) -> CaseAlert:
    return CaseAlert(
        title=alert.title,
        description=alert.description,
        severity=alert.severity,
        service=alert.service,
        status=alert.status,
        labels=alert.labels,
        annotations=alert.annotations,
        started_at=alert.started_at or start,
        expression=alert.expression,
        source_url=alert.source_url,
    )


def _row(one: Scored) -> str:
    first = one.played.causes[0] if one.played.causes else None
    said = f"{first.node} ({first.kind}, {first.confidence:.2f})" if first else "nothing wrong"
    right = one.healthy if one.truth.healthy else one.place == 1
    rank = (
        ""
        if right or one.truth.healthy
        else f"; right is {'not named' if one.place is None else f'no. {one.place}'}"
    )
    return f"{'ok ' if right else '-  '} {one.played.case.id}: {said}{rank}, {one.played.seconds:.2f} s"


def _table(figures: dict[str, Any]) -> str:
    lines = [f"  {name:<22}{value}" for name, value in figures.items() if not isinstance(value, dict)]
    for name in ("place_and_kind", "by_kind"):
        lines += [f"  {name} {kind:<20}{value}" for kind, value in figures[name].items()]
    return "\n".join(["", *lines])
