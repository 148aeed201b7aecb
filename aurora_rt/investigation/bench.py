"""What a process needs to investigate and to answer: one workbench, put together where the process starts."""

import itertools
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

import httpx

from aurora_rt.clock import now
from aurora_rt.connectors.lending import Lending
from aurora_rt.db.pool import Database
from aurora_rt.events.bus import Bus
from aurora_rt.events.change import Changes
from aurora_rt.investigation import queries
from aurora_rt.investigation.investigator import Case
from aurora_rt.investigation.investigators import Investigators
from aurora_rt.knowledge.judged import JudgedBooks
from aurora_rt.knowledge.library import Knowledge
from aurora_rt.settings import Settings
from aurora_rt.toolsets.lent import equipped
from aurora_rt.toolsets.policies import policy_of
from aurora_rt.toolsets.shared import SharedLooks
from aurora_rt.toolsets.toolbox import Begins, Toolbox, unheard
from aurora_rt.toolsets.toolset import Access, Observation, Toolset, Window

WATCH_SECONDS = 0.5
"""How often a run asks whether it has been cancelled or taken over."""


@dataclass(frozen=True, slots=True)
class Workbench:
    """The parts that runs share; one for each process."""

    settings: Settings
    database: Database
    changes: Changes
    bus: Bus
    toolsets: Mapping[str, Toolset]
    http: httpx.AsyncClient
    investigators: Investigators
    knowledge: Knowledge
    shared: SharedLooks = field(default_factory=SharedLooks)
    accounts: Lending | None = None
    """The accounts of organizations; `None` where there are none, as in an evaluation."""

    async def toolbox(
        self,
        organization_id: UUID,
        incident_id: UUID | None,
        window: Window,
        recorded: tuple[Observation, ...] = (),
        providers: Collection[str] | None = None,
        begins: Begins = unheard,
    ) -> Toolbox:
        """Tools bound to a window, whose looks are numbered within the incident, if there is one.

        They run what the organization's policy, as it is now, lets run, and look with its accounts: those with
        `providers`, when any are named. `begins` is told of each look before it is taken.
        """
        loose = itertools.count(1 + max((one.number for one in recorded), default=0))

        async def number() -> int:
            if incident_id is None:
                return next(loose)
            async with self.database.scope(organization_id) as scope:
                return await queries.next_citation_number(scope, incident_id)

        policy = await policy_of(self.database, organization_id)
        access = Access(
            settings=self.settings,
            http=self.http,
            window=window,
            policy=policy,
            library=JudgedBooks(self.knowledge, organization_id),
        )
        toolsets = self.toolsets
        if self.accounts is not None:
            loans = await self.accounts.loans(organization_id, providers)
            toolsets, access = equipped(toolsets, access, loans, self.accounts.accounts.wire)
        return Toolbox(toolsets, access, number=number, recorded=recorded, shared=self.shared, begins=begins)

    def window_of(self, case: Case | None) -> Window:
        """The stretch of time to look at: around when the alert began, or up to now where there is none."""
        anchor: datetime = case.started_at if case else now()
        before = timedelta(seconds=self.settings.window_before)
        after = timedelta(seconds=self.settings.window_after)
        return Window(start=anchor - before, end=anchor + after, anchor=anchor)
