"""A file that is sent as `multipart/form-data`, read piece by piece: neither memory nor disk ever holds the whole."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing, asynccontextmanager
from dataclasses import dataclass
from typing import Final

from quart import request
from werkzeug.exceptions import RequestEntityTooLarge
from werkzeug.sansio.multipart import Data, Epilogue, Event, File, MultipartDecoder, NeedData

from aurora_rt.errors import Invalid, TooLarge, UnsupportedMedia

PIECE: Final = 64 * 1024
AROUND: Final = 64 * 1024
"""Bytes of a body beside the file itself: boundaries, headers, other fields."""
MOST_PARTS: Final = 20
SILENT_SECONDS: Final = 30.0
"""How long nothing may come before the upload is given up."""


@dataclass(frozen=True, slots=True)
class Incoming:
    """A file that is being sent. `pieces` ends when it is whole, and raises when it is not.

    It raises `Invalid` when it breaks off or stalls, `TooLarge` beyond the limit.
    """

    filename: str
    """As the client names it."""
    announced: int | None
    """Bytes that the client says will come, the form around the file included; None when it does not."""
    pieces: AsyncGenerator[bytes, None]


@asynccontextmanager
async def incoming_file(field: str, *, limit: int) -> AsyncIterator[Incoming]:
    """The file in the form field called `field`, of `limit` bytes at most.

    Raises `UnsupportedMedia` when no form is sent, `TooLarge`, `Invalid` when there is no such file in it.
    """
    boundary = request.mimetype_params.get("boundary", "")
    if request.mimetype != "multipart/form-data" or not boundary:
        raise UnsupportedMedia(f'Send multipart/form-data with the file in the field "{field}".')
    if (request.content_length or 0) > limit + AROUND:
        raise _too_large(limit)
    decoder = MultipartDecoder(boundary.encode(), max_form_memory_size=2 * PIECE, max_parts=MOST_PARTS)
    async with aclosing(_events(decoder)) as events:
        found = await _found(events, field, limit)
        async with aclosing(found.pieces):
            yield found


async def _found(events: AsyncIterator[Event], field: str, limit: int) -> Incoming:
    beside = 0
    async for event in events:
        if isinstance(event, File) and event.name == field:
            return Incoming(event.filename, request.content_length, _pieces(events, limit))
        if isinstance(event, Data):
            beside += len(event.data)
            if beside > AROUND:
                raise Invalid(f'Too much is sent beside the file; only the field "{field}" is read.')
    raise Invalid(f'There is no file in the field "{field}".')


async def _pieces(events: AsyncIterator[Event], limit: int) -> AsyncGenerator[bytes, None]:
    """What a file consists of; the rest of the form is read, too, so that a broken one is noticed."""
    taken, is_whole = 0, False
    async for event in events:
        if not isinstance(event, Data):
            continue
        taken += len(event.data)
        if taken > (limit if not is_whole else limit + AROUND):
            raise _too_large(limit)
        if event.data and not is_whole:
            yield event.data
        is_whole = is_whole or not event.more_data


async def _events(decoder: MultipartDecoder) -> AsyncGenerator[Event, None]:
    try:
        async for piece in _body():
            decoder.receive_data(piece)
            while not isinstance(event := decoder.next_event(), NeedData | Epilogue):
                yield event
        decoder.receive_data(None)
        while not isinstance(event := decoder.next_event(), NeedData | Epilogue):
            yield event
    except RequestEntityTooLarge as error:
        raise Invalid("The form has too many fields, or one with too long a header.") from error
    except ValueError as error:
        raise Invalid("The form is broken or ends too early; nothing was kept.") from error


async def _body() -> AsyncIterator[bytes]:
    pieces = aiter(request.body)
    while True:
        try:
            async with asyncio.timeout(SILENT_SECONDS):
                taken = await anext(pieces, None)
        except TimeoutError as error:
            raise Invalid(f"Nothing more came for {SILENT_SECONDS:.0f} seconds; nothing was kept.") from error
        if taken is None:
            return
        for start in range(0, len(taken), PIECE):
            yield taken[start : start + PIECE]


def _too_large(limit: int) -> TooLarge:
    return TooLarge(f"The file is too large: {limit // (1024 * 1024)} MB are taken at most.")
