"""What all plays of a suite come to. Pure.

AC@k is the share of cases in which a right cause is among the first k; Avg@5 the mean of AC@1 to AC@5 (both as in the
literature on root-cause analysis, such as Pham et al., FSE 2024).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import fmean, median
from typing import Any, Final

from aurora_rt.investigation.agent.claims import Support, support
from aurora_rt.investigation.builtin.names import plain_name
from aurora_rt.investigation.evaluation.play import Played
from aurora_rt.investigation.evaluation.suite import Truth
from aurora_rt.investigation.investigator import Cause

CONFIDENT: Final = 0.7
"""From here on, being wrong misleads."""


@dataclass(frozen=True, slots=True)
class Scored:
    """One play, beside the truth."""

    played: Played
    place: int | None
    """The rank of the first right place, from 1; `None` when it is not among the causes."""
    place_and_kind: int | None
    """The same, with the right kind of fault."""
    mentioned: tuple[bool, ...]
    """For each thing that the summary must mention, whether it does."""
    herrings: tuple[bool, ...]
    """For each red herring, whether the summary names it, and not as the cause."""
    support: Support

    @property
    def truth(self) -> Truth:
        """What really was the matter."""
        return self.played.case.truth

    @property
    def healthy(self) -> bool:
        """Whether the investigator found nothing wrong."""
        return not self.played.causes

    @property
    def confident_but_wrong(self) -> bool:
        """Whether it was sure of something false."""
        sure = bool(self.played.causes) and self.played.causes[0].confidence >= CONFIDENT
        return sure and (self.truth.healthy or self.place != 1)

    def line(self) -> dict[str, Any]:
        """The case as one JSON object."""
        return {
            "id": self.played.case.id,
            "ranked": [
                {"node": one.node, "kind": one.kind, "confidence": one.confidence}
                for one in self.played.causes
            ],
            "healthy": self.healthy,
            "seconds": round(self.played.seconds, 3),
            "tool_calls": len(self.played.looks),
            "summary": self.played.summary,
        }


def scored(played: Played) -> Scored:
    """Hold a play against the truth."""
    truth, causes, summary = played.case.truth, played.causes, played.summary.casefold()
    first = causes[0].node if causes else ""
    return Scored(
        played=played,
        place=_rank(causes, truth, kind=None),
        place_and_kind=_rank(causes, truth, kind=truth.kind) if truth.kind else None,
        mentioned=tuple(one.casefold() in summary for one in truth.must_mention),
        herrings=tuple(
            one.casefold() in summary and not same_place(one, first) for one in truth.red_herrings
        ),
        support=support(played.summary, played.looks),
    )


def same_place(one: str, other: str) -> bool:
    """Whether two names mean the same place: `service cart` is `cart`, and so are `Cart:8080` and its pods."""
    return plain_name(one) == plain_name(other)


def totals(suite: str, investigator: str, cases: Sequence[Scored]) -> dict[str, Any]:
    """The figures of a suite as one JSON object. Shares are 0 to 1; `None` where nothing was asked."""
    faulty = [one for one in cases if not one.truth.healthy]
    healthy = [one for one in cases if one.truth.healthy]
    with_kind = [one for one in faulty if one.truth.kind]
    kinds = sorted({one.truth.kind for one in with_kind if one.truth.kind})
    claims = sum(one.support.claims for one in cases)
    return {
        "suite": suite,
        "investigator": investigator,
        **_accuracy([one.place for one in faulty]),
        "cases": len(cases),
        "place_and_kind": _accuracy([one.place_and_kind for one in with_kind]),
        "by_kind": {
            kind: _accuracy([one.place for one in with_kind if one.truth.kind == kind]) for kind in kinds
        },
        "healthy_cases": len(healthy),
        "false_causes": sum(not one.healthy for one in healthy),
        "missed": sum(one.healthy for one in faulty),
        "mentioned": _share([found for one in cases for found in one.mentioned]),
        "red_herrings_named": _share([found for one in cases for found in one.herrings]),
        "supported_claims": round(sum(one.support.supported for one in cases) / claims, 3)
        if claims
        else None,
        "confident_but_wrong": sum(one.confident_but_wrong for one in cases),
        "seconds": round(sum(one.played.seconds for one in cases), 3),
        "median_seconds": round(median(one.played.seconds for one in cases), 3) if cases else None,
        "mean_tool_calls": round(fmean(len(one.played.looks) for one in cases), 1) if cases else None,
    }


def _accuracy(ranks: Sequence[int | None]) -> dict[str, Any]:
    if not ranks:
        return {"cases": 0, "ac@1": None, "ac@3": None, "avg@5": None}
    within = [fmean(rank is not None and rank <= most for rank in ranks) for most in range(1, 6)]
    return {
        "cases": len(ranks),
        "ac@1": round(within[0], 3),
        "ac@3": round(within[2], 3),
        "avg@5": round(fmean(within), 3),
    }


def _share(found: Sequence[bool]) -> float | None:
    return round(fmean(found), 3) if found else None


def _rank(causes: Sequence[Cause], truth: Truth, *, kind: str | None) -> int | None:
    for rank, cause in enumerate(causes, 1):
        right = any(same_place(cause.node, node) for node in truth.nodes)
        if right and kind in (None, cause.kind):
            return rank
    return None
