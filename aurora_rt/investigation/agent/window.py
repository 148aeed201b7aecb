"""Messages, cut to what a model's window has room for, by relevance. What is kept of them is never changed. Pure.

Only quoted data is cut, block by block, and each block stays closed; what we say ourselves stays whole. What it is all
about (the alert, what was found so far: blocks without a number) counts most, then the newest looks. Where not even
that is enough, the oldest calls and what they showed are left out together.
"""

import re
from collections.abc import Callable, Iterable, Sequence
from copy import copy
from dataclasses import replace
from typing import Final

from pydantic_ai.messages import (
    ModelMessage,
    ModelRequest,
    ModelRequestPart,
    ModelResponse,
    TextPart,
    ThinkingPart,
    ToolCallPart,
    ToolReturnPart,
    UserPromptPart,
)

from aurora_rt.investigation.agent.fitting import Part, fitted, tokens, tokens_again
from aurora_rt.investigation.agent.quoting import CLOSES, END, OPENS

OVERHEAD: Final = 10
"""Tokens around each part of a message."""
SPARE: Final = 0.04
"""Of the window: what a provider adds, and what measuring gets wrong."""
NEWER: Final = 1.25
"""How much more room a look deserves than the one before it."""
ABOUT: Final = 2.0
"""How much more room than the newest look deserves what it is all about."""
CUT_MARK: Final = "(cut to fit)"

_BLOCK: Final = re.compile(
    rf"({re.escape(OPENS)}data[^{CLOSES}\n]*{re.escape(CLOSES)}\n)(.*?)(\n{re.escape(END)})", re.DOTALL
)
_NUMBERED: Final = f"{OPENS}data ["
"""What a look's block begins with."""


def size_of(messages: Iterable[ModelMessage]) -> int:
    """Tokens that messages take."""
    return sum(_size(message) for message in messages)


def room_in(window: int, max_tokens: int, besides: int) -> int:
    """Tokens that a window has for messages, beside the answer and what is always sent."""
    return int(window * (1 - SPARE)) - max_tokens - besides


def within(messages: Sequence[ModelMessage], room: int, about: str) -> list[ModelMessage]:
    """`messages`, cut to `room` tokens by what matters for `about`."""
    if size_of(messages) <= room:
        return list(messages)
    kept = _blocks_cut(messages, room, about)
    while size_of(kept) > room and (shorter := _without_oldest_look(kept)) is not None:
        kept = shorter
    return kept


def _blocks_cut(messages: Sequence[ModelMessage], room: int, about: str) -> list[ModelMessage]:
    """With the data in blocks cut as far as needed."""
    blocks = [found for text in _texts(messages) for found in _BLOCK.finditer(text)]
    if not blocks:
        return list(messages)
    besides = size_of(messages) - sum(tokens(one[2]) for one in blocks)
    most = ABOUT * NEWER ** len(blocks)
    weighed = [
        Part(str(n), one[2], weight=NEWER**n if one[1].startswith(_NUMBERED) else most)
        for n, one in enumerate(blocks)
    ]
    left = {one.key: one.text for one in fitted(weighed, max(room - besides, 0), about)}
    at = iter(range(len(blocks)))

    def cut(found: re.Match[str]) -> str:
        return f"{found[1]}{left.get(str(next(at)), CUT_MARK)}{found[3]}"

    return [_with_texts(message, lambda text: _BLOCK.sub(cut, text)) for message in messages]


def _without_oldest_look(messages: list[ModelMessage]) -> list[ModelMessage] | None:
    """Without the oldest calls and their results; `None` when nothing is left that can be left out.

    The first message, which says what it is about, and the last two stay.
    """
    for n in range(1, len(messages) - 3):
        if isinstance(messages[n], ModelResponse) and isinstance(messages[n + 1], ModelRequest):
            return [*messages[:n], *messages[n + 2 :]]
    return None


def _texts(messages: Iterable[ModelMessage]) -> Iterable[str]:
    for message in messages:
        for part in message.parts:
            if isinstance(part, UserPromptPart | ToolReturnPart) and isinstance(part.content, str):
                yield part.content


def _with_texts(message: ModelMessage, change: Callable[[str], str]) -> ModelMessage:
    if isinstance(message, ModelResponse):
        return message
    return replace(message, parts=[_changed(part, change) for part in message.parts])


def _changed(part: ModelRequestPart, change: Callable[[str], str]) -> ModelRequestPart:
    if isinstance(part, UserPromptPart) and isinstance(part.content, str):
        return replace(part, content=change(part.content))
    if isinstance(part, ToolReturnPart) and isinstance(part.content, str):
        changed = copy(part)
        changed.content = change(part.content)
        return changed
    return part


def _size(message: ModelMessage) -> int:
    size = 0
    for part in message.parts:
        size += OVERHEAD
        match part:
            case TextPart(content=text) | ThinkingPart(content=text):
                size += tokens_again(text)
            case ToolCallPart():
                size += tokens_again(part.tool_name) + tokens_again(part.args_as_json_str())
            case ToolReturnPart():
                size += tokens_again(part.model_response_str())
            case UserPromptPart(content=str() as text):
                size += tokens_again(text)
            case _:
                size += tokens_again(str(getattr(part, "content", "")))
    return size
