"""The shapes of Alertmanager's answers (its API v2), as far as they are read; what else they hold is ignored."""

from datetime import datetime

from pydantic import Field

from aurora_rt.toolsets.envelope import Labels, Listed, Shape


class AlertStatus(Shape):
    """Whether an alert is told to anybody."""

    state: str = "active"
    """`active`, `suppressed`, or `unprocessed` before it is known."""
    silenced_by: Listed[str] = ()
    inhibited_by: Listed[str] = ()


class AlertShape(Shape):
    """An alert that has not been resolved."""

    labels: Labels
    starts_at: datetime
    status: AlertStatus = AlertStatus()


class MatcherShape(Shape):
    """What a label has to be."""

    name: str
    value: str
    is_regex: bool = False
    is_equal: bool = True
    """Older servers know no negation and do not send it."""


class SilenceStatus(Shape):
    """Whether a silence is in force now."""

    state: str


class SilenceShape(Shape):
    """A silence."""

    id: str
    status: SilenceStatus
    matchers: Listed[MatcherShape]
    starts_at: datetime
    ends_at: datetime
    created_by: str = ""
    comment: str = ""


class ServerStatus(Shape):
    """What `status` gives."""

    version_info: Labels = Field(default_factory=dict)
