"""Changes as others record them: JSON, JSON lines, a table, or lines of text with a time in them. Pure."""

import json
import re
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any, Final

from aurora_rt.redaction import redacted
from aurora_rt.toolsets.changes.kinds import kind_of
from aurora_rt.toolsets.facts.changes import (
    Change,
    Changes,
)
from aurora_rt.toolsets.legible import legible, one_line

MOST: Final = 500
TEXT_LIMIT: Final = 500
UNKNOWN: Final = datetime.min.replace(tzinfo=UTC)

_NAMES: Final[dict[str, tuple[str, ...]]] = {
    "time": (
        "time", "at", "timestamp", "ts", "date", "when", "created_at", "started_at", "deployed_at", "start", "datetime",
    ),
    "service": (
        "service", "component", "app", "application", "workload", "deployment", "name", "target", "resource", "repo",
        "repository", "project", "object", "node",
    ),
    "kind": ("kind", "type", "change_type", "category", "action", "event", "change"),
    "version": ("version", "revision", "tag", "to_version", "to", "sha", "commit", "image", "ref", "new"),
    "by": ("by", "author", "user", "actor", "who", "owner", "deployed_by", "changed_by", "creator"),
    "text": (
        "text", "description", "summary", "message", "title", "details", "detail", "diff", "change", "reason", "what",
    ),
    "url": ("url", "link", "html_url", "web_url"),
}  # fmt: skip
_LISTS: Final = ("changes", "items", "events", "deployments", "results", "data", "commits")
_TIME: Final = re.compile(
    r"\[?\b(\d{4}-\d\d-\d\d[T ]\d\d:\d\d(?::\d\d(?:[.,]\d{1,9})?)?)\s*(Z|UTC|[+-]\d\d:?\d\d)?\]?",
    re.IGNORECASE,
)
_NONE: Final = re.compile(
    r"^\W*(?:no (?:\w+ ){0,3}(?:changes?|deployments?|deploys?)\b|none\b|\[\]|\{\})", re.IGNORECASE
)
_PAIR: Final = re.compile(r"(?<![\w.-])([a-z_]+)[=:]\s*(\"[^\"]*\"|'[^']*'|[^\s,;]+)", re.IGNORECASE)
_SERVICE: Final = re.compile(
    r"^[\[(]?([a-z][a-z0-9]*(?:[-_./][a-z0-9]+)*)[\])]?\s*[:|]\s+|"
    r"\b(?:service|deployment|deploy(?:ed|ment of)?|of|to|for|in|on|released?|upgraded?|restarted|scaled|updated?|"
    r"rolled (?:out|back))\s+[`'\"]?(?:deployment/|deploy/|service/|the\s+)?([a-z][a-z0-9]*(?:[-_][a-z0-9]+)*)[`'\"]?",
    re.IGNORECASE,
)  # fmt: skip
_VERSION: Final = re.compile(
    r"(?:->|→|\bto\b|version|tag|image)\s*:?\s*[`'\"]?((?:[\w./-]+:)?v?\d[\w.+-]*)|\b(v\d[\w.+-]*)"
)
_BY: Final = re.compile(r"\bby\s+([\w.@-]+)")
_WORDS: Final = re.compile(
    r"an?|the|all|new|to|from|use|v|type|kind|info|warn|warning|error|debug|version|prod(?:uction)?|staging|config\w*|"
    r"deploy\w*|releas\w+|roll\w+|scal\w+|services?|updated?|images?|chang\w+|replicas|flags?|features?|enabled|"
    r"disabled|commits?|merged?",
    re.IGNORECASE,
)
"""What is no name of a service."""


def read(output: str, asked: Mapping[str, Any]) -> Changes:
    """The changes in an output, however it is written; the service that was asked for where none is told."""
    service = str(asked.get("service") or "")
    text = output.strip()
    found = [] if _NONE.match(text) else list(_found(text, service))
    return collected(found)


def collected(found: Iterable[Change]) -> Changes:
    """In the order of time, the newest last; of too many the newest."""
    every = sorted(found, key=lambda one: one.at or UNKNOWN)
    return Changes(changes=tuple(every[-MOST:]), truncated=len(every) > MOST)


def change_of(told: Mapping[str, Any], origin: str = "", service: str = "") -> Change | None:
    """The change that an object tells of; `None` when it tells neither what nor when."""
    given = {str(name).lower().replace("-", "_").replace(" ", "_"): value for name, value in told.items()}
    at = moment(_first(given, "time"))
    text, word = _first(given, "text"), _first(given, "kind")
    whom = _first(given, "service") or service
    if at is None and not text and not word:
        return None
    said = f"{word} {text}" if text != word else text
    return Change(
        at=at,
        service=_clean(whom, 200),
        kind=kind_of(word, said),
        version=_clean(_first(given, "version"), 200),
        by=_clean(_first(given, "by"), 200),
        text=_clean(text or word, TEXT_LIMIT),
        origin=origin or _clean(_first(given, "origin"), 100) or "record",
        url=_clean(_first(given, "url"), 500),
        failed=_first(given, "status").lower() in ("failed", "failure", "error"),
    )


def moment(text: str) -> datetime | None:
    """A time as it is mostly written: RFC 3339, or Unix seconds or milliseconds; `None` for anything else."""
    if re.fullmatch(r"\d{10}(?:\.\d+)?|\d{13}", text):
        seconds = float(text)
        return datetime.fromtimestamp(seconds / 1000 if len(text) == 13 else seconds, UTC)
    found = _TIME.search(text)
    if found is None:
        return None
    zone = (found.group(2) or "Z").upper().replace("UTC", "Z").replace("Z", "+00:00")
    try:
        at = datetime.fromisoformat(re.sub(r"[.,](\d{1,6})\d*", r".\1", found.group(1)) + zone)
        return at.astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def _found(text: str, service: str) -> Iterable[Change]:
    objects = _objects(text)
    if objects:
        return [one for told in objects if (one := change_of(told, service=service))]
    lines = [line for line in text.splitlines() if line.strip(" -|+=")]
    rows = _rows(lines)
    if rows:
        return [one for told in rows if (one := change_of(told, service=service))]
    return [one for line in lines if (one := _line(line, service))]


def _objects(text: str) -> list[dict[str, Any]]:
    """The objects of a JSON document or of JSON lines; none when it is neither."""
    if not text.startswith(("{", "[")):
        return []
    try:
        return _members(json.loads(text))
    except ValueError:
        found = []
        for line in text.splitlines():
            try:
                one = json.loads(line)
            except ValueError:
                continue
            found += [one] if isinstance(one, dict) else []
        return found


def _members(told: object) -> list[dict[str, Any]]:
    if isinstance(told, list):
        return [one for one in told if isinstance(one, dict)]
    if not isinstance(told, dict):
        return []
    inner = next((told[name] for name in _LISTS if isinstance(told.get(name), list)), None)
    return _members(inner) if inner is not None else [told]


def _rows(lines: list[str]) -> list[dict[str, Any]]:
    """The rows of a table whose head names a time; none when it is no table."""
    if len(lines) < 2:
        return []
    split = _splitter(lines[0])
    head = [cell.strip().lower() for cell in split(lines[0])]
    if len(head) < 3 or not any(name in _NAMES["time"] for name in head) or _TIME.search(lines[0]):
        return []
    rows = ([cell.strip() for cell in split(line)] for line in lines[1:])
    return [dict(zip(head, row, strict=False)) for row in rows if len(row) > 1]


def _splitter(head: str) -> Any:
    if "|" in head:
        return lambda line: line.strip().strip("|").split("|")
    mark = "\t" if "\t" in head else "," if head.count(",") > 1 else ""
    return (lambda line: line.split(mark)) if mark else (lambda line: re.split(r"\s{2,}", line.strip()))


def _line(line: str, service: str) -> Change | None:
    """A line of text that begins or goes on with a time."""
    found = _TIME.search(line)
    if found is None:
        return None
    rest = (line[: found.start()] + " " + line[found.end() :]).strip(" -*|:\t•[]")
    pairs = {name.lower(): value.strip("\"'") for name, value in _PAIR.findall(rest)}
    version, by = _VERSION.search(rest), _BY.search(rest)
    told = {
        "time": found.group(0),
        "text": rest,
        "kind": pairs.get("kind") or pairs.get("type") or "",
        "service": _first(pairs, "service")
        or (service if service and service in rest else _named(rest))
        or service,
        "version": pairs.get("version") or (version and (version.group(1) or version.group(2))) or "",
        "by": pairs.get("by") or pairs.get("author") or (by.group(1) if by else ""),
    }
    return change_of(told, service=service)


def _named(text: str) -> str:
    for found in _SERVICE.finditer(text):
        name = found.group(1) or found.group(2)
        if not _WORDS.fullmatch(name) and not re.fullmatch(r"v?\d[\w.]*", name):
            return name
    first = text.split()[:1]
    return first[0] if first and re.fullmatch(r"[a-z][a-z0-9]*(?:-[a-z0-9]+)+", first[0]) else ""


def _first(told: Mapping[str, Any], field: str) -> str:
    for name in _NAMES.get(field, (field,)):
        value = told.get(name)
        if isinstance(value, str | int | float) and not isinstance(value, bool) and str(value).strip(" -"):
            return str(value).strip()
        if isinstance(value, dict) and isinstance(value.get("name") or value.get("login"), str):
            return str(value.get("name") or value.get("login"))
    return ""


def _clean(text: str, limit: int) -> str:
    return one_line(redacted(legible(text[: 4 * limit])), limit)
