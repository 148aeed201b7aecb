"""What an investigation is, as it is kept."""

from dataclasses import dataclass
from typing import Literal
from uuid import UUID

from aurora_rt.investigation.investigator import Case
from aurora_rt.toolsets.toolset import Observation

State = Literal["queued", "running", "complete", "error", "cancelled"]


@dataclass(frozen=True, slots=True)
class Said:
    """What earlier runs of an investigation have already said: it is not said again."""

    ids: frozenset[UUID]
    """Of thoughts and suggestions."""
    observations: tuple[Observation, ...]
    before: tuple[str, ...] = ()
    """The texts of thoughts of earlier investigations of the same incident."""


@dataclass(frozen=True, slots=True)
class Begun:
    """An investigation that this process now runs."""

    case: Case
    said: Said


@dataclass(frozen=True, slots=True)
class KeptSuggestion:
    """A suggestion as it was written."""

    id: UUID
    title: str
    description: str
    type: str
    risk: str
    command: str
    effect: str = ""
    undo: str = ""
    is_action: bool = False
