"""The stretch of time whose changes are looked for."""

from dataclasses import dataclass
from datetime import UTC, datetime


@dataclass(frozen=True, slots=True)
class Span:
    """From when to when."""

    start: datetime
    end: datetime

    def holds(self, at: datetime | None) -> bool:
        """Whether `at` lies within."""
        return at is not None and self.start <= at <= self.end

    @property
    def since(self) -> str:
        """The start, as RFC 3339."""
        return f"{self.start.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"

    @property
    def until(self) -> str:
        """The end, as RFC 3339."""
        return f"{self.end.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"


def named(text: str, separator: str = "/") -> tuple[str, str]:
    """(service, rest) of `service=rest`; without a service it is called as the last part of `rest`."""
    service, equals, rest = text.partition("=")
    if equals:
        return service.strip(), rest.strip()
    return text.rstrip(separator).rpartition(separator)[2], text
