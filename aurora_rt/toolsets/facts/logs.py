"""What logs tell."""

from datetime import datetime
from typing import Literal

from aurora_rt.toolsets.facts.fact import Fact

Priority = Literal["critical", "error", "warning", "info", "unknown"]


class LogLine(Fact):
    """One line of a log."""

    at: datetime | None
    source: str
    priority: Priority
    text: str


class LogLines(Fact):
    """Lines of logs within the incident's window, newest last."""

    kind: Literal["log_lines"] = "log_lines"
    origin: str
    lines: tuple[LogLine, ...]
    truncated: bool
    failed: tuple[str, ...] = ()
    """Why an origin of logs could not be searched, a sentence for each that could not."""


class LogPattern(Fact):
    """Lines of one service that are alike but for numbers and ids."""

    source: str
    priority: Priority
    """The worst of them."""
    example: str
    before: int
    since: int
    per_minute_before: float
    per_minute_since: float


class LogPatterns(Fact):
    """Lines that complain, counted by what they have in common: before the alert, and since it began."""

    kind: Literal["log_patterns"] = "log_patterns"
    patterns: tuple[LogPattern, ...]
    """The most frequent since the alert first."""
    before: int
    """Lines in all."""
    since: int
    failed: tuple[str, ...] = ()
    """As of `LogLines`."""
