"""Matching a question with passages by their words: Okapi BM25 over stemmed words with a few synonyms. Pure."""

import math
import re
from collections import Counter
from collections.abc import Sequence
from typing import Final

_STOP: Final = frozenset(
    re.findall(
        r"\w+",
        """a about all also am an and any are as at be been being but by can could did do does doing for from get give
        had has have he her here him his how i if in into is it its just know let like me mean more my no not of on
        or our out please say see she show so some tell than that the their them then there these they thing this
        those to up us was we were what when where which while who why will with would you your happening happen
        happened anything something really exactly involved affected related anyhow maybe""",
    )
)
_SYNONYMS: Final = {
    "ram": "memory",
    "mem": "memory",
    "rss": "memory",
    "processor": "cpu",
    "cores": "cpu",
    "core": "cpu",
    "filesystem": "disk",
    "space": "disk",
    "log": "journal",
    "logs": "journal",
    "proc": "process",
    "program": "process",
    "programs": "process",
    "host": "machine",
    "server": "machine",
    "hostname": "machine",
    "net": "network",
    "targets": "target",
    "metric": "series",
    "metrics": "series",
}
_WORD: Final = re.compile(r"[A-Za-z]+|\d+(?:\.\d+)?")
_FILE_SYSTEM: Final = re.compile(r"\bfile systems?\b", re.IGNORECASE)
_CAMEL: Final = re.compile(r"(?<=[a-z])(?=[A-Z])")
_K1: Final = 1.2
_B: Final = 0.6


def terms(text: str) -> list[str]:
    """The words of `text` that carry meaning, stemmed; `HighCpuUsage` and `node_cpu` fall into their parts."""
    found = (word.lower() for word in _WORD.findall(_CAMEL.sub(" ", _FILE_SYSTEM.sub("disk", text))))
    return [_stem(_SYNONYMS.get(word, word)) for word in found if word not in _STOP]


def rank(question: Sequence[str], passages: Sequence[Sequence[str]]) -> list[tuple[float, float]]:
    """For each passage its BM25 score and the share (0 to 1) of the question's weight that it covers.

    A word that no passage has weighs most: a question about something unheard of is covered by nothing.
    """
    count = len(passages)
    frequency = Counter(term for passage in passages for term in set(passage))
    wanted = {term: _rarity(frequency[term], count) for term in question}
    total = sum(wanted.values())
    average = sum(map(len, passages)) / count if count else 1.0
    scores = []
    for passage in passages:
        times = Counter(passage)
        norm = _K1 * (1 - _B + _B * len(passage) / average) if average else _K1
        score = sum(
            weight * times[term] * (_K1 + 1) / (times[term] + norm) for term, weight in wanted.items()
        )
        covered = sum(weight for term, weight in wanted.items() if times[term])
        scores.append((score, covered / total if total else 0.0))
    return scores


def _rarity(frequency: int, count: int) -> float:
    return math.log(1 + (count - frequency + 0.5) / (frequency + 0.5))


def _stem(word: str) -> str:
    for ending in ("ies", "ing", "ed", "es", "s"):
        if word.endswith(ending) and len(word) - len(ending) >= 3 and not word.endswith("ss"):
            return word[: -len(ending)] + ("y" if ending == "ies" else "")
    return word
