"""A page of incidents: which ones, in which order, and where the next page begins. Pure.

A cursor is opaque to clients: the sort and the place of the last incident in it, so that a page begins exactly after
the one before, whatever is opened or changed in between.
"""

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Final, Literal
from uuid import UUID

from pydantic import BaseModel, Field

from aurora_rt.incidents.models import Incident, Status
from aurora_rt.web import cursor
from aurora_rt.web.cursor import CursorRefused
from aurora_rt.web.moments import KnownMoment

Sort = Literal["-startedAt", "startedAt", "-severity"]
"""Newest first, oldest first, or the most severe first and the newest of those first."""

MOST_WORDS: Final = 10
_WORD: Final = re.compile(r"[^\W_]+")


class Place(BaseModel, frozen=True):
    """Where an incident stands in a list."""

    sort: Sort
    weight: Annotated[int, Field(ge=0, lt=2**15)]
    """Of the severity; a `smallint` in the database."""
    started_at: KnownMoment
    id: UUID


@dataclass(frozen=True, slots=True)
class Page:
    """What is asked for. Empty filters let everything through."""

    limit: int
    sort: Sort = "-startedAt"
    after: Place | None = None
    statuses: tuple[Status, ...] = ()
    severities: tuple[str, ...] = ()
    services: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    words: str | None = None
    """A `tsquery`."""
    since: datetime | None = None
    until: datetime | None = None

    @property
    def filtered(self) -> bool:
        """Whether anything is left out."""
        return bool(self.statuses or self.severities or self.services or self.sources) or any(
            one is not None for one in (self.words, self.since, self.until)
        )


def cursor_after(incident: Incident, sort: Sort) -> str:
    """The cursor of the page that begins after `incident`."""
    place = Place(sort=sort, weight=incident.severity_weight, started_at=incident.started_at, id=incident.id)
    return cursor.written(place)


def place_of(given: str, sort: Sort) -> Place:
    """The place that a cursor tells. Raises `CursorRefused`."""
    place = cursor.read(given, Place)
    if place.sort != sort:
        raise CursorRefused(f"This cursor is for sort={place.sort}: begin again to sort by {sort}.")
    return place


def words_query(text: str) -> str | None:
    """A `tsquery` for incidents that have every word of `text`, or one that begins so; `None` without words."""
    words = _WORD.findall(text.lower())[:MOST_WORDS]
    return " & ".join(f"{word}:*" for word in words) or None
