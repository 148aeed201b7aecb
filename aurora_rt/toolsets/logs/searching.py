"""Searching every origin of logs that is configured, and telling what they have as one answer."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from aurora_rt.clock import now
from aurora_rt.settings import Settings
from aurora_rt.toolsets.facts.logs import LogLine, LogLines, LogPatterns
from aurora_rt.toolsets.logs import elasticsearch, files, loki
from aurora_rt.toolsets.logs.asking import Found, NoSuchLog, Origin, PatternParameters, SearchParameters
from aurora_rt.toolsets.logs.patterns import Stretch, counted, covered
from aurora_rt.toolsets.logs.reading import NOTE, shown
from aurora_rt.toolsets.origins import tried
from aurora_rt.toolsets.tables import table
from aurora_rt.toolsets.toolset import Access, Seen, ToolFailed

ORIGINS: Final = (loki.ORIGIN, elasticsearch.ORIGIN, files.ORIGIN)
LEAD: Final = timedelta(minutes=10)
"""Before the alert from which on lines may already be of the trouble."""
MOST_COUNTED: Final = 2000
MOST_ROWS: Final = 60
LEAST: Final = timedelta(minutes=1)
"""The shortest time that lines are counted over."""
_LAST: Final = timedelta(days=10_000)


@dataclass(frozen=True, slots=True)
class _Together:
    """What all origins gave."""

    command: str
    titles: tuple[str, ...]
    lines: tuple[LogLine, ...]
    truncated: bool
    failed: tuple[str, ...]


def configured(settings: Settings) -> list[Origin]:
    """The origins that the settings name."""
    return [one for one in ORIGINS if one.configured(settings)]


async def search(asked: SearchParameters, access: Access) -> Seen:
    """Lines of the window, of all origins in the order of time."""
    found = await _together(asked, access)
    lines = found.lines[-asked.limit :]
    truncated = found.truncated or len(found.lines) > len(lines)
    facts = LogLines(origin=" and ".join(found.titles), lines=lines, truncated=truncated, failed=found.failed)
    text = shown(lines) or f"{NOTE}No line within the window."
    return Seen(found.command, "\n".join([text, *(f"{NOTE}{one}" for one in found.failed)]), facts)


async def patterns(asked: PatternParameters, access: Access) -> Seen:
    """Lines that complain, counted by what they have in common: before the alert and since."""
    window = access.window
    turn = max(window.start, window.anchor - LEAD)
    resolution = datetime.resolution  # a line of that very moment is counted once
    wanted = SearchParameters(service=asked.service, limit=MOST_COUNTED)
    before, since = await asyncio.gather(
        _together(wanted, replace(access, window=replace(window, end=turn - resolution))),
        _together(wanted, replace(access, window=replace(window, start=turn))),
    )
    facts = await asyncio.to_thread(
        counted,
        _stretch(before, window.start, turn),
        _stretch(since, turn, max(turn + LEAST, min(window.end, now()))),
        tuple(dict.fromkeys(before.failed + since.failed)),
    )
    return Seen(since.command, _table(facts, turn), facts)


async def _together(asked: SearchParameters, access: Access) -> _Together:
    """All origins at the same time. Raises `ToolFailed` when none gives anything."""
    origins = configured(access.settings)
    answers = await asyncio.gather(*(tried(one.search(asked, access)) for one in origins))
    found = [(one, gave) for one, gave in zip(origins, answers, strict=True) if isinstance(gave, Found)]
    failures = [gave for gave in answers if isinstance(gave, ToolFailed)]
    missing = [one for one in failures if isinstance(one, NoSuchLog)]
    failed = [one for one in failures if one not in missing]
    if not found:
        told = [*failed, *missing[:1]]
        command = "; ".join(one.command for one in told if one.command)
        raise ToolFailed(" ".join(one.reason for one in told), command=command)
    lines = await asyncio.to_thread(_merged, [gave for _, gave in found], access.window.end + _LAST)
    return _Together(
        command="\n".join(gave.command for _, gave in found),
        titles=tuple(one.title for one, _ in found),
        lines=lines,
        truncated=any(gave.truncated for _, gave in found),
        failed=tuple(one.reason for one in failed),
    )


def _merged(found: Sequence[Found], without: datetime) -> tuple[LogLine, ...]:
    """Lines of several origins in the order of time, those without a time at the end; the same line once."""
    lines = dict.fromkeys(line for gave in found for line in gave.lines) if len(found) > 1 else found[0].lines
    return tuple(sorted(lines, key=lambda line: line.at or without))


def _stretch(found: _Together, start: datetime, end: datetime) -> Stretch:
    return Stretch(found.lines, covered(found.lines, start, end, whole=not found.truncated))


def _table(facts: LogPatterns, turn: datetime) -> str:
    rows = (
        (
            str(one.before),
            f"{one.per_minute_before:.2f}",
            str(one.since),
            f"{one.per_minute_since:.2f}",
            one.source,
            one.example[:300],
        )
        for one in facts.patterns[:MOST_ROWS]
    )
    heading = ("BEFORE", "A MINUTE", "SINCE", "A MINUTE", "SERVICE", "LINES SUCH AS")
    head = f"{facts.before} lines that complain before {turn:%Y-%m-%d %H:%M:%S} UTC, {facts.since} since.\n"
    return "\n".join([head + table(heading, rows), *facts.failed])
