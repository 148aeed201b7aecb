"""An investigator among the cases of a testbed: it looks in earnest, and what it saw may be kept."""

import asyncio
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Final

from aurora_rt.clock import now
from aurora_rt.errors import Invalid
from aurora_rt.investigation.evaluation.live import LiveCase, NotPlayed, Testbed
from aurora_rt.investigation.evaluation.measuring import measured
from aurora_rt.investigation.evaluation.play import Played, Stage, Told
from aurora_rt.investigation.evaluation.recording import Measure, Points, Recording
from aurora_rt.investigation.evaluation.saving import recorded, save_case
from aurora_rt.investigation.evaluation.suite import ReadAlerts, RecordedCase
from aurora_rt.investigation.investigator import CaseAlert
from aurora_rt.settings import Settings

LIMIT: Final = 60.0
"""Seconds that an investigator has for a case."""


@dataclass(frozen=True, slots=True)
class Outing:
    """What is needed to play the cases of a testbed."""

    testbed: Testbed
    stage: Stage
    read_alerts: ReadAlerts
    settle: float
    """Seconds of quiet before each fault: what is usual."""
    folder: Path | None = None
    """Where cases are saved, if they are."""

    async def play(self, name: str) -> Played:
        """Cause a case, let the investigator look, hear the truth. Raises `NotPlayed`, `Invalid`."""
        case = await self.testbed.cause(name, self.settle)
        alerts = self.read_alerts(case.alert, case.start)
        if not alerts:
            raise Invalid(f"{name}: the payload has no alert.")
        settings = await asyncio.to_thread(case.applied, self.stage.settings)
        told = await self._looked(case, alerts, settings)
        series = await self._measured(case, settings) if self.folder is not None else {}
        truth = await self.testbed.truth(name)
        recording = Recording(series, calls=self.testbed.hello.calls, answers=recorded(told.looks))
        kept = RecordedCase(case.id, case.start, alerts, recording, truth)
        if self.folder is not None:
            await asyncio.to_thread(save_case, self.folder, kept, case.alert)
        return Played(kept, told.causes, told.summary, told.looks, told.seconds)

    async def _looked(self, case: LiveCase, alerts: tuple[CaseAlert, ...], settings: Settings) -> Told:
        try:
            async with asyncio.timeout(LIMIT):
                return await self.stage.look_into(case.id, alerts, case.start, self.stage.toolsets, settings)
        except TimeoutError:
            raise NotPlayed(f"{case.id}: the investigator took longer than {LIMIT:.0f} s.") from None

    async def _measured(self, case: LiveCase, settings: Settings) -> dict[Measure, Points]:
        start = case.start - timedelta(seconds=settings.window_before)
        tools = self.stage.tools(self.stage.toolsets, settings, case.start)
        return await measured(self.testbed.hello.measures, tools, start, now())
