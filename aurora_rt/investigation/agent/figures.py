"""Whether a number or a time that a text gives can be found in an output. Pure."""

import re
from datetime import UTC, datetime, timedelta
from functools import cached_property
from typing import Final

from aurora_rt.toolsets.toolset import Window

_K: Final = 1024.0
_SECOND: Final = (1.0, 1e-3, 1e-6, 1e-9, 60.0)
"""What a number in an output is times, to be seconds: it may be any of s, ms, µs, ns and minutes."""
_BYTE: Final = (1.0, 1e3, 1e6, 1e9, _K, _K**2, _K**3)
_UNITS: Final = {
    "%": (1.0,),
    **dict.fromkeys(("µs", "us"), tuple(one * 1e6 for one in _SECOND)),
    **dict.fromkeys(("ms", "millisecond", "milliseconds"), tuple(one * 1e3 for one in _SECOND)),
    **dict.fromkeys(("s", "sec", "second", "seconds"), _SECOND),
    **dict.fromkeys(("min", "minute", "minutes"), (1.0, *(one / 60 for one in _SECOND))),
    **dict.fromkeys(("h", "hour", "hours"), (1.0, *(one / 3600 for one in _SECOND))),
    **dict.fromkeys(("d", "day", "days"), (1.0, 1 / 24, *(one / 86400 for one in _SECOND))),
    **{
        unit: tuple(one / _K**power for one in _BYTE)
        for power, unit in enumerate(("KiB", "MiB", "GiB", "TiB"), 1)
    },
    **{
        unit: tuple(one / 1e3**power for one in _BYTE)
        for power, unit in enumerate(("kB", "MB", "GB", "TB"), 1)
    },
    **dict.fromkeys(("k", "K", "thousand"), (1.0, 1e-3)),
    **dict.fromkeys(("M", "million"), (1.0, 1e-6)),
    **dict.fromkeys(("m", "millicores"), (1.0, 1e3)),
}
"""Unit that a text writes → what a number in an output may be times to come to it."""
_NUMBER: Final = re.compile(
    r"(?<![\w.:/-])(?P<number>\d+(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?)"
    r"(?:[  ]?(?P<unit>%|percent|[KMGT]iB|[kMGT]B|ms|µs|us|(?:milli)?seconds?|sec|min|minutes?|hours?|days?|millicores|"
    r"thousand|million|[smhdkKM]|times|fold|×|x)(?![\w-]))?(?![\w:]|[.,-]\d)"
)
_ALL: Final = re.compile(r"(?<![\d.])\d+(?:\.\d+)?(?:[eE][+-]?\d+)?")
_TRIFLING: Final = frozenset({"0", "1", "2", "3"})
"""Numbers that words count with; they are in every output."""
_ABOUT: Final = re.compile(
    r"(?:about|around|roughly|approximately|nearly|almost|some|over|under|above|below|more than|less than|up to|"
    r"at least|at most|~|≈|>|<)\s*$",
    re.IGNORECASE,
)
_RECKONED: Final = re.compile(
    r"\b(?:times|fold|twice|half|third|quarter|double\w*|triple\w*|more|less|fewer|higher|lower|faster|slower|longer|"
    r"increase\w*|decrease\w*|rose|rise|risen|grew|grown|fell|fallen|drop\w*|jump\w*|climb\w*|total|together|sum|"
    r"average|mean|ratio|share|later|after|before|earlier|lasted|took|within|for|of|by|since)\b|[%×]",
    re.IGNORECASE,
)
_LETTERS: Final = re.compile(r"[A-Za-z]{4,}")
_MOST_PAIRED: Final = 60
"""Of how many numbers of an output sums, differences and ratios are tried: among more, any number is found."""

_MOMENT: Final = re.compile(
    r"\b(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d(?::\d\d)?)(?:[.,]\d+)?\s?(?:Z|UTC|[+-]00:?00)?"
)
_CLOCK: Final = re.compile(r"(?<![\d:.-])([01]?\d|2[0-3]):([0-5]\d)(?::([0-5]\d))?(?![\d:])")
_DAY: Final = re.compile(r"\b\d{4}-\d\d-\d\d\b")
_SLACK: Final = timedelta(minutes=1)


def unborne(text: str, shown: str) -> list[str]:
    """The numbers of `text` that `shown` does not bear. Times are none."""
    plain = _CLOCK.sub("", _DAY.sub("", _MOMENT.sub("", text)))
    found = [one for one in _NUMBER.finditer(plain) if one["number"] not in _TRIFLING]
    if not found:
        return []
    seen = _Seen(shown)
    return [one["number"] for one in found if not _bears(seen, one, plain)]


def has_numbers(text: str) -> bool:
    """Whether `text` gives a number that can be looked up."""
    return any(one["number"] not in _TRIFLING for one in _NUMBER.finditer(text))


def untimely(text: str, shown: str, window: Window) -> list[str]:
    """The times of `text` that are neither in `window` nor in `shown`."""
    moments = [one[0].strip() for one in _MOMENT.finditer(text)]
    clocks = [one[0] for one in _CLOCK.finditer(_MOMENT.sub("", text))]
    return [one for one in moments + clocks if one not in shown and not _is_within(one, window)]


class _Seen:
    """The numbers in an output, and what can be reckoned from them."""

    def __init__(self, shown: str) -> None:
        self.text = shown
        plain = _CLOCK.sub("", _MOMENT.sub("", shown))
        self.values = sorted({float(one) for one in _ALL.findall(plain)})

    @cached_property
    def reckoned(self) -> list[float]:
        """Sums, differences and ratios of two."""
        if len(self.values) > _MOST_PAIRED:
            return []
        pairs = [(a, b) for a in self.values for b in self.values if a >= b]
        ratios = [value for a, b in pairs if b for value in (a / b, b / a, (a - b) / b, (a - b) / a)]
        return [value for a, b in pairs for value in (a - b, a + b)] + ratios

    @cached_property
    def shares(self) -> list[float]:
        """What can be a share of a whole, or the growth of something small: read, or reckoned."""
        return [one for one in (*self.values, *self.reckoned) if one <= 10]

    @cached_property
    def lines(self) -> list[str]:
        """The lines of the output, as words are looked for in them."""
        return self.text.casefold().splitlines()


def _bears(seen: _Seen, found: re.Match[str], text: str) -> bool:
    number, unit = found["number"], found["unit"] or ""
    if re.search(rf"(?<![\d.]){re.escape(number)}(?!\d)", seen.text):
        return True
    bare = number.replace(",", "")
    value, slack = float(bare), 0.5001 * 10.0 ** -len(bare.partition(".")[2])
    if _ABOUT.search(text[: found.start()]):
        slack = max(slack, 0.1 * value)
    scales = _UNITS.get("%" if unit == "percent" else unit, (1.0,))
    if any(abs(one * scale - value) <= slack for scale in scales for one in seen.values):
        return True
    if unit in ("%", "percent") and any(abs(one * 100 - value) <= slack for one in seen.shares):
        return True
    if _RECKONED.search(text) and any(
        abs(one * scale - value) <= slack for scale in scales for one in seen.reckoned
    ):
        return True
    return bare.isdigit() and _is_count(int(bare), text, seen)


def _is_count(number: int, text: str, seen: _Seen) -> bool:
    """Whether something that the text speaks of stands in so many lines."""
    words = {one.casefold().removesuffix("s") for one in _LETTERS.findall(text)}
    return number <= len(seen.lines) <= 2000 and any(
        sum(word in line for line in seen.lines) == number for word in words
    )


def _is_within(time: str, window: Window) -> bool:
    start, end = window.start - _SLACK, window.end + _SLACK
    if moment := _MOMENT.search(time):
        try:
            return start <= datetime.fromisoformat(f"{moment[1]}T{moment[2]}").replace(tzinfo=UTC) <= end
        except ValueError:
            return False
    if end - start >= timedelta(days=1):
        return True
    hour, minute, second = (int(one) for one in (time + ":00").split(":")[:3])
    days = {start.astimezone(UTC).date(), end.astimezone(UTC).date()}
    return any(
        start <= datetime(day.year, day.month, day.day, hour, minute, second, tzinfo=UTC) <= end
        for day in days
    )
