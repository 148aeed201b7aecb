"""The investigator that thinks with a language model. Imports pydantic-ai: imported when the first is made."""

from collections.abc import AsyncGenerator, Sequence

from aurora_rt.investigation.agent.answering import Answering
from aurora_rt.investigation.agent.investigating import Investigating
from aurora_rt.investigation.agent.limits import Limits
from aurora_rt.investigation.agent.voice import Voice, spoken
from aurora_rt.investigation.investigator import Case, Memory, Question, Step
from aurora_rt.investigation.waiting import Waiting
from aurora_rt.llm.models import ReadyModel
from aurora_rt.toolsets.toolset import Looking


class AgentInvestigator:
    """Implements `Investigator` with models, in order; with the built-in one before them, and after them."""

    def __init__(
        self,
        name: str,
        models: Sequence[ReadyModel],
        limits: Limits,
        *,
        away: str = "",
        notice: str = "",
        waiting: Waiting | None = None,
    ) -> None:
        """`away` says why none of the models that are wanted can be asked; `notice` what an answer says first."""
        self._name = name
        self._models = models
        self._limits = limits
        self._away = away
        self._notice = notice
        self._waiting = waiting or Waiting()

    @property
    def name(self) -> str:
        """The name of the model that is asked first."""
        return self._name

    def investigate(self, case: Case, tools: Looking, memory: Memory, /) -> AsyncGenerator[Step, None]:
        """See `Investigator.investigate`."""

        async def work(voice: Voice) -> None:
            one = Investigating(self._models, self._limits, case, tools, memory, voice, self._away)
            self._waiting.listener = one.wait
            await one.run()

        return spoken(work)

    def answer(self, question: Question, tools: Looking, memory: Memory, /) -> AsyncGenerator[Step, None]:
        """See `Investigator.answer`."""

        async def work(voice: Voice) -> None:
            one = Answering(
                self._models, self._limits, question, tools, memory, voice, self._away, self._notice
            )
            self._waiting.listener = one.wait
            await one.run()

        return spoken(work)
