"""A conversation with models in which they look with tools: one step after the other, each kept when it is finished."""

import asyncio
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, Final

from pydantic_ai.messages import ModelResponse

from aurora_rt.investigation.agent.asking import Asking
from aurora_rt.investigation.agent.briefing import shown
from aurora_rt.investigation.agent.catalogue import Listed, listed, model_name
from aurora_rt.investigation.agent.ground import Ground
from aurora_rt.investigation.agent.history import History
from aurora_rt.investigation.agent.offered import NotSo, Offered, Tool, of_looks
from aurora_rt.investigation.agent.pen import Pen
from aurora_rt.investigation.agent.turn import carried_out
from aurora_rt.investigation.agent.voice import Voice
from aurora_rt.investigation.investigator import Citation
from aurora_rt.toolsets.toolset import Observation, Offer

SHARE_OF_TOOLS: Final = 0.3
"""Of what is left of a window beside the answer, that telling of tools may take …"""
SHARE_IN_SMALL: Final = 0.2
"""… and in a small one."""
SMALL: Final = 8192
SHARE_OF_LOOK: Final = 0.12
"""Of a window, that one look may take when it is shown first."""
MOST_OF_LOOK: Final = 4000
"""Tokens of one look, however large the window is."""


@dataclass(slots=True)
class Conversation:
    """One of them."""

    asking: Asking
    history: History
    ground: Ground
    voice: Voice
    fits: Callable[[Offer], bool] = field(default=lambda _: True)
    """Which tools belong to it."""
    _offers: tuple[tuple[str, frozenset[str]], list[Listed]] | None = field(default=None, repr=False)

    def looks(self) -> list[Tool]:
        """The tools to look with that fit the window of the model that is asked."""
        model, used = self.asking.model, self.ground.used
        if self._offers is None or self._offers[0][0] != model.name:
            share = SHARE_IN_SMALL if model.window <= SMALL else SHARE_OF_TOOLS
            room = int((model.window - self.asking.max_tokens(model)) * share)
            offers = [one for one in self.ground.tools.offers if self.fits(one)]
            self._offers = ((model.name, used), listed(offers, room, self.asking.about, used))
        return of_looks(self._offers[1], self._look)

    async def answered(self, tools: Sequence[Tool], pen: Pen) -> ModelResponse:
        """The model's next answer, which is kept. Raises `Spent`, `NoModelLeft`."""
        response = await self.asking.answer(self.history.messages, tools, pen)
        await self.history.add(response)
        return response

    async def called(self, tools: Sequence[Tool]) -> None:
        """Carry out the calls of the last answer, and keep what they came to."""
        results = await carried_out(self.asking.model.model, self.history.messages, Offered(tools))
        await self.voice.heard()
        await self.history.add(results)

    async def recalled(self, answer: ModelResponse) -> list[Observation]:
        """What the calls of a kept answer showed. They were recorded: nothing is looked at twice."""
        names = {model_name(one.name): one.name for one in self.ground.tools.offers}
        found = []
        for call in answer.tool_calls:
            if call.tool_name not in names:
                continue
            with suppress(ValueError):  # parameters that cannot be read were never looked with
                seen = await self.ground.tools.look(names[call.tool_name], **call.args_as_dict())
                if seen.was_made:
                    self.ground.looks[seen.number] = seen
                    found.append(seen)
        return found

    async def _look(self, tool: str, parameters: dict[str, Any]) -> str:
        seen = await self.ground.tools.look(tool, **parameters)
        if not seen.was_made:
            raise NotSo(seen.error or "It cannot be called so.")
        if seen.number not in self.ground.looks:
            self.ground.looks[seen.number] = seen
            self.voice.say(Citation(seen))
        room = min(MOST_OF_LOOK, int(self.asking.model.window * SHARE_OF_LOOK))
        return await asyncio.to_thread(shown, seen, room, self.asking.about)
