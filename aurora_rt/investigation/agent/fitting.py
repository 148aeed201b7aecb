"""What a model's window holds: measuring text in tokens, and cutting it to a budget by relevance. Pure, linear.

Nothing is cut blindly: lines are kept or left out whole, the ones that share words with what is asked about, that
speak of errors, that carry figures, that are rare, and the first and last ones before the others; repeated lines
are folded to one with their count; and what was left out is said where it was left out.
"""

import math
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Final

_PIECES: Final = re.compile(r"[A-Za-z0-9]+|[ \t]+|\n+|[^\x00-\x7f]+|[^\w\s]|_", re.ASCII)
_SEGMENTS: Final = re.compile(r"[A-Z]?[a-z]+|[A-Z]+|[0-9]+")
_LETTERS_A_TOKEN: Final = 5
_LONGEST_WORD: Final = 14
"""A run of letters that is longer is no word but an id or a key, which tokenizers cut into small pieces."""


_WORD: Final = re.compile(r"[A-Za-z_][\w-]*|\d+(?:\.\d+)?")
_PARTS: Final = re.compile(r"[A-Za-z]{2,}|\d+")
_VARYING: Final = re.compile(r"\d+|\b[0-9a-f]{7,}\b", re.IGNORECASE)
_ALARMING: Final = re.compile(
    r"\b(?:error|err|fail\w*|fatal|panic\w*|exception|traceback|critical|crit|emerg|alert|warn\w*|timeout|"
    r"time[sd]?[ -]?out|refused|denied|reset|unreachable|unavailable|unhealthy|killed|oom\w*|out of memory|"
    r"evict\w*|crash\w*|backoff|throttl\w*|deadlock\w*|abort\w*|corrupt\w*|"
    r"exhausted|exceed\w*|full|no space|lost|down|rollback|5\d\d|"
    r"deploy\w*|rolled|restart\w*|changed|scaled)\b",
    re.IGNORECASE,
)
_FIGURE: Final = re.compile(r"\d")
_DULL: Final = frozenset(
    re.findall(
        r"\w+",
        "a an and are as at be by for from has have in into is it its not of on or that the their this to was were "
        "what when where which who why will with",
    )
)
_LONGEST_LINE: Final = 2000
"""Characters; a longer line is no line but a document on one line, and is broken where it has a seam."""
_SEAM: Final = re.compile(r"(?<=[,;}\])>.])\s*")


def tokens(text: str) -> int:
    """About how many tokens `text` is, for any tokenizer in use: rather a few too many than too few.

    Needs no vocabulary, and so no download. Words count by their letters, digits singly as the most careful
    tokenizers count them, letters outside ASCII by their bytes.
    """
    count = 0.0
    for piece in _PIECES.findall(text):
        first = piece[0]
        if first in " \t":
            count += len(piece) > 1
        elif first == "\n":
            count += 1
        elif not first.isascii():
            count += sum(0.6 if "\xbf" < one < "\u0800" else 1.5 for one in piece)
        elif first.isalnum():
            count += _word(piece)
        else:
            count += 1
    return math.ceil(count)


@lru_cache(maxsize=1024)  # tens of megabytes at most: a text has thousands of characters
def tokens_again(text: str) -> int:
    """`tokens`, remembered: for what is sent again with each step, as messages and tools are."""
    return tokens(text)


def _word(run: str) -> float:
    if run.islower() and run.isalpha() and len(run) <= _LONGEST_WORD:
        return math.ceil(len(run) / _LETTERS_A_TOKEN)
    if len(run) > _LONGEST_WORD and not run.isalpha():
        return len(run) * (0.9 if not run.isdigit() else 1.0)
    return sum(_segment(one) for one in _SEGMENTS.findall(run))


def _segment(run: str) -> float:
    if run.isdigit():
        return len(run)
    if len(run) > _LONGEST_WORD:
        return len(run) / 2
    return math.ceil(len(run) / _LETTERS_A_TOKEN) * (1.5 if run.isupper() and len(run) > 1 else 1.0)


@dataclass(frozen=True, slots=True)
class Part:
    """A text that is to be shown to a model."""

    key: str
    """What it is, unique among the parts: `alert`, `3`, `history`."""
    text: str
    weight: float = 1.0
    """How much of the room it deserves against the others, above 0."""
    number: int | None = None
    """The number that it may be cited by, if any."""
    pinned: bool = False
    """Whether it is kept whole, whatever is left for the others."""


def fitted(parts: Sequence[Part], budget: int, about: str) -> list[Part]:
    """`parts`, in their order, cut to `budget` tokens together by what matters for `about`.

    Pinned parts stay as they are, even beyond the budget: the caller sees that by measuring. The others share what is
    left by weight; what one does not need goes to the rest. Each that is cut says how much is missing. A part of
    which nothing fits is one line that says so, and is missing only where not even that line fits.
    """
    sizes = {one.key: tokens(one.text) for one in parts}
    room = budget - sum(sizes[one.key] for one in parts if one.pinned)
    loose = [one for one in parts if not one.pinned]
    shares = _shares({one.key: (sizes[one.key], max(one.weight, 1e-6)) for one in loose}, max(room, 0))
    asked = _Asked(about)
    kept = []
    for one in parts:
        if one.pinned or sizes[one.key] <= shares[one.key]:
            kept.append(one)
        elif text := _cut(one.text, shares[one.key], asked):
            kept.append(replace(one, text=text))
    return kept


def cut(text: str, budget: int, about: str) -> str:
    """One text, cut to `budget` tokens in the same way; `""` where not even the word about what is missing fits."""
    return text if tokens(text) <= budget else _cut(text, budget, _Asked(about))


def _shares(wanted: Mapping[str, tuple[int, float]], room: int) -> dict[str, int]:
    """Room for each key by weight; what one does not need is shared among the rest."""
    shares: dict[str, int] = {}
    open_ = dict(wanted)
    while open_:
        weight = sum(each for _, each in open_.values())
        modest = {key: size for key, (size, each) in open_.items() if size <= room * each / weight}
        if not modest:
            return shares | {key: int(room * each / weight) for key, (_, each) in open_.items()}
        for key, size in modest.items():
            shares[key] = size
            room -= size
            del open_[key]
    return shares


class _Asked:
    """What is asked about, as words and their parts."""

    def __init__(self, about: str) -> None:
        self.terms = frozenset(_terms(about))


def _terms(text: str) -> list[str]:
    """The words of a text, and the pieces of composite names: `cart-db` is also `cart` and `db`."""
    found = []
    for word in _WORD.findall(text):
        low = word.casefold()
        if low in _DULL:
            continue
        found.append(low)
        pieces = _PARTS.findall(low)
        if len(pieces) > 1:
            found += [piece for piece in pieces if piece not in _DULL]
    return found


@dataclass(slots=True)
class _Line:
    """A line, or several alike."""

    at: int
    text: str
    times: int = 1
    score: float = 0.0
    cost: int = 0

    @property
    def shown(self) -> str:
        return self.text if self.times == 1 else f"{self.text}  (and {self.times - 1:,} more like it)"


def _cut(text: str, budget: int, asked: _Asked) -> str:
    total = _lines(text)
    folded = _folded(total)
    _score(folded, asked)
    for line in folded:
        line.cost = tokens(line.shown) + 1
    notice = tokens(_left_out(len(total))) + 1
    if notice > budget:
        return ""
    chosen = _chosen(folded, budget - notice)
    return _told(chosen, len(total))


def _lines(text: str) -> list[str]:
    """The lines of a text; one that is far too long for a line is broken at its seams."""
    found = []
    for line in text.split("\n"):
        if len(line) <= _LONGEST_LINE:
            if line.strip():
                found.append(line.rstrip())
            continue
        found += _broken(line)
    return found


def _broken(line: str) -> list[str]:
    found, piece = [], ""
    for part in _SEAM.split(line):
        if piece and len(piece) + len(part) > 200:
            found.append(piece)
            piece = ""
        piece += part
    return [*found, piece] if piece else found


def _folded(lines: Sequence[str]) -> list[_Line]:
    """Lines that differ in their figures alone, as the first of them with their count; in the order of the text."""
    alike: dict[str, _Line] = {}
    for at, line in enumerate(lines):
        shape = _VARYING.sub("0", line).strip()
        if (first := alike.get(shape)) is not None:
            first.times += 1
        else:
            alike[shape] = _Line(at, line)
    return list(alike.values())


def _score(lines: Sequence[_Line], asked: _Asked) -> None:
    """How much each line matters: BM25 over what is asked, then errors, then figures, then the two ends."""
    bags = [frozenset(_terms(line.text)) & asked.terms for line in lines]
    spread = Counter(term for bag in bags for term in bag)
    count, last = len(lines), len(lines) - 1
    for place, (line, bag) in enumerate(zip(lines, bags, strict=True)):
        overlap = sum(math.log(1 + (count - spread[term] + 0.5) / (spread[term] + 0.5)) for term in bag)
        alarming = min(len(_ALARMING.findall(line.text)), 3)
        ends = 1.0 if place in (0, last) else 0.5 / (1 + min(place, last - place))
        figures = 0.3 if _FIGURE.search(line.text) else 0.0
        line.score = overlap + 1.5 * alarming + figures + ends + 1 / (1 + line.times)


def _chosen(lines: Sequence[_Line], budget: int) -> list[_Line]:
    """The lines that matter most within `budget`, in the order of the text. A line that does not fit is passed over."""
    kept = []
    for line in sorted(lines, key=lambda one: (-one.score / math.sqrt(one.cost + 8), one.at)):
        if line.cost <= budget:
            kept.append(line)
            budget -= line.cost
    return sorted(kept, key=lambda one: one.at)


def _told(lines: Sequence[_Line], total: int) -> str:
    shown = sum(line.times for line in lines)
    missing = [_left_out(total - shown)] if shown < total else []
    return "\n".join([*(line.shown for line in lines), *missing])


def _left_out(count: int) -> str:
    return f"… {count:,} {'line' if count == 1 else 'lines'} of this left out as less relevant …"
