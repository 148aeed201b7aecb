"""The system journal: what was logged as a warning or worse within the window."""

import asyncio
import os
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final, Literal

from pydantic_core import from_json

from aurora_rt.clock import now
from aurora_rt.redaction import redacted
from aurora_rt.toolsets.commands import CommandDenied, CommandMissing, run
from aurora_rt.toolsets.facts.logs import (
    LogLine,
    LogLines,
)
from aurora_rt.toolsets.legible import legible, one_line
from aurora_rt.toolsets.toolset import Access, Parameters, Seen, ToolFailed

SECONDS: Final = 8.0
OUTPUT_LIMIT: Final = 4 * 1024 * 1024
LINES: Final = 200
TEXT_LIMIT: Final = 500
LOOKED_AT: Final = 4096
"""Characters of a message that are looked at."""
DIRECTORIES: Final = (Path("/run/log/journal"), Path("/var/log/journal"))

Priority = Literal["critical", "error", "warning", "info", "unknown"]
PRIORITIES: Final[dict[str, Priority]] = {
    "0": "critical",
    "1": "critical",
    "2": "critical",
    "3": "error",
    "4": "warning",
}
"""syslog(3)"""


async def journal(_: Parameters, access: Access) -> Seen:
    """Ask journalctl for the newest lines of the window."""
    window = access.window
    since, until = _stamp(window.start), _stamp(min(window.end, now() + timedelta(seconds=1)))
    argv = (
        "journalctl",
        "--no-pager",
        "--quiet",
        "--utc",
        "--output=json",
        "--priority=warning",
        f"--since={since}",
        f"--until={until}",
        f"--lines={LINES}",
    )
    command = f'journalctl --utc --priority=warning --since="{since}" --until="{until}" --lines={LINES}'
    if not await asyncio.to_thread(_is_kept):
        # journalctl says nothing then, which would look like a night without warnings.
        raise ToolFailed("This host keeps no systemd journal that we may read.", command=command)
    try:
        finished = await run(argv, policy=access.policy, timeout=SECONDS, output_limit=OUTPUT_LIMIT)
    except (CommandMissing, CommandDenied) as error:
        raise ToolFailed(
            f"The systemd journal of this host cannot be read: {error}", command=command
        ) from error
    if finished.exit_status != 0 and not finished.stdout:
        said = finished.stderr.strip().split("\n")[0] or "it did not end in time"
        raise ToolFailed(f"The journal could not be read: {said}", command=command)
    lines = tuple(_lines(finished.stdout))
    facts = LogLines(
        origin="systemd journal", lines=lines, truncated=finished.truncated or len(lines) >= LINES
    )
    return Seen(command, _shown(facts), facts)


def _is_kept() -> bool:
    """Whether there is a file of the system's journal that we may read; systemd-journald.service(8)."""
    files = (file for directory in DIRECTORIES for file in directory.glob("*/system*.journal"))
    return any(os.access(file, os.R_OK) for file in files)


def _stamp(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC"


def _lines(output: str) -> Iterator[LogLine]:
    for line in output.splitlines():
        try:
            entry = from_json(line)
        except ValueError:  # the last line, when output was cut
            continue
        if isinstance(entry, dict) and (message := _text(entry.get("MESSAGE"))):
            yield LogLine(
                at=_time(entry.get("__REALTIME_TIMESTAMP")),
                source=one_line(str(entry.get("SYSLOG_IDENTIFIER") or entry.get("_COMM") or "?"), 100),
                priority=PRIORITIES.get(str(entry.get("PRIORITY")), "unknown"),
                text=one_line(redacted(legible(message[:LOOKED_AT])), TEXT_LIMIT),
            )


def _text(field: object) -> str:
    """A field as text; https://systemd.io/JOURNAL_EXPORT_FORMATS, "Journal JSON Format".

    Bytes that are no UTF-8 come as numbers, a field that was given several times as a list, one that is too long
    as null.
    """
    match field:
        case str():
            return field
        case [int(), *_]:
            return bytes(one & 0xFF for one in field if isinstance(one, int)).decode(errors="replace")
        case [*several]:
            return " ".join(map(_text, several))
        case _:
            return ""


def _time(microseconds: object) -> datetime | None:
    if not isinstance(microseconds, str) or not microseconds.isdigit():
        return None
    return datetime.fromtimestamp(int(microseconds) / 1e6, UTC)


def _shown(facts: LogLines) -> str:
    if not facts.lines:
        return "No warnings or errors in the journal within this window."
    return "\n".join(
        f"{line.at:%m-%d %H:%M:%S} {line.priority} {line.source}: {line.text}" if line.at else line.text
        for line in facts.lines
    )
