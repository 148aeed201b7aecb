"""The shapes of the metrics server's answers, as far as they are read; what else they hold is ignored."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import Field

from aurora_rt.toolsets.envelope import Answer as Answer
from aurora_rt.toolsets.envelope import Labels, Listed, Shape

Sample = tuple[float, float]
"""(Unix seconds, value); values arrive as strings, `NaN` and `+Inf` among them."""


class OneSample(Shape):
    """A series of an instant vector; a native histogram has no `value`."""

    metric: Labels
    value: Sample | None = None


class ManySamples(Shape):
    """A series of a matrix; native histograms have no `values`."""

    metric: Labels
    values: Listed[Sample] = ()


class Vector(Shape):
    """Series with one sample each."""

    result_type: Literal["vector"]
    result: Listed[OneSample]


class Matrix(Shape):
    """Series with many samples."""

    result_type: Literal["matrix"]
    result: Listed[ManySamples]


class Scalar(Shape):
    """One number without labels."""

    result_type: Literal["scalar"]
    result: Sample


class Text(Shape):
    """A string, which only a string literal evaluates to."""

    result_type: Literal["string"]
    result: tuple[float, str]


Result = Annotated[Vector | Matrix | Scalar | Text, Field(discriminator="result_type")]
"""What `query` and `query_range` give."""


class RuleShape(Shape):
    """An alerting rule."""

    type: str = "alerting"
    name: str
    query: str
    duration: float = 0.0
    labels: Labels = Field(default_factory=dict)
    annotations: Labels = Field(default_factory=dict)
    state: str = ""
    health: str = ""
    last_error: str = ""


class Group(Shape):
    """Rules that are evaluated together."""

    rules: Listed[RuleShape] = ()


class RuleGroups(Shape):
    """What `rules` gives."""

    groups: Listed[Group]


class TargetShape(Shape):
    """Something that is scraped."""

    labels: Labels
    scrape_pool: str = ""
    scrape_url: str = ""
    health: str
    """`up`, `down`, or `unknown` before the first scrape."""
    last_error: str = ""
    last_scrape: datetime | None = None
    """The year 1 before the first scrape."""


class ActiveTargets(Shape):
    """What `targets` gives."""

    active_targets: Listed[TargetShape]


class AlertShape(Shape):
    """An alert that fires or is pending."""

    labels: Labels
    state: str
    active_at: datetime | None = None
    value: str = ""


class ActiveAlerts(Shape):
    """What `alerts` gives."""

    alerts: Listed[AlertShape]
