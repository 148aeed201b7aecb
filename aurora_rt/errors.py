"""What can go wrong, by kind: codes and sentences for people, no HTTP.

A domain raises a subclass with its own `code`; `web` knows which HTTP status a kind has, and `realtime` puts the
same code into an acknowledgement. Raised inside a change, an error rolls it back.
"""

from typing import ClassVar


class AuroraError(Exception):
    """The root of all errors that we raise on purpose. `message` is a sentence for a person."""

    code: ClassVar[str] = "error"

    def __init__(self, message: str, *, retry_after: float | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.retry_after = retry_after
        """Seconds after which trying again makes sense, where that is known."""


class Invalid(AuroraError):
    """The caller sent something that cannot be understood or is not allowed."""

    code = "invalid_request"


class Unauthenticated(AuroraError):
    """Nobody, or nobody we know, is asking."""

    code = "unauthenticated"


class Forbidden(AuroraError):
    """We know who is asking, and it is not theirs to ask."""

    code = "forbidden"


class NotFound(AuroraError):
    """There is no such thing, or it belongs to another organization."""

    code = "not_found"


class Conflict(AuroraError):
    """What is asked contradicts what is already there."""

    code = "conflict"


class TooLarge(AuroraError):
    """More was sent than we take."""

    code = "too_large"


class UnsupportedMedia(AuroraError):
    """The body is of a media type that we do not read."""

    code = "unsupported_media_type"


class TooMany(AuroraError):
    """A limit is used up; `retry_after` says when there is room again."""

    code = "rate_limited"


class Unavailable(AuroraError):
    """Something that we depend on is away; trying again later makes sense."""

    code = "unavailable"


class Misconfigured(AuroraError):
    """The settings or the machine do not allow what is asked; the message says what to do."""

    code = "misconfigured"
