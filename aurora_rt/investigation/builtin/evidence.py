"""A look together with what rules need of it: its facts by kind, how it is cited, and what it showed."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, Generic, TypeVar

from aurora_rt.investigation.builtin.wording import foreign
from aurora_rt.toolsets.facts.fact import (
    Fact,
)
from aurora_rt.toolsets.toolset import Observation

SHORT: Final = 300

FactT = TypeVar("FactT", bound=Fact)


@dataclass(frozen=True, slots=True)
class Evidence(Generic[FactT]):
    """The typed facts of a look that succeeded."""

    facts: FactT
    cite: str
    """`[n]`."""
    output: str = ""
    command: str = ""
    """What a person would type to see the same."""

    @property
    def short_command(self) -> str:
        """The first of the commands where it can be read at a glance, else `""`."""
        first = self.command.partition("\n")[0]
        return first if len(first) <= SHORT else ""

    def shown(self, *ways: str) -> str:
        """The first of several ways to write a number that also stands in the look's output.

        A claim's number should be found where its citation points; rounded differently it would look made up.
        """
        return next((way for way in ways if self._shows(way)), ways[0])

    def _shows(self, text: str) -> bool:
        return re.search(rf"(?<![\w.]){re.escape(text)}(?![\d.]*\d)", self.output) is not None


def evidence_of(observation: Observation | None, kind: type[FactT]) -> Evidence[FactT] | None:
    """The facts of `observation` when it succeeded and told facts of that kind."""
    if observation is None or observation.error is not None or not isinstance(observation.facts, kind):
        return None
    return Evidence(observation.facts, observation.cite, observation.output, observation.command)


def first_of(observations: Iterable[Observation], kind: type[FactT]) -> Evidence[FactT] | None:
    """The first of several looks that told facts of that kind."""
    return next((found for seen in observations if (found := evidence_of(seen, kind))), None)


def gap(observation: Observation) -> str:
    """What could not be seen through a look that failed, with its citation."""
    reason = foreign(observation.error or "it told nothing that can be read").rstrip(".")
    return f"`{observation.tool}`: {reason} {observation.cite}."


def gaps_within(observation: Observation, reasons: Iterable[str]) -> tuple[str, ...]:
    """What could not be seen through a look that succeeded in part, with its citation."""
    return tuple(
        f"`{observation.tool}`: {foreign(one).rstrip('.')} {observation.cite}."
        for one in reasons
        if observation.error is None
    )
