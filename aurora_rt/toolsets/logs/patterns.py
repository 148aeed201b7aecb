"""Lines that are alike: what they have in common, and how many there were before and since an alert. Pure."""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final, get_args

from aurora_rt.toolsets.facts.logs import LogLine, LogPattern, LogPatterns, Priority

MOST: Final = 200
LEAST_SECONDS: Final = 1.0
_BAD_FIRST: Final[Mapping[str, int]] = {name: n for n, name in enumerate(get_args(Priority))}
_DIFFERS: Final = re.compile(r"0x[0-9a-fA-F]+|\b[0-9a-fA-F]{8,}\b|\d+")


@dataclass(frozen=True, slots=True)
class Stretch:
    """Lines of a stretch of time."""

    lines: Sequence[LogLine]
    seconds: float
    """How long the stretch is that they cover: less than was asked for, where there were more than can be counted."""


@dataclass(slots=True)
class _Alike:
    before: int = 0
    since: int = 0
    lines: list[LogLine] = field(default_factory=list)


def template(text: str) -> str:
    """`text` with what differs from one time to the next (numbers, addresses, ids) made the same."""
    return _DIFFERS.sub("#", text).strip()


def covered(lines: Iterable[LogLine], start: datetime, end: datetime, *, whole: bool) -> float:
    """Seconds from `start` to `end` that lines cover: all of them, or those since the earliest line."""
    first = start if whole else min((line.at for line in lines if line.at is not None), default=start)
    return max(LEAST_SECONDS, (end - first).total_seconds())


def counted(before: Stretch, since: Stretch, failed: Sequence[str] = ()) -> LogPatterns:
    """Lines of two stretches by service and by what they have in common. Those without a time are left out."""
    alike: defaultdict[tuple[str, str], _Alike] = defaultdict(_Alike)
    earlier = [line for line in before.lines if line.at is not None]
    later = [line for line in since.lines if line.at is not None]
    for line in earlier:
        alike[line.source, template(line.text)].before += 1
    for line in later:
        one = alike[line.source, template(line.text)]
        one.since += 1
        one.lines.append(line)
    found = [
        LogPattern(
            source=source,
            priority=min((line.priority for line in one.lines), key=_BAD_FIRST.__getitem__),
            example=one.lines[-1].text,
            before=one.before,
            since=one.since,
            per_minute_before=one.before / before.seconds * 60,
            per_minute_since=one.since / since.seconds * 60,
        )
        for (source, _), one in alike.items()
        if one.lines
    ]
    found.sort(key=lambda one: (-one.since, one.source, one.example))
    return LogPatterns(
        patterns=tuple(found[:MOST]), before=len(earlier), since=len(later), failed=tuple(failed)
    )


def split(lines: Sequence[LogLine], start: datetime, at: datetime, end: datetime) -> LogPatterns:
    """The same of lines that are already at hand, before and since `at`; nobody knows of times before the first."""
    earlier = [line for line in lines if line.at is not None and line.at < at]
    later = [line for line in lines if line.at is not None and line.at >= at]
    return counted(
        Stretch(earlier, covered(earlier, start, at, whole=False)),
        Stretch(later, covered(later, at, end, whole=True)),
    )
