"""What an organization's accounts let its investigations look with: opened, renewed, and kept in memory for a while."""

import asyncio
import time
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final
from uuid import UUID

import structlog

from aurora_rt.connectors.accounts import Accounts
from aurora_rt.connectors.connector import Connector, Lent
from aurora_rt.connectors.models import KeptAccount
from aurora_rt.connectors.providers import discover
from aurora_rt.errors import AuroraError

SECONDS: Final = 10.0
"""How long an investigation waits for accounts to be opened."""
MOST: Final = 500

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Loan:
    """One account, as toolsets may look with it."""

    connector: Connector
    title: str
    account_id: UUID
    lent: Lent | None = field(repr=False)
    problem: str = ""
    """Why nothing is lent, in a sentence."""

    @property
    def key(self) -> str:
        """The same as long as it is the same account."""
        return f"{self.connector.name}:{self.account_id}"


@dataclass(frozen=True, slots=True)
class Loans:
    """What an organization's investigation may look with."""

    loans: tuple[Loan, ...] = ()
    wanted: frozenset[str] | None = None
    """The providers that may be looked at; `None`: all."""

    def allows(self, connector: Connector) -> bool:
        """Whether a provider may be looked at."""
        return self.wanted is None or connector.name in self.wanted


class Lending:
    """Lends accounts; one for each process."""

    def __init__(self, accounts: Accounts) -> None:
        self.accounts = accounts
        self._kept: dict[tuple[UUID, datetime], tuple[float, Lent]] = {}

    async def loans(self, organization_id: UUID, wanted: Collection[str] | None = None) -> Loans:
        """What the organization's accounts with the wanted providers, or all, give to look with. Never raises.

        An account that cannot be used comes with the reason.
        """
        only = None if wanted is None else frozenset(wanted)
        every = [
            (discover()[one.provider], one)
            for one in await self.accounts.kept(organization_id)
            if discover()[one.provider].lend is not None and (only is None or one.provider in only)
        ]
        asked = (self._loan(organization_id, connector, kept) for connector, kept in every)
        return Loans(tuple(await asyncio.gather(*asked)), only)

    async def _loan(self, organization_id: UUID, connector: Connector, kept: KeptAccount) -> Loan:
        try:
            async with asyncio.timeout(SECONDS):
                lent = await self._lent(organization_id, connector, kept)
        except AuroraError as error:
            problem = error.message
        except TimeoutError:
            problem = f"{connector.title} did not answer within {SECONDS:.0f} s."
        else:
            return Loan(connector, kept.title, kept.id, lent)
        log.warning("account_not_lent", provider=connector.name, account_id=str(kept.id), reason=problem)
        return Loan(connector, kept.title, kept.id, None, f"{kept.title}: {problem}")

    async def _lent(self, organization_id: UUID, connector: Connector, kept: KeptAccount) -> Lent:
        key = (kept.id, kept.updated_at)
        until, lent = self._kept.get(key, (0.0, None))
        if lent is not None and until > time.monotonic():
            return lent
        if connector.lend is None:
            raise TypeError(f"{connector.name} lends nothing")
        given = await self.accounts.ready(organization_id, connector, kept.id)
        lent = await connector.lend(given, self.accounts.wire.of(connector.title))
        while len(self._kept) >= MOST:
            del self._kept[next(iter(self._kept))]
        self._kept[key] = (time.monotonic() + lent.seconds, lent)
        return lent
