"""Log files of this host, at `AURORA_LOG_FILES`: read from their ends, within bounds, in a thread.

The service is the file's name up to its first dot, unless a line of JSON names another. A line without a time of its
own (a stack trace) has that of the line before it. Times without a zone are taken as this host's.
"""

import asyncio
import json
import os
import re
import shlex
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from stat import S_ISREG
from typing import Any, Final

import httpx

from aurora_rt.settings import Settings
from aurora_rt.toolsets.facts.logs import LogLine
from aurora_rt.toolsets.logs.asking import Found, NoSuchLog, Origin, SearchParameters
from aurora_rt.toolsets.logs.reading import COMPLAINTS, field_of, line_of, moment_of, priority_of
from aurora_rt.toolsets.logs.stamps import stamped
from aurora_rt.toolsets.toolset import Access, ToolFailed, Window

SETTING: Final = "AURORA_LOG_FILES"
OF_A_FILE: Final = 4 * 1024 * 1024
OF_ALL: Final = 48 * 1024 * 1024
MOST_FILES: Final = 200
WITHOUT_TIME: Final = 200
"""Last lines that are told of a file whose lines have no times, when it was written within the window."""
TIME_FIELDS: Final = ("@timestamp", "timestamp", "time", "ts", "asctime", "datetime", "date", "t")
TEXT_FIELDS: Final = ("message", "msg", "event", "error.message", "error", "log", "text")
LEVEL_FIELDS: Final = ("log.level", "level", "severity", "levelname", "lvl")
SERVICE_FIELDS: Final = ("service.name", "service", "app")
_PACKED: Final = (".gz", ".bz2", ".xz", ".zst", ".zip")
_GENERIC: Final = frozenset({"access", "error", "current", "stdout", "stderr", "out", "log", "messages"})
"""Names of files that say what is in them; whose it is says the directory."""
_LOOK_BACK: Final = 200
"""Lines before one without a time of its own that are looked at for it."""


@dataclass(frozen=True, slots=True)
class _File:
    path: Path
    size: int
    written: datetime

    @property
    def service(self) -> str:
        stem = self.path.name.lstrip(".").split(".", 1)[0]
        return self.path.parent.name if stem in _GENERIC and self.path.parent.name else stem


@dataclass(frozen=True, slots=True)
class _Raw:
    """A line that was looked for, before the costly part of reading it."""

    at: datetime | None
    service: str
    text: str
    level: str = ""

    @property
    def line(self) -> LogLine:
        line = line_of(self.text, self.service, self.at, sure=True)
        level = priority_of(self.level)
        return line if level == "unknown" else line.model_copy(update={"priority": level})


async def answers(settings: Settings, _: httpx.AsyncClient) -> str:
    """A sentence when there are files. Raises `ToolFailed` when there are none."""
    found = await asyncio.to_thread(_files, settings.log_files)
    if not found:
        raise ToolFailed(f"{SETTING} matches no file that can be read.")
    return f"{SETTING} matches {len(found)} file{'s' if len(found) > 1 else ''}."


async def search(asked: SearchParameters, access: Access) -> Found:
    """Search lines of the window, the newest first until there are enough; told in the order of time."""
    return await asyncio.to_thread(_search, access.settings.log_files, asked, access.window)


ORIGIN: Final = Origin(
    title="Log files",
    setting=SETTING,
    configured=lambda settings: bool(settings.log_files),
    complaint=lambda _: None,
    search=search,
    answers=answers,
)


def _files(patterns: Iterable[str]) -> list[_File]:
    """The files that match, the one that was last written to first."""
    found = {}
    for pattern in patterns:
        whole = Path(pattern).expanduser()
        for path in Path(whole.anchor).glob(str(whole.relative_to(whole.anchor))):
            if path.suffix in _PACKED:
                continue
            with suppress(OSError):  # gone, or not ours to see
                state = path.stat()
                if S_ISREG(state.st_mode):
                    written = datetime.fromtimestamp(state.st_mtime, UTC)
                    found[path] = _File(path, state.st_size, written)
    return sorted(found.values(), key=lambda one: one.written, reverse=True)


def _search(patterns: Sequence[str], asked: SearchParameters, window: Window) -> Found:
    every = _files(patterns)
    if not every:
        raise ToolFailed(f"{SETTING} matches no file that can be read.")
    lines: list[_Raw] = []
    known, cut, left, unread = False, len(every) > MOST_FILES, OF_ALL, []
    for file in every[:MOST_FILES]:
        if file.written < window.start:
            break
        known = known or asked.service in ("", file.service)
        if left <= 0:
            cut = True
            break
        left -= min(file.size, OF_A_FILE)
        try:
            found, more = _of_file(file, asked, window)
        except OSError as error:
            unread.append(f"{file.path} cannot be read: {error.strerror}.")
            continue
        lines += reversed(found)
        cut = cut or more
    if asked.service and not known and not lines:
        raise NoSuchLog(f"There is no log of {asked.service} within the window.")
    if unread and not lines:
        raise ToolFailed(" ".join(unread[:3]))
    lines.sort(key=lambda line: line.at or window.end)
    command = f"grep -iE {shlex.quote(asked.query or COMPLAINTS[4:])} {' '.join(patterns)}"
    newest = tuple(one.line for one in lines[-asked.limit :])
    return Found(command, newest, truncated=cut or len(lines) > asked.limit)


def _of_file(file: _File, asked: SearchParameters, window: Window) -> tuple[list[_Raw], bool]:
    """The file's lines within the window, newest first; and whether there may be more, earlier ones."""
    lines, cut = _tail(file.path)
    wanted = re.compile(re.escape(asked.query), re.IGNORECASE) if asked.query else re.compile(COMPLAINTS)
    foreign = asked.service not in ("", file.service)
    found: list[_Raw] = []
    for n in range(len(lines) - 1, -1, -1):
        if not wanted.search(lines[n]) or (foreign and asked.service not in lines[n]):
            continue
        line = _line(lines, n, file, window)
        if not wanted.search(line.text) and priority_of(line.level) in ("info", "unknown"):
            continue
        if foreign and line.service != asked.service:
            continue
        if line.at is not None and line.at < window.start:
            return found, False
        if line.at is None and (len(found) >= WITHOUT_TIME or file.written > window.end):
            break
        if line.at is None or line.at <= window.end:
            found.append(line)
        if len(found) > asked.limit:
            return found, True
    return found, cut


def _tail(path: Path) -> tuple[list[str], bool]:
    """The last lines of a file, and whether it has more."""
    with path.open("rb") as opened:
        size = opened.seek(0, os.SEEK_END)
        opened.seek(max(0, size - OF_A_FILE))
        lines = opened.read(OF_A_FILE).decode("utf-8", "replace").splitlines()
    cut = size > OF_A_FILE
    return (lines[1:] if cut else lines), cut


def _line(lines: Sequence[str], n: int, file: _File, window: Window) -> _Raw:
    text = lines[n].strip()
    if text.startswith("{"):
        try:
            document = json.loads(text)
        except (ValueError, RecursionError):
            document = None
        if isinstance(document, dict):
            return _of_json(document, text, file, window)
    at, rest = _time_of(lines, n, window.end)
    return _Raw(at, file.service, rest)


def _of_json(document: dict[str, Any], text: str, file: _File, window: Window) -> _Raw:
    written = field_of(document, TIME_FIELDS)
    stamp = stamped(written, window.end) if isinstance(written, str) else None
    at = stamp[0] if stamp else moment_of(written)
    service = str(field_of(document, SERVICE_FIELDS) or file.service)
    level = str(field_of(document, LEVEL_FIELDS) or "")
    return _Raw(at, service, str(field_of(document, TEXT_FIELDS) or text), level)


def _time_of(lines: Sequence[str], n: int, latest: datetime) -> tuple[datetime | None, str]:
    """When a line was written, by its own time or that of the line before; and the line without its time."""
    if own := stamped(lines[n], latest):
        return own
    for before in range(n - 1, max(-1, n - _LOOK_BACK), -1):
        if stamp := stamped(lines[before], latest):
            return stamp[0], lines[n]
    return None, lines[n]
