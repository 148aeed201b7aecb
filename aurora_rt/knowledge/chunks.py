"""Cutting a text into chunks that make sense by themselves."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Chunk:
    """A piece of a text, and the headings that it stands under."""

    heading: str
    """Outermost first, joined by ` › `; `""` for none."""
    text: str


def cut(text: str) -> Sequence[Chunk]:
    """The chunks of a text, in order; none of a text without a word."""
    raise NotImplementedError
