"""How like two incidents are, and why, in words that a person can check. Pure."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from aurora_rt.knowledge.feedback_queries import Votes
from aurora_rt.knowledge.incident_queries import Past

SAME_ALERT: Final = 0.6
SAME_SERVICE: Final = 0.25
SAME_KIND: Final = 0.3
ALL_WORDS: Final = 0.5
"""What each alone is worth, of 1; together they add up as independent signs do."""
ALIKE: Final = 0.4
"""From here on an incident is worth showing; measured by `test_likeness`."""
MOST_TERMS: Final = 5
HELPED: Final = 1.15
DID_NOT: Final = 0.6
"""What a score counts after people found the analysis helpful, or not."""

_WORD: Final = re.compile(r"[a-z][a-z0-9]{2,}")
_CAMEL: Final = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_STOP: Final = frozenset(
    re.findall(
        r"\w+",
        """a about above after alert alerts all also and any are as at be been before being below between but by can
        cannot could critical did does down during each error errors few firing for from had has have high host how in
        incident into is it its less low minute minutes more most namespace new not now of off on one only or out over
        per pod prometheus same seconds service services severity since some such summary than that the their them
        then there these they this those through to too under until up value very warning was we were what when where
        which while who why will with within without you your""",
    )
)


@dataclass(frozen=True, slots=True)
class Likeness:
    """How like a past incident is."""

    score: float
    """0 to 1."""
    services: tuple[str, ...]
    """Those that both affect."""
    alerts: tuple[str, ...]
    """Titles of alerts that both have."""
    kinds: tuple[str, ...]
    """Kinds of cause that both analyses name first."""
    terms: tuple[str, ...]
    """Words that both use, the longest first."""

    @property
    def why(self) -> str:
        """What they share, in a sentence."""
        shared = [
            f"the alert {_named(self.alerts)}" if self.alerts else "",
            f"the service {_named(self.services)}" if self.services else "",
            f"the kind of cause ({self.kinds[0].replace('_', ' ')})" if self.kinds else "",
            f"the words {_named(self.terms)}" if self.terms and not self.alerts else "",
        ]
        return f"Both share {_joined([one for one in shared if one])}."


def likeness(one: Past, other: Past) -> Likeness:
    """How like `other` is to `one`."""
    alerts = _both((one.title, *one.alerts), (other.title, *other.alerts))
    services = _both((one.service, *one.services), (other.service, *other.services))
    kinds = tuple(kind for kind in one.kinds[:1] if kind in other.kinds[:1] and kind != "none")
    mine, others = terms(_words_of(one)), terms(_words_of(other))
    shared = mine & others
    overlap = 2 * len(shared) / (len(mine) + len(others)) if mine and others else 0.0
    apart = (
        (1 - SAME_ALERT * bool(alerts))
        * (1 - SAME_SERVICE * bool(services))
        * (1 - SAME_KIND * bool(kinds))
        * (1 - ALL_WORDS * overlap)
    )
    told = tuple(sorted(shared, key=lambda word: (-len(word), word))[:MOST_TERMS])
    return Likeness(round(1 - apart, 3), services, alerts, kinds, told)


def trusted(score: float, votes: Votes) -> float:
    """`score` after what people thought of the analysis: what helped comes earlier, what did not later."""
    if votes.helpful == votes.not_helpful:
        return score
    return min(1.0, score * (HELPED if votes.helpful > votes.not_helpful else DID_NOT))


def terms(text: str) -> frozenset[str]:
    """The words of `text` that tell something; `HighCpuUsage` and `node_cpu` fall into their parts."""
    words = _WORD.findall(_CAMEL.sub(" ", text).replace("_", " ").lower())
    return frozenset(_singular(word) for word in words if word not in _STOP)


def _words_of(past: Past) -> str:
    return " ".join((past.title, past.description, *past.alerts, *past.told))


def _both(ours: Iterable[str], theirs: Iterable[str]) -> tuple[str, ...]:
    known = {one.strip().lower() for one in theirs if one.strip()} - {"unknown"}
    return tuple(dict.fromkeys(one for one in ours if one.strip().lower() in known))


def _singular(word: str) -> str:
    return word[:-1] if word.endswith("s") and not word.endswith("ss") and len(word) > 3 else word


def _named(names: Iterable[str]) -> str:
    return _joined([f"“{name}”" for name in names])


def _joined(parts: list[str]) -> str:
    return f"{', '.join(parts[:-1])} and {parts[-1]}" if len(parts) > 1 else "".join(parts)
