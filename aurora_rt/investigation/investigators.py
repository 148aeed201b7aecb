"""Who investigates and who answers: a language model where one is named, else the built-in investigator."""

import asyncio
import sys
from dataclasses import dataclass
from importlib import import_module
from uuid import UUID

import structlog

from aurora_rt.investigation.builtin import BuiltinInvestigator
from aurora_rt.investigation.investigator import Investigator
from aurora_rt.investigation.waiting import Waiting
from aurora_rt.llm.errors import ModelAway
from aurora_rt.llm.models import ReadyModel, Spender
from aurora_rt.llm.ready import Models
from aurora_rt.settings import Settings

ANSWER_SHARE = 0.5
"""Of the time and the steps of an investigation, that an answer may take: somebody waits for it."""

AGENT = "aurora_rt.investigation.agent.investigator"

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Investigators:
    """Those that there are; for each process one."""

    settings: Settings
    models: Models

    async def for_incident(
        self, organization_id: UUID, incident_id: UUID, investigation_id: UUID
    ) -> Investigator:
        """Who looks into an incident."""
        spender = Spender(organization_id, "investigation", incident_id, investigation_id)
        return await self._found(spender, None, 1.0)

    async def for_question(
        self,
        organization_id: UUID,
        wanted: object,
        *,
        answer_id: UUID,
        session_id: UUID,
        incident_id: UUID | None,
    ) -> Investigator:
        """Who answers a question. `wanted` is what the session names: another model answers where it is none."""
        spender = Spender(organization_id, "answer", incident_id, answer_id, session_id)
        name = wanted.strip()[:200] if isinstance(wanted, str) else ""
        if name == BuiltinInvestigator.name:
            return BuiltinInvestigator()
        return await self._found(spender, name or None, ANSWER_SHARE)

    async def _found(self, spender: Spender, wanted: str | None, share: float) -> Investigator:
        waiting = Waiting()
        try:
            ready = await self.models.ready(spender, wanted, waiting.tell)
        except ModelAway as away:
            log.warning("models_away", reason=away.message)
            return await self._agent(
                wanted or self.settings.model or "", (), share, waiting, away=away.message
            )
        if not ready:
            return BuiltinInvestigator()
        notice = ""
        if wanted is not None and ready[0].name != wanted:
            notice = f"The model {wanted} cannot be asked; {ready[0].name} answers."
        return await self._agent(ready[0].name, ready, share, waiting, notice=notice)

    async def _agent(
        self,
        name: str,
        ready: tuple[ReadyModel, ...],
        share: float,
        waiting: Waiting,
        away: str = "",
        notice: str = "",
    ) -> Investigator:
        # It brings pydantic-ai, which takes most of a second to import: not in the loop, and not without a model.
        if not hasattr(sys.modules.get(AGENT), "AgentInvestigator"):  # not yet, or half
            await asyncio.to_thread(import_module, AGENT)
        return self._made(name, ready, share, waiting, away, notice)

    def _made(
        self, name: str, ready: tuple[ReadyModel, ...], share: float, waiting: Waiting, away: str, notice: str
    ) -> Investigator:
        from aurora_rt.investigation.agent.investigator import AgentInvestigator
        from aurora_rt.investigation.agent.limits import Limits

        limits = Limits(
            self.settings.agent_seconds * share,
            max(1, round(self.settings.agent_steps * share)),
            specialists=self.settings.specialists,
        )
        return AgentInvestigator(name, ready, limits, away=away, notice=notice, waiting=waiting)
