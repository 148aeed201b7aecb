"""An investigator looks into one recorded incident, as it would into a real one."""

import itertools
import time
from collections.abc import Mapping
from contextlib import aclosing
from dataclasses import dataclass
from datetime import timedelta
from uuid import NAMESPACE_URL, uuid5

import httpx

from aurora_rt.investigation.evaluation.replay import replay
from aurora_rt.investigation.evaluation.suite import RecordedCase
from aurora_rt.investigation.investigator import Case, Cause, Citation, Investigator, Summary
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
class Stage:
    """What is needed to play: an investigator, and the toolsets that it could use in earnest."""

    investigator: Investigator
    toolsets: Mapping[str, Toolset]
    settings: Settings
    http: httpx.AsyncClient

    async def play(self, case: RecordedCase) -> Played:
        """Let the investigator look into `case`. Raises `Unfinished`."""
        looks: dict[int, Observation] = {}
        ended: Summary | None = None
        began = time.monotonic()
        async with aclosing(self.investigator.investigate(_case(case), self._tools(case))) as steps:
            async for step in steps:
                if isinstance(step, Citation):
                    looks[step.observation.number] = step.observation
                elif isinstance(step, Summary):
                    ended = step
        if ended is None:
            raise Unfinished(f"{self.investigator.name} ended {case.id} without a summary.")
        return Played(case, ended.causes, ended.text, looks, time.monotonic() - began)

    def _tools(self, case: RecordedCase) -> Toolbox:
        window = Window(
            start=case.start - timedelta(seconds=self.settings.window_before),
            end=case.start + timedelta(seconds=self.settings.window_after),
            anchor=case.start,
        )
        numbers = itertools.count(1)

        async def number() -> int:
            return next(numbers)

        access = Access(self.settings, self.http, window, NO_POLICY)
        return Toolbox(replay(case.recording, self.toolsets), access, number=number)


def _case(case: RecordedCase) -> Case:
    first = case.alerts[0]
    return Case(
        incident_id=uuid5(NAMESPACE_URL, case.id),
        title=first.title,
        service=first.service,
        severity=first.severity,
        environment=first.labels.get("environment", ""),
        source="alertmanager",
        started_at=case.start,
        alerts=case.alerts,
    )
