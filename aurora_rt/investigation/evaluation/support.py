"""Whether what a summary says can be found where its citations point. Pure."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from aurora_rt.toolsets.toolset import Observation

_SENTENCE: Final = re.compile(r"(?<=[.!?])\s+(?=[A-Z*`-])|\n+")
_CITED: Final = re.compile(r"\[(\d+)\]")
_NUMBER: Final = re.compile(r"(?<![\w.:-])\d+(?:\.\d+)?(?![\w:-]|\.\d)")
_QUOTED: Final = re.compile(r"`([^`]+)`")
_SERIES: Final = re.compile(r"[\w:]*\{[^{}]*\}")
_WORD: Final = re.compile(r"[^\s{}=,\"]+")
_TRIFLING: Final = frozenset({"0", "1", "2", "3"})
"""Numbers that words count with; they are in every output."""


@dataclass(frozen=True, slots=True)
class Support:
    """How many claims there are, and how many of them their citations bear."""

    claims: int
    supported: int


def support(summary: str, looks: Mapping[int, Observation]) -> Support:
    """Check each sentence that cites: a name that it quotes, and its numbers, are in what it cites.

    A sentence is supported when each thing it quotes, and at least half of its numbers, occur in the command or the
    output of a look that it cites. (Some numbers are computed: a share, a rate.) A citation of a look that was never
    made supports nothing.
    """
    sentences = [one for one in _SENTENCE.split(summary) if _CITED.search(one)]
    return Support(len(sentences), sum(_supported(one, looks) for one in sentences))


def _supported(sentence: str, looks: Mapping[int, Observation]) -> bool:
    cited = [looks.get(int(number)) for number in _CITED.findall(sentence)]
    if None in cited:
        return False
    shown = "\n".join(f"{one.command}\n{one.output}\n{one.error or ''}" for one in cited if one is not None)
    plain = _CITED.sub("", sentence)
    quoted = [part for one in _QUOTED.findall(plain) for part in one.split("…")]
    numbers = [one for one in _NUMBER.findall(_QUOTED.sub("", plain)) if one not in _TRIFLING]
    found = sum(re.search(rf"(?<![\d.]){re.escape(one)}", shown) is not None for one in numbers)
    return all(_is_shown(one, shown) for one in quoted) and 2 * found >= len(numbers)


def _is_shown(quoted: str, shown: str) -> bool:
    """Whether something quoted is there: as it is, or all words of a series, which JSON writes otherwise."""
    if quoted in shown:
        return True
    return bool(_SERIES.fullmatch(quoted)) and all(word in shown for word in _WORD.findall(quoted))
