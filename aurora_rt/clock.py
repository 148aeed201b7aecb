"""Time and new ids: the two things that a test must be able to hold still."""

import hashlib
import os
import time
from datetime import UTC, datetime
from uuid import UUID

_RANDOM_BITS = 74
_OFFSET_LENGTH = len("+00:00")


def now() -> datetime:
    """The present moment, in UTC."""
    return datetime.now(UTC)


def new_id() -> UUID:
    """A new UUIDv7 (RFC 9562, section 5.7): ids made later sort later, to the millisecond."""
    return _uuid7(time.time_ns() // 1_000_000, int.from_bytes(os.urandom(10)))


def derived_id(base: UUID, key: str) -> UUID:
    """The UUIDv7 that belongs to `key` within `base`: the same every time, with the time of `base`.

    An investigation that is taken over by another worker says the same things under the same ids.
    """
    digest = hashlib.sha256(base.bytes + key.encode()).digest()
    return _uuid7(base.int >> 80, int.from_bytes(digest[:10]))


def rfc3339(moment: datetime) -> str:
    """`moment` as RFC 3339 in UTC with milliseconds, such as `2026-03-01T10:00:05.120Z`."""
    in_utc = moment if moment.tzinfo is UTC else moment.astimezone(UTC)
    return in_utc.isoformat(timespec="milliseconds")[:-_OFFSET_LENGTH] + "Z"


def _uuid7(milliseconds: int, random_bits: int) -> UUID:
    random_bits &= (1 << _RANDOM_BITS) - 1
    upper, lower = random_bits >> 62, random_bits & ((1 << 62) - 1)
    return UUID(int=milliseconds << 80 | 0x7 << 76 | upper << 64 | 0b10 << 62 | lower)
