"""What vendors' payloads are made of, as pydantic types: lenient where that loses nothing, bounded always.

Unknown fields are ignored, since vendors add some with each release. `null` is empty text, no labels, no
alerts or no time; a number or boolean is its text, because encoders and people's templates mix them. What is
left is a wrong shape, and `understood` says in a sentence where.
"""

import math
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Annotated, Any, Final, TypeVar

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError
from pydantic_core import ErrorDetails, PydanticCustomError

from aurora_rt.alerts.source import PayloadNotUnderstood
from aurora_rt.alerts.text import cut, storable

MAX_ALERTS: Final = 10_000
"""Alerts in one payload."""
MAX_LABELS: Final = 500
"""Labels, or annotations, of one alert."""
MAX_IDENTITY: Final = 200
"""Characters of a fingerprint: it is indexed, and cutting it could make two alerts one."""

_FIELD_LIMIT: Final = 200
_LAST_YEAR: Final = 9000
_NUMBER: Final = re.compile(r"-?[0-9]{1,25}(\.[0-9]{1,12})?")
_SECONDS_END: Final = 1e11
"""From here on (the year 5138) a number is not of seconds any more."""


class Wire(BaseModel):
    """The base of every shape that comes from outside."""

    model_config = ConfigDict(frozen=True, extra="ignore", populate_by_name=True)


WireModel = TypeVar("WireModel", bound=Wire)


def understood(shape: type[WireModel], payload: object) -> WireModel:
    """`payload` as `shape`; raises `PayloadNotUnderstood` for the first field that does not fit."""
    try:
        return shape.model_validate(payload)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        raise PayloadNotUnderstood(_field(first), _complaint(first)) from None


def _text(value: object) -> object:
    match value:
        case None:
            return ""
        case bool():
            return str(value).lower()
        case int() | float():
            return str(value)
        case str():
            return storable(value)
    return value


def _moment(value: object) -> datetime | None:
    if value is None or value == "":
        return None
    try:
        moment = datetime.fromisoformat(value.upper() if isinstance(value, str) else "")
    except ValueError:
        raise PydanticCustomError("time", "not a time") from None
    if moment.year == 1:  # Go's zero time, 0001-01-01T00:00:00Z, stands for "none"
        return None
    if moment.tzinfo is None:
        raise PydanticCustomError("time", "a time without its time zone")
    if moment.year > _LAST_YEAR:
        raise PydanticCustomError("time", "too far in the future")
    return moment.astimezone(UTC)


def _since_1970(value: object) -> datetime | None:
    """Seconds, milliseconds, microseconds or nanoseconds since 1970, as a number or its text; or RFC 3339."""
    if isinstance(value, str) and not _NUMBER.fullmatch(value):
        return _moment(value)
    if value is None or isinstance(value, bool) or not isinstance(value, str | int | float):
        return _moment(value)
    try:
        seconds = float(value)
    except OverflowError:
        seconds = math.inf
    if not math.isfinite(seconds):  # JSON's `1e400` is read as infinite, and no unit makes it less
        raise PydanticCustomError("time", "not a time")
    while abs(seconds) >= _SECONDS_END:
        seconds /= 1000
    if seconds == 0:
        return None
    return datetime.fromtimestamp(seconds, UTC)


def _or_empty(empty: type[list[Any]] | type[dict[str, Any]]) -> BeforeValidator:
    return BeforeValidator(lambda value: empty() if value is None else value)


Text = Annotated[str, BeforeValidator(_text)]
Identity = Annotated[str, Field(max_length=MAX_IDENTITY), BeforeValidator(_text)]
Moment = Annotated[datetime | None, BeforeValidator(_moment)]
"""RFC 3339 with any number of digits after the second, in UTC."""
Epoch = Annotated[datetime | None, BeforeValidator(_since_1970)]
"""A time since 1970 in whatever unit its size tells, or RFC 3339; zero is no time."""
WireLabels = Annotated[dict[Text, Text], Field(max_length=MAX_LABELS), _or_empty(dict)]

Item = TypeVar("Item")
Several = Annotated[list[Item], Field(max_length=MAX_ALERTS, fail_fast=True), _or_empty(list)]


def _field(error: ErrorDetails) -> str:
    path = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in error["loc"])
    return cut(storable(path.removeprefix(".")), _FIELD_LIMIT) or "payload"


def _complaint(error: ErrorDetails) -> str:
    known: Mapping[str, str] = {
        "missing": "missing",
        "string_type": "not text",
        "too_short": "empty",
        "string_too_long": "longer than {max_length} characters",
        "dict_type": "not an object",
        "model_type": "not an object",
        "list_type": "not a list",
        "too_long": "more than {max_length} entries",
        "literal_error": "not {expected}",
    }
    if error["type"] not in known:
        return error["msg"]
    return known[error["type"]].format(**error.get("ctx", {}))
