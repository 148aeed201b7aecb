"""`aurora-rt eval`: an investigator against recorded and live incidents."""

import asyncio
import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import click
import httpx

from aurora_rt.alerts.models import Alert
from aurora_rt.alerts.sources import alertmanager
from aurora_rt.errors import AuroraError, Misconfigured
from aurora_rt.investigation.builtin import BuiltinInvestigator
from aurora_rt.investigation.evaluation import live
from aurora_rt.investigation.evaluation import suite as suites
from aurora_rt.investigation.evaluation.live import NotPlayed
from aurora_rt.investigation.evaluation.outing import Outing
from aurora_rt.investigation.evaluation.play import Stage
from aurora_rt.investigation.evaluation.saving import save_suite
from aurora_rt.investigation.evaluation.score import Scored, scored, totals
from aurora_rt.investigation.evaluation.suite import Suite
from aurora_rt.investigation.investigator import CaseAlert, Investigator
from aurora_rt.llm.alone import alone
from aurora_rt.llm.models import ReadyModel
from aurora_rt.settings import Settings, load
from aurora_rt.toolsets.registry import known
from aurora_rt.toolsets.toolset import Toolset


@click.command("eval")
@click.option(
    "--suite",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="A folder of recorded incidents.",
)
@click.option(
    "--live",
    "testbed",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="The folder of a testbed: a running system with faults that are caused for real.",
)
@click.option("--only", default="", help="Names of cases, comma-separated; by default all.")
@click.option(
    "--settle",
    type=click.FloatRange(0, 3600),
    default=45,
    show_default=True,
    help="Seconds of quiet before each live fault.",
)
@click.option(
    "--save",
    type=click.Path(file_okay=False, path_type=Path),
    help="Keep live cases as a suite in this folder.",
)
@click.option(
    "--investigator",
    default="builtin",
    show_default=True,
    help="Who investigates: `builtin`, or a language model, such as `anthropic/claude-3.5-sonnet`.",
)
@click.option(
    "--json", "as_json", is_flag=True, help="JSON lines on standard output: one a case, then the totals."
)
def evaluate(
    suite: Path | None,
    testbed: Path | None,
    only: str,
    settle: float,
    save: Path | None,
    investigator: str,
    as_json: bool,
) -> None:
    """Let an investigator look into recorded incidents or into live ones, and score what it finds.

    Ends with 0 when every case could be played, whatever the scores.
    """
    if (suite is None) == (testbed is None):
        raise click.UsageError("Give either --suite or --live.")
    wanted = [name.strip() for name in only.split(",") if name.strip()]
    show, settings = _Shown(as_json), load()
    setting = _Setting(investigator, known(settings).toolsets, settings)
    if suite is not None:
        opened = suites.opened(suite, alerts_in)
        name, cases = opened.name, asyncio.run(_replayed(opened, setting, wanted, show))
    elif testbed is not None:
        name, cases = asyncio.run(_live(testbed, setting, wanted, settle, save, show))
    figures = totals(name, investigator, cases)
    click.echo(json.dumps({"totals": figures}) if as_json else _table(figures))
    if show.failed:
        raise click.exceptions.Exit(1)


@dataclass(slots=True)
class _Shown:
    """Rows as they come."""

    as_json: bool
    failed: int = 0

    def case(self, one: Scored) -> Scored:
        click.echo(json.dumps(one.line()) if self.as_json else _row(one))
        return one

    def failure(self, name: str, error: AuroraError) -> None:
        self.failed += 1
        click.echo(f"!   {name}: {error.message}", err=True)


@dataclass(frozen=True, slots=True)
class _Setting:
    """Who investigates, and with what."""

    investigator: str
    toolsets: Mapping[str, Toolset]
    settings: Settings

    @asynccontextmanager
    async def stage(self) -> AsyncIterator[Stage]:
        """Where it is played."""
        async with httpx.AsyncClient() as http, _investigating(self.investigator, self.settings) as one:
            yield Stage(one, self.toolsets, self.settings, http)


async def _replayed(suite: Suite, setting: _Setting, wanted: list[str], show: _Shown) -> list[Scored]:
    found = []
    async with setting.stage() as stage:
        cases = suite.cases()
        while case := await asyncio.to_thread(next, cases, None):
            if not wanted or case.id in wanted:
                found.append(show.case(scored(await stage.play(case))))
    return found


async def _live(
    folder: Path, setting: _Setting, wanted: list[str], settle: float, save: Path | None, show: _Shown
) -> tuple[str, list[Scored]]:
    found: list[Scored] = []
    async with setting.stage() as stage, live.opened(folder) as testbed:
        if unknown := set(wanted) - set(testbed.hello.cases):
            raise Misconfigured(
                f"{folder} has no case {', '.join(sorted(unknown))}. It has: {', '.join(testbed.hello.cases)}."
            )
        names = [name for name in testbed.hello.cases if not wanted or name in wanted]
        if save is not None:
            await asyncio.to_thread(save_suite, save, testbed.hello.name, len(names), testbed.hello.calls)
        outing = Outing(testbed, stage, alerts_in, settle, save)
        for name in names:
            try:
                found.append(show.case(scored(await outing.play(name))))
            except NotPlayed as error:
                show.failure(name, error)
    return testbed.hello.name, found


@asynccontextmanager
async def _investigating(name: str, settings: Settings) -> AsyncIterator[Investigator]:
    """The investigator with this name: the built-in one, or a language model with it. Raises `ModelAway`."""
    if name == BuiltinInvestigator.name:
        yield BuiltinInvestigator()
        return
    async with alone(settings, name) as model:
        yield await asyncio.to_thread(_agent, name, model, settings)


def _agent(name: str, model: ReadyModel, settings: Settings) -> Investigator:
    from aurora_rt.investigation.agent.investigator import AgentInvestigator
    from aurora_rt.investigation.agent.limits import Limits

    return AgentInvestigator(name, (model,), Limits(settings.agent_seconds, settings.agent_steps))


def alerts_in(payload: object, start: datetime) -> tuple[CaseAlert, ...]:
    """The alerts of a notification of Alertmanager, for an investigator: see `suite.ReadAlerts`."""
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
