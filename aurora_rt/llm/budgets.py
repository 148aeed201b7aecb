"""What may be spent, weighed before each request and noted after it.

A request that runs counts with the most that it may come to: so two processes that ask at the same moment cannot both
take what is left for one. What a process leaves behind when it is killed stops counting after `ABANDONED`.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, timedelta
from decimal import Decimal
from time import monotonic
from typing import Final

import anyio
import structlog

from aurora_rt.clock import new_id, now
from aurora_rt.db.pool import AWAY, Database, Scope
from aurora_rt.llm import queries
from aurora_rt.llm.errors import Refused
from aurora_rt.llm.models import Request, Spender, Spent, Used

ABANDONED: Final = timedelta(hours=1)
WRITE_SECONDS: Final = 5.0
"""Time to note what a request came to, whatever else is being cancelled."""

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Limits:
    """What may be spent; `None` is without a limit."""

    steps: int
    tokens: int
    usd: Decimal
    daily_tokens: int | None
    daily_usd: Decimal | None


@dataclass(slots=True)
class Noted:
    """A request that is being made; whoever makes it says what it came to."""

    used: Used = field(default_factory=Used)
    error: str | None = None


class Budget:
    """What one spender may still spend."""

    def __init__(self, database: Database, spender: Spender, limits: Limits) -> None:
        self._database = database
        self._spender = spender
        self._limits = limits

    @asynccontextmanager
    async def request(self, provider: str, model: str, most: Used) -> AsyncIterator[Noted]:
        """The time of one request, which may come to `most`. Raises `Refused` before it begins."""
        request = Request(new_id(), self._spender, provider, model)
        await self._start(request, most)
        began, noted = monotonic(), Noted()
        try:
            yield noted
        except BaseException as error:
            noted.error = noted.error or type(error).__name__
            raise
        finally:
            await self._end(request, noted, monotonic() - began)

    async def _start(self, request: Request, most: Used) -> None:
        at = now()
        async with self._database.transaction(self._spender.organization_id) as scope:
            await queries.lock_spending(scope)
            await self._weigh_work(scope, most)
            if self._limits.daily_tokens is not None or self._limits.daily_usd is not None:
                day = at.astimezone(UTC).date()
                self._weigh_day(await queries.spent_on_day(scope, day, at - ABANDONED), most)
            await queries.start_request(scope, request, most, at)

    async def _end(self, request: Request, noted: Noted, seconds: float) -> None:
        with anyio.move_on_after(WRITE_SECONDS, shield=True) as time:
            try:
                async with self._database.transaction(self._spender.organization_id) as scope:
                    await queries.end_request(scope, request, noted.used, now(), seconds, noted.error)
            except AWAY as error:
                log.error("model_usage_lost", model=request.model, error=str(error))
        if time.cancelled_caught:
            log.error("model_usage_lost", model=request.model, error="PostgreSQL took too long")

    async def _weigh_work(self, scope: Scope, most: Used) -> None:
        if self._spender.work_id is None:
            return
        limits, spent = self._limits, await queries.spent_on_work(scope, self._spender.work_id)
        what = {"investigation": "one investigation", "answer": "one answer"}.get(
            self._spender.purpose, "one task"
        )
        if spent.requests >= limits.steps:
            raise Refused(f"Models have been asked {spent.requests} times, the most that {what} may.")
        _weigh_tokens(spent, most, limits.tokens, what)
        _weigh_usd(spent, most, limits.usd, what)

    def _weigh_day(self, spent: Spent, most: Used) -> None:
        if self._limits.daily_tokens is not None:
            _weigh_tokens(spent, most, self._limits.daily_tokens, "this organization and day (UTC)")
        if self._limits.daily_usd is not None:
            _weigh_usd(spent, most, self._limits.daily_usd, "this organization and day (UTC)")


def _weigh_tokens(spent: Spent, most: Used, limit: int, what: str) -> None:
    if spent.tokens + most.input_tokens + most.output_tokens > limit:
        raise Refused(
            f"Asking again could take more than the {limit:,} tokens for {what}: {spent.tokens:,} are used or in use."
        )


def _weigh_usd(spent: Spent, most: Used, limit: Decimal, what: str) -> None:
    if most.cost is not None and spent.cost + most.cost > limit:
        raise Refused(
            f"Asking again could cost more than the {limit:,.2f} US dollars for {what}: "
            f"{spent.cost:,.4f} are spent or being spent."
        )
