"""What was said to a model and what it answered, kept step by step: another worker goes on after the last one.

Each message is kept once, under its number, and never rewritten. All else, how far the work is and what it came to,
is told from the messages (`progress`), so that a run that goes on and one that was never broken off do the same.
"""

from collections.abc import Sequence
from typing import Final

from pydantic import TypeAdapter
from pydantic_ai.messages import ModelMessage, ModelRequest, ModelResponse, TextPart, UserPromptPart

from aurora_rt.investigation.investigator import Memory

_message: Final[TypeAdapter[ModelMessage]] = TypeAdapter(ModelMessage)


class History:
    """The messages of one conversation with models, oldest first."""

    def __init__(self, memory: Memory, name: str) -> None:
        """`name` tells conversations of the same work apart."""
        self._memory = memory
        self._name = name
        self._messages: list[ModelMessage] = []
        while (text := memory.kept.get(self._key)) is not None:
            self._messages.append(_message.validate_json(text))

    @property
    def messages(self) -> Sequence[ModelMessage]:
        """All of them."""
        return self._messages

    @property
    def _key(self) -> str:
        return f"{self._name}:{len(self._messages):04d}"

    async def add(self, message: ModelMessage) -> None:
        """Keep a message, for good."""
        await self._memory.keep(self._key, _message.dump_json(message).decode())
        self._messages.append(message)

    async def tell(self, text: str) -> None:
        """Say something to the model."""
        await self.add(ModelRequest(parts=[UserPromptPart(text)]))


def text_of(response: ModelResponse) -> str:
    """What a response says in words."""
    return "".join(part.content for part in response.parts if isinstance(part, TextPart))
