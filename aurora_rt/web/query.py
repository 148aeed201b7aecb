"""Query parameters into a model, with errors that name the one that is wrong."""

from collections.abc import Iterator
from datetime import datetime
from typing import Annotated, Any, TypeVar, get_origin

from pydantic import AwareDatetime, BaseModel, BeforeValidator, ConfigDict, ValidationError
from quart import request

from aurora_rt.errors import Invalid
from aurora_rt.web.bodies import complaint
from aurora_rt.web.moments import IN_UTC

T = TypeVar("T")
Q = TypeVar("Q", bound=BaseModel)

Several = tuple[T, ...]
"""A parameter that may be given repeatedly."""


def _rfc3339(given: object) -> object:
    if not isinstance(given, str):
        return given
    try:
        return datetime.fromisoformat(given.replace(" ", "+"))  # a `+` that nobody encoded
    except ValueError:
        raise ValueError("should be a time in RFC 3339, such as 2026-03-01T10:00:00Z") from None


QueryMoment = Annotated[AwareDatetime, BeforeValidator(_rfc3339), IN_UTC]
"""A time in a query: RFC 3339 with its offset."""


class Query(BaseModel):
    """The base of a route's query parameters. Unknown ones are ignored, so that clients may be newer than we are."""

    model_config = ConfigDict(extra="ignore", frozen=True, populate_by_name=True)


def read_query(model: type[Q]) -> Q:
    """The query parameters of this request as `model`. Raises `Invalid` with a sentence that names the first wrong."""
    try:
        return model.model_validate(dict(_given(model)))
    except ValidationError as error:
        raise Invalid(complaint(error)) from error


def _given(model: type[BaseModel]) -> Iterator[tuple[str, Any]]:
    for name, field in model.model_fields.items():
        alias = field.alias or name
        values = request.args.getlist(alias)
        if any("\0" in one for one in values):
            raise Invalid(f'The field "{alias}" is wrong: it holds the character U+0000.')
        if get_origin(field.annotation) is tuple:
            if values:
                yield alias, values
        elif values:
            yield alias, values[-1]
