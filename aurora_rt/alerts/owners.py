"""Whose webhook a token opens, remembered for a while.

What is remembered may be out of date: the token may be revoked, its secret or its mapping changed, by any process.
Whoever goes by it writes only what the token of that `version` may (`delivery_queries.keep_processed` asks that in the
statement that writes), and asks `anew` where that is not so, or before anything is refused.
"""

import time
from dataclasses import replace
from typing import Final

from aurora_rt.alerts import queries
from aurora_rt.alerts.models import TokenOwner
from aurora_rt.alerts.tokens import WebhookTokenInvalid, hashed, require_source
from aurora_rt.clock import now
from aurora_rt.db.pool import Database

REMEMBERED_SECONDS: Final = 30.0
"""Less than the minute after which a token's use is noted again."""
MOST: Final = 1000


class Owners:
    """The tokens that were used lately; one for each process."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._known: dict[bytes, tuple[TokenOwner, float]] = {}

    async def of(self, source: str, secret: str | None) -> TokenOwner:
        """Whose webhook this is, as far as is remembered. Raises `UnknownSource`, `WebhookTokenInvalid`."""
        require_source(source)
        token_hash = hashed(secret or "")
        known, until = self._known.get(token_hash, (None, 0.0))
        if known is None or until < time.monotonic():
            return await self._asked(source, token_hash)
        if known.source != source:
            raise _invalid(source)
        return replace(known, remembered=True)

    async def anew(self, token: TokenOwner) -> TokenOwner:
        """The same token as it is now. Raises `WebhookTokenInvalid`."""
        return await self._asked(token.source, token.token_hash)

    async def _asked(self, source: str, token_hash: bytes) -> TokenOwner:
        async with self._database.connection() as connection:
            found = await queries.find_token(connection, token_hash, now())
        self._known.pop(token_hash, None)
        if found is None or found.source != source:
            raise _invalid(source)
        while len(self._known) >= MOST:
            self._known.pop(next(iter(self._known)))
        self._known[token_hash] = (found, time.monotonic() + REMEMBERED_SECONDS)
        return found


def _invalid(source: str) -> WebhookTokenInvalid:
    return WebhookTokenInvalid(f"This is not a valid webhook token for the source {source}.")
