"""Cursors: opaque to clients, a place in a list to us. Pure."""

import base64
from typing import TypeVar

from pydantic import BaseModel, ValidationError

from aurora_rt.errors import Invalid

Place = TypeVar("Place", bound=BaseModel)


class CursorRefused(Invalid):
    """A cursor that this server has not given, or has given for another order."""

    code = "invalid_cursor"


def written(place: BaseModel) -> str:
    """The cursor that tells `place`."""
    return base64.urlsafe_b64encode(place.model_dump_json().encode()).decode().rstrip("=")


def read(cursor: str, kind: type[Place]) -> Place:
    """The place that a cursor tells. Raises `CursorRefused`."""
    try:
        return kind.model_validate_json(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    except (ValueError, ValidationError):
        raise CursorRefused("This cursor is none of ours: take the one of the page before.") from None
