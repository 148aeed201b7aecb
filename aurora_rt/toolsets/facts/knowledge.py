"""What is written in runbooks, and what was learnt of past incidents."""

from typing import Literal

from aurora_rt.toolsets.facts.fact import Fact


class KnownPassage(Fact):
    """A passage of a document or a past incident."""

    of: Literal["document", "incident"]
    id: str
    """Of the document or the incident."""
    title: str
    heading: str
    """The headings above it, outermost first, joined by ` › `; `""` for none."""
    text: str
    score: float
    """0 to 1, higher is nearer; comparable within one look only."""


class Passages(Fact):
    """What fits what was searched for, nearest first."""

    kind: Literal["passages"] = "passages"
    passages: tuple[KnownPassage, ...]
