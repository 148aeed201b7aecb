"""Fusing what vectors and what words find.

Both figures are brought to 0 … 1 within one search and added, vectors counting a little more than words. Each source is
found once, with its best passage. The shares were chosen on labelled questions (`tests/knowledge/relevance.py`), where
from 0.4 to 0.5 for words makes no difference and fusing ranks instead of figures finds less.
"""

from collections.abc import Sequence

from aurora_rt.knowledge.models import Asked, Candidate, Source, Written
from aurora_rt.knowledge.words import terms

WORDS_SHARE = 0.45
TITLE_BOOST = 0.1
"""For a source whose title's terms are all in the question; a part of it for a part of them."""

CANDIDATES = 40
"""Sources that are looked at on each side."""


def fused(asked: Asked, candidates: Sequence[Candidate], limit: int) -> Sequence[tuple[Written, float]]:
    """The best passages, one of each source, nearest first, each with a score from 0 to 1."""
    if not candidates:
        return []
    by_vector = _spread([one.by_vector for one in candidates])
    by_words = _of_largest([one.by_words for one in candidates])
    in_question = set(asked.terms.split())
    share = WORDS_SHARE if asked.vector is not None else 1.0
    best: dict[Source, tuple[Written, float]] = {}
    for one, near, worded in zip(candidates, by_vector, by_words, strict=True):
        score = share * worded + (1 - share) * near + TITLE_BOOST * _titled(one.passage, in_question)
        score /= 1 + TITLE_BOOST
        source = one.passage.source
        if source not in best or score > best[source][1]:
            best[source] = one.passage, score
    ranked = sorted(best.values(), key=lambda found: (-found[1], str(found[0].id)))
    return ranked[:limit]


def _spread(values: Sequence[float | None]) -> Sequence[float]:
    """Each value's place between the lowest and the highest; 0 for none."""
    known = [value for value in values if value is not None]
    if not known:
        return [0.0] * len(values)
    low, high = min(known), max(known)
    return [0.0 if value is None else (value - low) / (high - low) if high > low else 1.0 for value in values]


def _of_largest(values: Sequence[float]) -> Sequence[float]:
    largest = max(values)
    return [value / largest if largest > 0 else 0.0 for value in values]


def _titled(passage: Written, in_question: set[str]) -> float:
    title = set(terms(passage.title).split())
    return len(title & in_question) / len(title) if title else 0.0
