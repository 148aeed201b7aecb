"""Lines of logs into facts: when they were written, by whom, and how bad they are. Pure."""

import re
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any, Final, Literal

from aurora_rt.toolsets.facts.logs import (
    LogLine,
    LogLines,
)
from aurora_rt.toolsets.legible import legible, one_line
from aurora_rt.toolsets.redaction import redacted

Priority = Literal["critical", "error", "warning", "info", "unknown"]
TEXT_LIMIT: Final = 1000

_TIME: Final = re.compile(
    r"\[?(\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:[.,]\d{1,9})?(?:Z|[+-]\d\d:?\d\d)?)\]?\s*[|:]?\s*"
)
_BRACKETED: Final = re.compile(r"\[([a-z][\w.-]*)\]\s+(?=\S)")
_LEADING: Final = re.compile(r"([a-z][a-z0-9]*(?:-[a-z0-9]+)*)\s*[|:]\s+(?=\S)")
_PRIORITIES: Final[tuple[tuple[Priority, re.Pattern[str]], ...]] = (
    ("critical", re.compile(r"\b(?:fatal|panic|critical|crit|emerg\w*)\b", re.IGNORECASE)),
    ("error", re.compile(r"\b(?:error|err|exception|severe|traceback)\b|level=\"?err", re.IGNORECASE)),
    ("warning", re.compile(r"\b(?:warn|warning)\b", re.IGNORECASE)),
    ("info", re.compile(r"\b(?:info|debug|trace|notice)\b", re.IGNORECASE)),
)


def read(output: str, asked: Mapping[str, Any]) -> LogLines:
    """Facts of lines that begin with a time and a service as far as they tell them."""
    service = str(asked.get("service") or "")
    lines = (line_of(text, service) for text in output.splitlines() if text.strip())
    return LogLines(origin="logs", lines=tuple(lines), truncated=False)


def line_of(text: str, service: str = "", at: datetime | None = None) -> LogLine:
    """One line; its time, and its service unless `service` is known, are taken from its beginning."""
    rest = text.strip()
    if found := _TIME.match(rest):
        at, rest = at or _moment(found.group(1)), rest[found.end() :]
    source = service
    named = _BRACKETED.match(rest) or (None if service else _LEADING.match(rest))
    if named and not _is_level(named.group(1)):
        source, rest = named.group(1), rest[named.end() :]
    clean = one_line(redacted(legible(rest[: 4 * TEXT_LIMIT])), TEXT_LIMIT)
    return LogLine(at=at, source=source or "?", priority=priority_of(rest), text=clean)


def priority_of(text: str) -> Priority:
    """How bad a line says that it is, in its beginning."""
    head = text[:200]
    return next((name for name, sign in _PRIORITIES if sign.search(head)), "unknown")


def shown(lines: Iterable[LogLine]) -> str:
    """Lines as they can be read again."""
    return "\n".join(
        f"{line.at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ} [{line.source}] {line.text}" if line.at else line.text
        for line in lines
    )


def _is_level(word: str) -> bool:
    return any(sign.fullmatch(word) for _, sign in _PRIORITIES)


def _moment(text: str) -> datetime | None:
    try:
        at = datetime.fromisoformat(re.sub(r"[.,](\d{1,6})\d*", r".\1", text))
    except ValueError:
        return None
    return at if at.tzinfo else at.replace(tzinfo=UTC)
