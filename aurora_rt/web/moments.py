"""Moments that clients send: such that they can be kept, compared and written again. Pure."""

from datetime import UTC, datetime
from typing import Annotated

from pydantic import AfterValidator, AwareDatetime, Field

ENDS = (datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC))
"""asyncpg takes these for PostgreSQL's infinities, and reads them back without their time zone."""


def _in_utc(moment: datetime) -> datetime:
    try:
        utc = moment.astimezone(UTC)
    except OverflowError:  # its offset carries it past an end of the calendar
        utc = None
    if utc is None or utc in ENDS:
        raise ValueError("should lie between the years 1 and 9999 in UTC")
    return utc


IN_UTC = AfterValidator(_in_utc)
"""Turns a moment into UTC; refuses one that has no place there."""

KnownMoment = Annotated[AwareDatetime, IN_UTC]
"""A time in a text of our own that comes back, such as a cursor."""

SentMoment = Annotated[AwareDatetime, Field(strict=True), IN_UTC]
"""A time in a body: RFC 3339 with its offset, and never a number of unknown meaning."""
