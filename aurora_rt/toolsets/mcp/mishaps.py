"""What went wrong with a server, in a sentence."""

from collections.abc import Iterator
from typing import Final

from aurora_rt.redaction import redacted
from aurora_rt.toolsets.guard import Unresolved
from aurora_rt.toolsets.legible import one_line
from aurora_rt.toolsets.servers import meaning

SAID: Final = 400


def reason_of(error: BaseException) -> str:
    """The sentence; of a group, for what brought the rest about."""
    import httpx2  # an extra, whose errors are met only when it is there
    from mcp import MCPError
    from mcp.types import CONNECTION_CLOSED

    every = list(_leaves(error))
    # What the loss of the connection broke elsewhere is no reason.
    error = next((one for one in every if not type(one).__module__.startswith("anyio")), every[0])
    said = one_line(redacted(str(error)), SAID).rstrip(".") or type(error).__name__
    if isinstance(error, TimeoutError | httpx2.TimeoutException):
        return "It did not answer in time."
    if isinstance(error, httpx2.TransportError):
        return f"It cannot be reached: {said}."
    if isinstance(error, Unresolved):
        return f"It cannot be reached: its name has no address ({said})."
    if isinstance(error, OSError):
        return f"It cannot be reached: {meaning(error)}."
    if isinstance(error, MCPError) and error.code == CONNECTION_CLOSED:
        return "It closed the connection."
    if "validation error" in said:
        return "It answers with what is not of the protocol."
    return f"It answers with an error: {said}." if isinstance(error, MCPError) else f"{said}."


def refusal(status: int) -> str | None:
    """What an HTTP status means that no server of the protocol answers with; `None` for others."""
    if status in (401, 403):
        return f"It does not let us ask (HTTP {status}); its headers need the right credentials"
    if status == 429:
        return "It was asked too often and wants us to wait (HTTP 429)"
    return f"It failed with HTTP {status}" if status >= 500 else None


def _leaves(error: BaseException) -> Iterator[BaseException]:
    if isinstance(error, BaseExceptionGroup):
        for one in error.exceptions:
            yield from _leaves(one)
    else:
        yield error
