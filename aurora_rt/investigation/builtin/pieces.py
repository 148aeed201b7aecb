"""Cutting a finished text into the pieces in which it is streamed. Pure."""

import re
from collections.abc import Iterator
from typing import Final, Literal

from aurora_rt.investigation.investigator import Writing

_WORD: Final = re.compile(r"\s*\S+|\s+")
_LINE: Final = re.compile(r"[^\n]*\n+|[^\n]+")


def words(text: str) -> list[str]:
    """`text` word by word, white space kept: the pieces joined are the text."""
    return _WORD.findall(text)


def lines(text: str) -> list[str]:
    """`text` line by line, line ends kept: the pieces joined are the text."""
    return _LINE.findall(text)


def written(kind: Literal["thought", "summary", "answer"], key: str, pieces: list[str]) -> Iterator[Writing]:
    """The pieces as they are said."""
    for piece in pieces:
        yield Writing(kind, key, piece)
