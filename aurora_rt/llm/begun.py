"""An answer that has begun: its stream is open, and the first piece of it is here.

A provider may accept a request, say so, and break off before it says anything. Whoever waits here for the first piece
may still ask again, because nobody has seen any of the answer. Imports pydantic-ai: only `asked` uses it.
"""

from collections.abc import AsyncIterator
from typing import Final

from pydantic_ai.messages import (
    FinalResultEvent,
    ModelResponseStreamEvent,
    PartDeltaEvent,
    PartEndEvent,
    PartStartEvent,
    TextPart,
    TextPartDelta,
    ThinkingPart,
    ThinkingPartDelta,
)
from pydantic_ai.models import StreamedResponse

MOST_HELD: Final = 100
"""Events without content that are held back; what comes after so many counts as an answer."""


async def begun(stream: StreamedResponse) -> StreamedResponse:
    """The stream, once its first piece is here: nothing of it is left out. Raises what the stream raises."""
    events = aiter(stream)
    held: list[ModelResponseStreamEvent] = []
    async for event in events:
        held.append(event)
        if has_content(event) or len(held) == MOST_HELD:
            break
    # pydantic-ai's own fallback holds events back like this: a stream hands out the iterator that is kept here.
    stream._event_iterator = _all(held, events)
    return stream


def has_content(event: ModelResponseStreamEvent) -> bool:
    """Whether there is a piece of the answer in an event: a text, a thought, or a call."""
    match event:
        case PartStartEvent(part=TextPart(content=text) | ThinkingPart(content=text)):
            return bool(text)
        case PartDeltaEvent(delta=TextPartDelta(content_delta=text) | ThinkingPartDelta(content_delta=text)):
            return bool(text)
        case PartEndEvent() | FinalResultEvent():
            return False
        case _:
            return True


async def _all(
    held: list[ModelResponseStreamEvent], others: AsyncIterator[ModelResponseStreamEvent]
) -> AsyncIterator[ModelResponseStreamEvent]:
    for event in held:
        yield event
    async for event in others:
        yield event
