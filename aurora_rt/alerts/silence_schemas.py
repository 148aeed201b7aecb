"""What silences look like outside."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Annotated, Literal, Self
from uuid import UUID

from pydantic import Field, StrictBool, field_validator
from pydantic.alias_generators import to_camel

from aurora_rt.alerts.silence import Silence
from aurora_rt.db.pool import Row
from aurora_rt.incidents.schemas import Camel, Moment
from aurora_rt.web.bodies import Body
from aurora_rt.web.moments import SentMoment

SilenceState = Literal["active", "pending", "expired"]


class SilenceMatcher(Body, alias_generator=to_camel, extra="forbid"):
    """What a label has to be: the alert's own, or `alertname`, `service`, `environment`, `severity`, `source`."""

    name: Annotated[str, Field(min_length=1, max_length=200, examples=["service"])]
    value: Annotated[
        str, Field(max_length=500, description="`*` stands for any text.", examples=["checkout-*"])
    ]
    is_equal: Annotated[StrictBool, Field(description="`false`: what it must not be.")] = True


class NewSilence(Body, alias_generator=to_camel, extra="forbid"):
    """A silence of alerts for which all matchers hold; without `startsAt` from now on."""

    matchers: Annotated[tuple[SilenceMatcher, ...], Field(min_length=1, max_length=20)]
    starts_at: SentMoment | None = None
    ends_at: SentMoment
    comment: Annotated[str, Field(min_length=1, max_length=500, examples=["The database moves."])]

    @field_validator("matchers")
    @classmethod
    def _narrow(cls, matchers: tuple[SilenceMatcher, ...]) -> tuple[SilenceMatcher, ...]:
        if not any(one.is_equal and one.value.strip("* ") for one in matchers):
            raise ValueError("at least one must say what a label is, or every alert would be silenced")
        return matchers

    @property
    def kept_matchers(self) -> list[Mapping[str, object]]:
        """The matchers as they are kept."""
        return [{"name": one.name, "value": one.value, "equal": one.is_equal} for one in self.matchers]


class SilenceCreated(Camel):
    """The silence that was made."""

    id: UUID


class SilenceEnded(Camel):
    """The silence is over; what it held back and still fires begins now."""

    id: UUID


class MatcherShown(Camel):
    """What a label has to be."""

    name: str
    value: str
    is_equal: bool


class SilenceShown(Camel):
    """A silence: of ours, or of the operator's Alertmanager, which is ended there."""

    id: str
    source: Literal["aurora", "alertmanager"]
    state: SilenceState
    matchers: tuple[MatcherShown, ...]
    starts_at: Moment | None
    ends_at: Moment
    comment: str
    created_by: str
    held: int
    """How many alerts it holds back now."""

    @classmethod
    def of(cls, row: Row, at: datetime) -> Self:
        """One of ours."""
        return cls(
            id=row["id"],
            source="aurora",
            state=_state(row["starts_at"], row["ends_at"], at),
            matchers=tuple(
                MatcherShown(name=one["name"], value=one["value"], is_equal=one["equal"])
                for one in row["matchers"]
            ),
            starts_at=row["starts_at"],
            ends_at=row["ends_at"],
            comment=row["comment"],
            created_by=row["created_by_name"],
            held=row["held"],
        )

    @classmethod
    def of_elsewhere(cls, one: Silence, held: int) -> Self:
        """One of Alertmanager's."""
        return cls(
            id=one.id,
            source="alertmanager",
            state="active",
            matchers=tuple(
                MatcherShown(name=each.name, value=each.written, is_equal=each.equal) for each in one.matchers
            ),
            starts_at=None,
            ends_at=one.until,
            comment="",
            created_by="",
            held=held,
        )


class Silences(Camel):
    """The silences in force, to come, and over for a week at most."""

    silences: tuple[SilenceShown, ...]

    @classmethod
    def of(
        cls, rows: Iterable[Row], elsewhere: Sequence[Silence], held: Mapping[str, int], at: datetime
    ) -> Self:
        """Ours, then Alertmanager's."""
        ours = [SilenceShown.of(row, at) for row in rows]
        theirs = [SilenceShown.of_elsewhere(one, held.get(one.id, 0)) for one in elsewhere]
        return cls(silences=(*ours, *theirs))


def _state(starts_at: datetime, ends_at: datetime, at: datetime) -> SilenceState:
    if ends_at <= at:
        return "expired"
    return "pending" if starts_at > at else "active"
