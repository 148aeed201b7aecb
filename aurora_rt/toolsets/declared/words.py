"""An argument vector from a template: a value becomes one word or a part of one, and never a flag. Pure."""

import re
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Final

from aurora_rt.toolsets.toolset import Window

_PLACEHOLDER: Final = re.compile(r"(?<!\{)\{([a-z][a-z0-9_]*)\}(?!\})")
"""`{name}`, but not `{{name}}`, which programs have as templates of their own."""

WINDOW: Final = frozenset({"window_start", "window_end"})
"""What every template may name: the incident's window."""


class BadWord(ValueError):
    """A value that may not stand where it would."""


def named(word: str) -> set[str]:
    """The parameters that a word names."""
    return set(_PLACEHOLDER.findall(word))


def moments(window: Window) -> dict[str, str]:
    """The values of `WINDOW`."""
    return {"window_start": _stamp(window.start), "window_end": _stamp(window.end)}


def filled(word: str, values: Mapping[str, object]) -> str:
    """One word of a template with its values. Raises `BadWord`."""
    text = _PLACEHOLDER.sub(lambda found: str(values[found.group(1)]), word)
    if _PLACEHOLDER.match(word) and (not text or text.startswith("-")):
        raise BadWord(f"{text!r} would be read as an option of the command, so it may not stand there.")
    return text


def every(template: Iterable[str], values: Mapping[str, object]) -> list[str]:
    """Each word of a template with its values. Raises `BadWord`."""
    return [filled(word, values) for word in template]


def _stamp(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC"
