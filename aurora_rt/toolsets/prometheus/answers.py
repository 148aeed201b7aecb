"""The shapes of the metrics server's answers, as far as they are read; what else they hold is ignored."""

from datetime import datetime
from typing import Annotated, Generic, Literal, TypeVar

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field
from pydantic.alias_generators import to_camel

Data = TypeVar("Data")
Item = TypeVar("Item")


def _null_is_empty(value: object) -> object:
    """Servers that are written in Go send an empty list as `null` at times."""
    return () if value is None else value


Listed = Annotated[tuple[Item, ...], BeforeValidator(_null_is_empty)]
Labels = Annotated[dict[str, str], BeforeValidator(lambda value: {} if value is None else value)]
Sample = tuple[float, float]
"""(Unix seconds, value); values arrive as strings, `NaN` and `+Inf` among them."""


class _Shape(BaseModel):
    model_config = ConfigDict(frozen=True, alias_generator=to_camel)


class Answer(_Shape, Generic[Data]):
    """What every call answers with when it succeeds."""

    status: Literal["success"]
    data: Data
    warnings: Listed[str] = ()


class Refusal(_Shape):
    """What every call answers with when it fails."""

    status: Literal["error"]
    error: str
    error_type: str = ""


class OneSample(_Shape):
    """A series of an instant vector; a native histogram has no `value`."""

    metric: Labels
    value: Sample | None = None


class ManySamples(_Shape):
    """A series of a matrix; native histograms have no `values`."""

    metric: Labels
    values: Listed[Sample] = ()


class Vector(_Shape):
    """Series with one sample each."""

    result_type: Literal["vector"]
    result: Listed[OneSample]


class Matrix(_Shape):
    """Series with many samples."""

    result_type: Literal["matrix"]
    result: Listed[ManySamples]


class Scalar(_Shape):
    """One number without labels."""

    result_type: Literal["scalar"]
    result: Sample


class Text(_Shape):
    """A string, which only a string literal evaluates to."""

    result_type: Literal["string"]
    result: tuple[float, str]


Result = Annotated[Vector | Matrix | Scalar | Text, Field(discriminator="result_type")]
"""What `query` and `query_range` give."""


class RuleShape(_Shape):
    """An alerting rule."""

    type: str = "alerting"
    name: str
    query: str
    duration: float = 0.0
    labels: Labels = {}
    annotations: Labels = {}
    state: str = ""
    health: str = ""
    last_error: str = ""


class Group(_Shape):
    """Rules that are evaluated together."""

    rules: Listed[RuleShape] = ()


class RuleGroups(_Shape):
    """What `rules` gives."""

    groups: Listed[Group]


class TargetShape(_Shape):
    """Something that is scraped."""

    labels: Labels
    scrape_pool: str = ""
    scrape_url: str = ""
    health: str
    """`up`, `down`, or `unknown` before the first scrape."""
    last_error: str = ""
    last_scrape: datetime | None = None
    """The year 1 before the first scrape."""


class ActiveTargets(_Shape):
    """What `targets` gives."""

    active_targets: Listed[TargetShape]


class AlertShape(_Shape):
    """An alert that fires or is pending."""

    labels: Labels
    state: str
    active_at: datetime | None = None
    value: str = ""


class ActiveAlerts(_Shape):
    """What `alerts` gives."""

    alerts: Listed[AlertShape]
