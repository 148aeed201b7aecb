"""A file in which deployments are noted: a JSON object a line."""

import asyncio
import json
from pathlib import Path
from typing import Final

from aurora_rt.settings import Settings
from aurora_rt.toolsets.changes.reading import change_of
from aurora_rt.toolsets.changes.span import Span
from aurora_rt.toolsets.facts.changes import (
    Change,
)
from aurora_rt.toolsets.toolset import ToolFailed

ORIGIN: Final = "deploy log"
READ_LIMIT: Final = 4 * 1024 * 1024
"""Bytes of the file's end that are read."""


async def changes(settings: Settings, span: Span) -> tuple[list[Change], str]:
    """The changes of the file within `span`, and a note about lines that cannot be read. Raises `ToolFailed`."""
    path = Path(settings.deploy_log or "")
    try:
        return await asyncio.to_thread(_read, path, span)
    except OSError as error:
        raise ToolFailed(f"The deploy log {path} cannot be read: {error.strerror}.") from error


def _read(path: Path, span: Span) -> tuple[list[Change], str]:
    with path.open("rb") as file:
        size = file.seek(0, 2)
        file.seek(max(0, size - READ_LIMIT))
        lines = file.read(READ_LIMIT).decode(errors="replace").splitlines()
    if size > READ_LIMIT:
        lines = lines[1:]  # the first is cut
    found, bad = [], 0
    for line in filter(str.strip, lines):
        change = _change(line)
        if change is None:
            bad += 1
        elif span.holds(change.at):
            found.append(change)
    note = f"{bad} {'line' if bad == 1 else 'lines'} of the deploy log could not be read." if bad else ""
    return found, note


def _change(line: str) -> Change | None:
    try:
        told = json.loads(line)
    except ValueError:
        return None
    change = change_of(told, ORIGIN) if isinstance(told, dict) else None
    return change if change and change.at else None
