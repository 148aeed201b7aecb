"""An argument vector from a template: a value becomes one word or a part of one, and never a flag. Pure."""

import re
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime
from typing import Final

from aurora_rt.toolsets.toolset import Window

_PLACEHOLDER: Final = re.compile(r"(?<!\{)\{([a-z][a-z0-9_]*)\}(?!\})")
"""`{name}`, but not `{{name}}`, which programs have as templates of their own."""

_FORMS: Final[Mapping[str, Callable[[datetime], str]]] = {
    "": lambda moment: f"{moment.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC",
    "_iso": lambda moment: f"{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}",
    "_unix": lambda moment: str(int(moment.timestamp())),
}
WINDOW: Final = frozenset(f"window_{end}{form}" for end in ("start", "end") for form in _FORMS)
"""What every template may name: the incident's window, as systemd, RFC 3339 and POSIX write times."""


class BadWord(ValueError):
    """A value that may not stand where it would."""


def named(word: str) -> set[str]:
    """The parameters that a word names."""
    return set(_PLACEHOLDER.findall(word))


def moments(window: Window) -> dict[str, str]:
    """The values of `WINDOW`."""
    return {
        f"window_{end}{form}": written(moment)
        for end, moment in (("start", window.start), ("end", window.end))
        for form, written in _FORMS.items()
    }


def substituted(text: str, values: Mapping[str, object]) -> str:
    """A text with its values, whatever they are."""
    return _PLACEHOLDER.sub(lambda found: str(values[found.group(1)]), text)


def filled(word: str, values: Mapping[str, object]) -> str:
    """One word of a template with its values. Raises `BadWord`."""
    text = substituted(word, values)
    if _PLACEHOLDER.match(word) and (not text or text.startswith("-")):
        raise BadWord(f"{text!r} would be read as an option of the command, so it may not stand there.")
    return text


def every(template: Iterable[str], values: Mapping[str, object]) -> list[str]:
    """Each word of a template with its values. Raises `BadWord`."""
    return [filled(word, values) for word in template]
