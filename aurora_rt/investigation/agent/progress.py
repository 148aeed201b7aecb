"""How far a conversation is, told from its messages alone. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final, Literal

from pydantic_ai.messages import ModelMessage, ModelResponse, ToolCallPart, ToolReturnPart, UserPromptPart

from aurora_rt.investigation.agent.conclusion import CONCLUDE, Conclusion, read
from aurora_rt.investigation.agent.prompts import END_MARK, LIMIT_MARK, NEAR_MARK

IDLE: Final = 3
"""Steps in a row in which no call came to anything, after which a model is told to look no further."""

Phase = Literal["looking", "concluding", "summing_up"]


@dataclass(frozen=True, slots=True)
class Progress:
    """How far it is."""

    steps: int = 0
    """Answers of models so far."""
    idle: int = 0
    """The last steps in a row of which no call came to anything."""
    endings: int = 0
    """Answers since it was to look no further."""
    conclusion: Conclusion | None = None
    warned: bool = False
    """Whether the model was told that a limit is near."""
    told_to_end: bool = False
    """Whether the model was told to look no further …"""
    limited: bool = False
    """… because of a limit of ours."""

    @property
    def phase(self) -> Phase:
        """Looking further; told to look no further; or concluded, with the summary to be written."""
        if self.conclusion is not None:
            return "summing_up"
        return "concluding" if self.told_to_end else "looking"


def progress(messages: Sequence[ModelMessage]) -> Progress:
    """How far it is."""
    steps = idle = endings = 0
    conclusion: Conclusion | None = None
    told: list[str] = []
    calls: dict[str, ToolCallPart] = {}
    for message in messages:
        if isinstance(message, ModelResponse):
            steps += 1
            endings += conclusion is not None or any(END_MARK in text for text in told)
            calls = {part.tool_call_id: part for part in message.tool_calls}
            continue
        told += _told(message.parts)
        returns = [part for part in message.parts if isinstance(part, ToolReturnPart)]
        worked = [part for part in returns if part.outcome == "success"]
        if returns:
            idle = 0 if worked else idle + 1
        conclusion = conclusion or _concluded(worked, calls)
    ends = [text for text in told if END_MARK in text]
    return Progress(
        steps=steps,
        idle=idle,
        endings=endings,
        conclusion=conclusion,
        warned=any(NEAR_MARK in text for text in told),
        told_to_end=bool(ends),
        limited=any(LIMIT_MARK in text for text in ends),
    )


def _concluded(worked: Iterable[ToolReturnPart], calls: dict[str, ToolCallPart]) -> Conclusion | None:
    for part in worked:
        call = calls.get(part.tool_call_id)
        if part.tool_name == CONCLUDE and call is not None:
            return read(call.args_as_dict())
    return None


def _told(parts: Iterable[object]) -> list[str]:
    """What we said ourselves; what is quoted in a first telling is long, and starts otherwise."""
    return [
        part.content
        for part in parts
        if isinstance(part, UserPromptPart)
        and isinstance(part.content, str)
        and len(part.content) < MOST_TOLD
    ]


MOST_TOLD: Final = 800
"""Characters of what is said on the way."""
