"""An investigator looks into one incident, a recorded or a live one, as it would in earnest."""

import itertools
import time
from collections.abc import Mapping
from contextlib import aclosing
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import NAMESPACE_URL, uuid5

import httpx

from aurora_rt.investigation.evaluation.replay import replay
from aurora_rt.investigation.evaluation.suite import RecordedCase
from aurora_rt.investigation.investigator import (
    Case,
    CaseAlert,
    Cause,
    Citation,
    Forgetful,
    Investigator,
    Summary,
)
from aurora_rt.settings import Settings
from aurora_rt.toolsets.policy import NO_POLICY
from aurora_rt.toolsets.toolbox import Toolbox
from aurora_rt.toolsets.toolset import Access, Observation, Toolset, Window


class Unfinished(RuntimeError):
    """An investigator ended without a summary, which none may."""


@dataclass(frozen=True, slots=True)
class Played:
    """What an investigator came to."""

    case: RecordedCase
    causes: tuple[Cause, ...]
    """Best first; none when it found nothing wrong."""
    summary: str
    looks: Mapping[int, Observation]
    seconds: float


@dataclass(frozen=True, slots=True)
class Told:
    """What an investigator said of an incident that it looked into."""

    causes: tuple[Cause, ...]
    """Best first; none when it found nothing wrong."""
    summary: str
    looks: Mapping[int, Observation]
    seconds: float


@dataclass(frozen=True, slots=True)
class Stage:
    """What is needed to play: an investigator, and the toolsets that it could use in earnest."""

    investigator: Investigator
    toolsets: Mapping[str, Toolset]
    settings: Settings
    http: httpx.AsyncClient

    async def play(self, case: RecordedCase) -> Played:
        """Let the investigator look into a recorded incident. Raises `Unfinished`."""
        tools = replay(case.recording, self.toolsets)
        told = await self.look_into(case.id, case.alerts, case.start, tools, self.settings)
        return Played(case, told.causes, told.summary, told.looks, told.seconds)

    async def look_into(
        self,
        name: str,
        alerts: tuple[CaseAlert, ...],
        start: datetime,
        toolsets: Mapping[str, Toolset],
        settings: Settings,
    ) -> Told:
        """Let the investigator look through `toolsets` into what `alerts` tell. Raises `Unfinished`."""
        looks: dict[int, Observation] = {}
        ended: Summary | None = None
        tools = self.tools(toolsets, settings, start)
        began = time.monotonic()
        async with aclosing(
            self.investigator.investigate(_case(name, alerts, start), tools, Forgetful())
        ) as steps:
            async for step in steps:
                if isinstance(step, Citation):
                    looks[step.observation.number] = step.observation
                elif isinstance(step, Summary):
                    ended = step
        if ended is None:
            raise Unfinished(f"{self.investigator.name} ended {name} without a summary.")
        return Told(ended.causes, ended.text, looks, time.monotonic() - began)

    def tools(self, toolsets: Mapping[str, Toolset], settings: Settings, start: datetime) -> Toolbox:
        """Tools that look around the moment in which an alert began."""
        window = Window(
            start=start - timedelta(seconds=settings.window_before),
            end=start + timedelta(seconds=settings.window_after),
            anchor=start,
        )
        numbers = itertools.count(1)

        async def number() -> int:
            return next(numbers)

        return Toolbox(toolsets, Access(settings, self.http, window, NO_POLICY), number=number)


def _case(name: str, alerts: tuple[CaseAlert, ...], start: datetime) -> Case:
    first = alerts[0]
    return Case(
        incident_id=uuid5(NAMESPACE_URL, name),
        title=first.title,
        service=first.service,
        severity=first.severity,
        environment=first.labels.get("environment", ""),
        source="alertmanager",
        started_at=start,
        alerts=alerts,
    )
