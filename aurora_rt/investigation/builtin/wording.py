"""How numbers, times and foreign text are written in what people read. Pure."""

import re
import shlex
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Final

_UNITS: Final = ("B", "KiB", "MiB", "GiB", "TiB", "PiB")
_CITATION: Final = re.compile(r"\[(?=\d+\])")
_CERTAINTY: Final = ((0.9, "very likely"), (0.7, "likely"), (0.5, "plausible"), (0.3, "possible"))


def size(amount: float) -> str:
    """Bytes in the largest binary unit that leaves a number of at least one: `1.5 GiB`."""
    value, unit = abs(amount), 0
    while value >= 1024 and unit < len(_UNITS) - 1:
        value, unit = value / 1024, unit + 1
    sign = "-" if amount < 0 else ""
    return f"{sign}{value:.0f} {_UNITS[unit]}" if unit == 0 else f"{sign}{value:.1f} {_UNITS[unit]}"


def rate(amount: float) -> str:
    """Bytes a second: `1.5 MiB/s`."""
    return f"{size(amount)}/s"


def plain(value: float) -> str:
    """A number with at most four significant digits and without a needless exponent."""
    if value == 0:
        return "0"
    if 1e-4 <= abs(value) < 1e6:
        return f"{value:.4g}" if abs(value) < 1000 else f"{value:.0f}"
    return f"{value:.3g}"


def duration(seconds: float) -> str:
    """A stretch of time in its largest unit: `45 s`, `3 min`, `2 h`, `5 d`."""
    for unit, length in (("d", 86400), ("h", 3600), ("min", 60)):
        if seconds >= 2 * length:
            return f"{seconds / length:.0f} {unit}"
    return f"{seconds:.0f} s"


def clock(moment: datetime) -> str:
    """A time of day: `14:03:22 UTC`."""
    return f"{moment.astimezone(UTC):%H:%M:%S} UTC"


def day_and_clock(moment: datetime) -> str:
    """A date and a time of day: `2026-03-01 14:03:22 UTC`."""
    return f"{moment.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC"


def from_unix(seconds: float) -> datetime:
    """Unix time as a moment in UTC."""
    return datetime.fromtimestamp(seconds, UTC)


def certainty(confidence: float) -> str:
    """A confidence in words and as a number: `likely (0.85)`."""
    words = next((word for least, word in _CERTAINTY if confidence >= least), "a weak lead")
    return f"{words} ({confidence:.2f})"


def foreign(text: str, limit: int = 160) -> str:
    """Text from outside on one line, cut, and with nothing in it that looks like one of our citations."""
    flat = _CITATION.sub("[ ", " ".join(text.split()))
    return flat if len(flat) <= limit else flat[: limit - 1].rstrip() + "…"


def code(text: str, limit: int = 160) -> str:
    """Foreign text as Markdown code, which shows it as it is."""
    return f"`{foreign(text, limit).replace('`', chr(39))}`"


def command_line(text: str, limit: int = 160) -> str:
    """A command line as Markdown code. One that is too long loses directories first: what runs is in the names."""
    if len(text) > limit:
        text = " ".join(
            f"…/{word.rstrip('/').rpartition('/')[2]}" if word.count("/") > 1 else word
            for word in text.split(" ")
        )
    return code(text, limit)


def argument(text: str) -> str:
    """`text` as one word of a shell command."""
    return shlex.quote(text)


def joined(parts: Sequence[str], last: str = "and") -> str:
    """An enumeration: `a, b and c`."""
    if len(parts) < 2:
        return "".join(parts)
    return f"{', '.join(parts[:-1])} {last} {parts[-1]}"


def sentences(parts: Iterable[str]) -> str:
    """Sentences in one paragraph; empty ones are left out."""
    return " ".join(part.strip() for part in parts if part.strip())


def capital(text: str) -> str:
    """`text` with a capital first letter, as a sentence begins."""
    return text[:1].upper() + text[1:]


def counted(count: int, one: str, many: str = "") -> str:
    """A number with its noun: `1 series`, `3 lines`."""
    return f"{count} {one if count == 1 else many or one + 's'}"
