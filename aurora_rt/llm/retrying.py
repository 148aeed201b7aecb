"""Asking again before the first word came, when that may help. Once words flow, nothing here asks again.

Imports pydantic-ai: only `asked` uses it.
"""

import asyncio
import random
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from time import monotonic
from typing import Final, TypeVar

import httpx2
import structlog
from pydantic_ai.exceptions import (
    ModelAPIError,
    ModelAuthenticationError,
    ModelConnectionError,
    ModelContextWindowExceededError,
    ModelHTTPError,
    ModelNotFoundError,
    ModelQuotaExceededError,
    ModelTimeoutError,
)

from aurora_rt.clock import now
from aurora_rt.llm.errors import ModelAway
from aurora_rt.llm.pacing import Patience, Waiting, told

AGAIN: Final = frozenset({408, 409, 425, 429, 500, 502, 503, 504, 520, 522, 524, 529})
"""Statuses after which asking again may help."""

Answer = TypeVar("Answer")
log = structlog.get_logger(__name__)


async def tried(
    ask: Callable[[], Awaitable[Answer]],
    title: str,
    patience: Patience,
    waiting: Waiting | None,
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
) -> Answer:
    """What `ask` gives, asked again while that may help.

    Raises `ModelAway` with the reason when it does not; a prompt that is too long is raised as it is.
    """
    began = monotonic()
    for attempt in range(1, patience.attempts + 1):
        try:
            return await ask()
        except (ModelContextWindowExceededError, ModelAway):
            raise
        except (ModelAPIError, httpx2.TransportError) as error:
            pause = _pause(error, attempt, patience)
            late = pause is None or monotonic() - began + pause > patience.seconds
            if pause is None or late or attempt == patience.attempts:
                raise ModelAway(sentence(error, title, attempt), retry_after=pause) from error
            log.info("model_asked_again", provider=title, attempt=attempt, pause=pause, error=short(error))
            with told(
                waiting, f"{sentence(error, title, attempt)} Asking again in {pause:.0f} seconds.", pause / 2
            ):
                await sleep(pause)
    raise AssertionError("a patience has at least one attempt")


def short(error: BaseException) -> str:
    """An error in a few words, with nothing that a provider sent."""
    return str(error.status_code) if isinstance(error, ModelHTTPError) else type(error).__name__


def sentence(error: Exception, title: str, attempts: int) -> str:
    """Why a provider does not answer, for a person. Nothing that it sent is repeated."""
    times = f" ({attempts} attempts)" if attempts > 1 else ""
    status = error.status_code if isinstance(error, ModelHTTPError) else None
    if isinstance(error, ModelAuthenticationError) or status in (401, 403):
        return f"{title} does not accept the key ({status or 'refused'})."
    if isinstance(error, ModelNotFoundError) or status == 404:
        return f"{title} does not know the model ({status or 'not found'})."
    if isinstance(error, ModelQuotaExceededError):
        return f"The account with {title} has no credit or quota left."
    if status == 429:
        return f"{title} takes no more requests for now (429){times}."
    if status is not None:
        return f"{title} answers with status {status}{times}."
    if isinstance(error, ModelTimeoutError | httpx2.TimeoutException):
        return f"{title} does not answer in time{times}."
    if isinstance(error, ModelConnectionError | httpx2.TransportError):
        return f"{title} cannot be reached, or closed the connection{times}."
    return f"{title} cannot be asked ({type(error).__name__}){times}."


def _pause(error: Exception, attempt: int, patience: Patience) -> float | None:
    """Seconds until asking again makes sense; `None` when it makes none."""
    if isinstance(error, ModelQuotaExceededError):
        return None
    grown: float = patience.first * 2 ** (attempt - 1) * random.uniform(0.75, 1.25)  # noqa: S311 - only spreads
    if isinstance(error, ModelHTTPError):
        if error.status_code not in AGAIN:
            return None
        asked_for = wanted_pause(error.headers or {})
        return min(max(grown, asked_for or 0.0), patience.longest)
    if isinstance(error, ModelConnectionError | httpx2.TransportError) or type(error) is ModelAPIError:
        return min(grown, patience.longest)
    return None


def wanted_pause(headers: dict[str, str]) -> float | None:
    """Seconds that `Retry-After` asks for, in any of its forms."""
    milliseconds = headers.get("retry-after-ms")
    text = headers.get("retry-after")
    try:
        if milliseconds is not None:
            return max(0.0, float(milliseconds) / 1000)
        if text is None:
            return None
        return max(0.0, float(text))
    except ValueError:
        return _until(text or "")


def _until(text: str) -> float | None:
    try:
        then: datetime = parsedate_to_datetime(text)
    except (ValueError, TypeError):
        return None
    return max(0.0, ((then if then.tzinfo else then.replace(tzinfo=UTC)) - now()).total_seconds())
