"""What can go wrong between a program and the server."""

from typing import Any, Final, Self

UNAVAILABLE: Final = "unavailable"
"""The code of a refusal that passes: the server lacks something just now."""


class Refused(Exception):
    """The server understood and will not: `error` is a sentence for a person, `code` is for programs."""

    def __init__(self, error: str, code: str, retry_after: float | None = None) -> None:
        super().__init__(error)
        self.error = error
        self.code = code
        self.retry_after = retry_after
        """Seconds after which trying again makes sense, where the server says so."""

    @classmethod
    def of(cls, told: dict[str, Any]) -> Self:
        """The refusal that an acknowledgement, a connect error or an answer over REST tells."""
        return cls(
            str(told.get("error", "The server gave no reason.")),
            str(told.get("code", "")),
            told.get("retry_after"),
        )


class Unreachable(Exception):
    """No server answers at the address, or none that speaks our protocol."""


class Lost(Exception):
    """The connection ended before the acknowledgement came; whoever asked asks again. Never leaves this package."""
