"""Lines that come from a cloud: as facts and as text. Pure."""

from collections.abc import Iterable

from aurora_rt.toolsets.facts.logs import LogLine, LogLines
from aurora_rt.toolsets.logs.reading import shown
from aurora_rt.toolsets.toolset import Seen


def seen_lines(command: str, origin: str, found: Iterable[LogLine], none: str, *, truncated: bool) -> Seen:
    """What a look at lines gives, in the order of time; `none` is said where there is none."""
    lines = tuple(sorted(found, key=lambda one: one.at.timestamp() if one.at else 0.0))
    return Seen(command, shown(lines) or none, LogLines(origin=origin, lines=lines, truncated=truncated))
