"""Bearer tokens of clouds: kept in memory alone, until shortly before they end; one refresh at a time."""

import asyncio
import time
from asyncio import AbstractEventLoop
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Final
from weakref import WeakKeyDictionary

from pydantic import BaseModel, ConfigDict, Field

EARLY: Final = 120.0
"""Seconds before its end from which on a token is no longer used: a look may last so long."""
MOST: Final = 1000


class Granted(BaseModel):
    """The answer to a request for a token (RFC 6749, 5.1)."""

    model_config = ConfigDict(frozen=True)

    access_token: str = Field(min_length=1, repr=False)
    expires_in: float = 0.0
    """Seconds."""


@dataclass(frozen=True, slots=True)
class _Kept:
    token: str = field(repr=False)
    until: float


class Tokens:
    """Tokens by what they were asked for with."""

    def __init__(self) -> None:
        self._kept: dict[str, _Kept] = {}
        self._locks: WeakKeyDictionary[AbstractEventLoop, dict[str, asyncio.Lock]] = WeakKeyDictionary()

    async def get(self, key: str, grant: Callable[[], Awaitable[Granted]]) -> str:
        """The token for `key`, which `grant` gets where there is none that lasts."""
        locks = self._locks.setdefault(asyncio.get_running_loop(), {})
        async with locks.setdefault(key, asyncio.Lock()):
            kept = self._kept.get(key)
            if kept is None or kept.until <= time.monotonic():
                asked = time.monotonic()
                granted = await grant()
                kept = _Kept(granted.access_token, asked + granted.expires_in - EARLY)
                self._tidy()
                self._kept[key] = kept
            return kept.token

    def forget(self, key: str) -> None:
        """Do not use the token for `key` again: it was refused."""
        self._kept.pop(key, None)

    def _tidy(self) -> None:
        at = time.monotonic()
        self._kept = {key: one for key, one in self._kept.items() if one.until > at}
        if len(self._kept) >= MOST:
            self._kept.clear()


def key_of(*parts: str) -> str:
    """What tokens are kept by: the same credentials, the same key, and no secret can be read from it."""
    return sha256("\0".join(parts).encode()).hexdigest()
