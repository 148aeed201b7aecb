"""Lines of logs into facts: when they were written, by whom, and how bad they are. Pure."""

import re
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any, Final

from aurora_rt.redaction import redacted
from aurora_rt.toolsets.facts.logs import LogLine, LogLines, Priority
from aurora_rt.toolsets.legible import legible, one_line

TEXT_LIMIT: Final = 1000
COMPLAINTS: Final = "(?i)(error|exception|fatal|panic|fail|refused|timeout|timed out|denied|warn)"
"""What lines that complain hold, as a regular expression that Go and Python read alike."""
NOTE: Final = "-- "
"""How lines of an output begin that are no lines of a log."""

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
    told = (text for text in output.splitlines() if text.strip() and not text.startswith(NOTE))
    lines = (line_of(text, service) for text in told)
    return LogLines(origin="logs", lines=tuple(lines), truncated=False)


def line_of(text: str, service: str = "", at: datetime | None = None, *, sure: bool = False) -> LogLine:
    """One line; its time, and its service unless `service` is known, are taken from its beginning.

    `sure`: a name in brackets is no service that passed the line on, but a part of the text.
    """
    rest = text.strip()
    if found := _TIME.match(rest):
        at, rest = at or _moment(found.group(1)), rest[found.end() :]
    source = service
    named = None if sure else _BRACKETED.match(rest) or (None if service else _LEADING.match(rest))
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


def field_of(document: Mapping[str, Any], names: Iterable[str]) -> Any:
    """The first of several fields that has a plain value, whether its dots are nesting or part of its name."""
    return next((found for name in names if (found := _field(document, name)) not in (None, "")), None)


def moment_of(value: Any) -> datetime | None:
    """A time as logs write it: RFC 3339, or Unix time in seconds or finer units."""
    if isinstance(value, str) and not value.replace(".", "", 1).isdigit():
        found = _TIME.match(value)
        return _moment(found.group(1)) if found else None
    try:
        number = float(value)
        seconds = next((number / unit for unit in (1, 1e3, 1e6, 1e9) if 1e8 < number / unit < 1e11), None)
        return None if seconds is None else datetime.fromtimestamp(seconds, UTC)
    except (TypeError, ValueError, OverflowError):
        return None


def _field(document: Any, name: str) -> Any:
    if not isinstance(document, Mapping):
        return None
    value = document.get(name)
    if value is not None:
        return None if isinstance(value, Mapping | list) else value
    head, _, rest = name.partition(".")
    while rest:
        if (found := _field(document.get(head), rest)) is not None:
            return found
        part, _, rest = rest.partition(".")
        head = f"{head}.{part}"
    return None
