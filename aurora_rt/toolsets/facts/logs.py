"""What logs tell."""

from datetime import datetime
from typing import Literal

from aurora_rt.toolsets.facts.fact import Fact


class LogLine(Fact):
    """One line of a log."""

    at: datetime | None
    source: str
    priority: Literal["critical", "error", "warning", "info", "unknown"]
    text: str


class LogLines(Fact):
    """Lines of logs within the incident's window, newest last."""

    kind: Literal["log_lines"] = "log_lines"
    origin: str
    lines: tuple[LogLine, ...]
    truncated: bool
