"""The tools that a model is told of: those that can be called now, the most relevant ones where room is short. Pure."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any, Final

from pydantic_core import to_json

from aurora_rt.investigation.agent.fitting import tokens_again
from aurora_rt.toolsets.toolset import Offer

LONGEST_NAME: Final = 60
"""Characters of a tool's name that every provider takes."""
SHORT_DESCRIPTION: Final = 160
"""Characters of a description where room is short."""
OVERHEAD: Final = 12
"""Tokens around each tool."""
DULL: Final = ("title", "default")
SAID_ELSEWHERE: Final = (
    "description", "examples", "maxLength", "minLength", "maxItems", "minItems", "pattern", "format",
)  # fmt: skip
"""What the tool's own description says, and what a call is checked for anyway."""
USED: Final = 2.0
"""What it counts that a tool has shown something already."""

_UNFIT: Final = re.compile(r"[^A-Za-z0-9_-]")
_WORD: Final = re.compile(r"[a-z]{3,}")


@dataclass(frozen=True, slots=True)
class Listed:
    """A tool as a model is told of it."""

    name: str
    offer: Offer
    description: str
    schema: Mapping[str, Any]

    @property
    def size(self) -> int:
        """Tokens that telling of it takes."""
        return OVERHEAD + tokens_again(f"{self.name} {self.description} {to_json(self.schema).decode()}")


def listed(offers: Sequence[Offer], room: int, about: str, used: frozenset[str]) -> list[Listed]:
    """The tools that fit into `room` tokens, in the order of `offers`.

    All of them in full where they fit; else in few words; else the ones that belong to `about` most, and those of
    `used`, the names of tools that have shown something.
    """
    full = [_listed(one, short=False) for one in offers]
    if sum(one.size for one in full) <= room:
        return full
    short = [_listed(one, short=True) for one in offers]
    if sum(one.size for one in short) <= room:
        return short
    words = frozenset(_WORD.findall(about.lower()))
    ranked = sorted(short, key=lambda one: (-_relevance(one.offer, words, used), one.size))
    kept: set[str] = set()
    for one in ranked:
        if one.size <= room:
            room -= one.size
            kept.add(one.name)
    return [one for one in short if one.name in kept]


def model_name(tool: str) -> str:
    """A tool's name in characters that every provider takes; `toolset.tool` becomes `toolset__tool`."""
    name = _UNFIT.sub("_", tool.replace(".", "__", 1))
    if len(name) <= LONGEST_NAME:
        return name
    return f"{name[: LONGEST_NAME - 9]}_{sha256(tool.encode()).hexdigest()[:8]}"


def _listed(offer: Offer, *, short: bool) -> Listed:
    description = offer.description
    if short and len(description) > SHORT_DESCRIPTION:
        description = description.partition(". ")[0][:SHORT_DESCRIPTION]
    schema = plain(offer.parameters, described=not short)
    return Listed(model_name(offer.name), offer, description, schema)


def plain(schema: Any, *, described: bool, within: bool = False) -> Any:
    """A JSON Schema without what says nothing: titles; and, unless `described`, descriptions."""
    if isinstance(schema, Mapping):
        dull = () if within else DULL if described else (*DULL, *SAID_ELSEWHERE)
        return {
            name: plain(one, described=described, within=name in ("properties", "$defs") and not within)
            for name, one in schema.items()
            if name not in dull
        }
    if isinstance(schema, list | tuple):
        return [plain(one, described=described) for one in schema]
    return schema


def _relevance(offer: Offer, words: frozenset[str], used: frozenset[str]) -> float:
    said = frozenset(_WORD.findall(f"{offer.name} {offer.toolset} {offer.description}".lower()))
    alike = len(said & words) / (len(said) ** 0.5 or 1.0)
    dear = {"low": 0.0, "moderate": 0.1, "high": 0.2}[offer.cost]
    return alike + (USED if offer.name in used else 0.0) - dear
