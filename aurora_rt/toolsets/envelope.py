"""The envelope of answers that servers for metrics and logs share; what else they hold is ignored."""

from typing import Annotated, Generic, Literal, TypeVar

from pydantic import BaseModel, BeforeValidator, ConfigDict
from pydantic.alias_generators import to_camel

Data = TypeVar("Data")
Item = TypeVar("Item")


def _null_is_empty(value: object) -> object:
    """Servers that are written in Go send an empty list as `null` at times."""
    return () if value is None else value


Listed = Annotated[tuple[Item, ...], BeforeValidator(_null_is_empty)]
Labels = Annotated[dict[str, str], BeforeValidator(lambda value: {} if value is None else value)]


class Shape(BaseModel):
    """A part of an answer."""

    model_config = ConfigDict(frozen=True, alias_generator=to_camel)


class Answer(Shape, Generic[Data]):
    """What every call answers with when it succeeds."""

    status: Literal["success"]
    data: Data
    warnings: Listed[str] = ()
