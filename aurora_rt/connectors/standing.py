"""How accounts are: each provider asked for real, side by side, within a limit, and not again for a minute."""

import asyncio
import time
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal
from uuid import UUID

from aurora_rt.clock import now
from aurora_rt.connectors.accounts import Accounts
from aurora_rt.connectors.asking import ProviderAway
from aurora_rt.connectors.models import KeptAccount
from aurora_rt.connectors.providers import discover
from aurora_rt.connectors.secrets import SecretsLocked, SecretsOff
from aurora_rt.errors import AuroraError

SECONDS: Final = 10.0
FRESH_SECONDS: Final = 60.0
AT_ONCE: Final = 8
MOST: Final = 500

State = Literal["connected", "refused", "locked", "away"]


@dataclass(frozen=True, slots=True)
class Standing:
    """How one account is."""

    account: KeptAccount
    state: State
    """`refused` by the provider; `locked`: cannot be decrypted; `away`: the provider does not answer."""
    problem: str
    at: datetime


class Standings:
    """How accounts are; one for each process."""

    def __init__(self, accounts: Accounts) -> None:
        self._accounts = accounts
        self._kept: dict[tuple[UUID, datetime], tuple[float, Standing]] = {}
        self._at_once = asyncio.Semaphore(AT_ONCE)

    async def of(self, organization_id: UUID) -> tuple[Standing, ...]:
        """How an organization's accounts are, the oldest first."""
        every = await self._accounts.kept(organization_id)
        return tuple(await asyncio.gather(*(self._standing(organization_id, one) for one in every)))

    async def look(self, organization_id: UUID, account: KeptAccount) -> Standing:
        """How an account is now."""
        state, problem = await self._looked(organization_id, account)
        found = Standing(account, state, problem, now())
        while len(self._kept) >= MOST:
            del self._kept[next(iter(self._kept))]
        self._kept[(account.id, account.updated_at)] = (time.monotonic(), found)
        return found

    async def _standing(self, organization_id: UUID, account: KeptAccount) -> Standing:
        at, found = self._kept.get((account.id, account.updated_at), (0.0, None))
        if found is not None and time.monotonic() - at < FRESH_SECONDS:
            return found
        return await self.look(organization_id, account)

    async def _looked(self, organization_id: UUID, account: KeptAccount) -> tuple[State, str]:
        connector = discover()[account.provider]
        try:
            async with asyncio.timeout(SECONDS), self._at_once:
                given = await self._accounts.ready(organization_id, connector, account.id)
                await self._accounts.check(connector, given)
        except (SecretsLocked, SecretsOff) as error:
            return "locked", error.message
        except (ProviderAway, TimeoutError) as error:
            late = f"{connector.title} did not answer within {SECONDS:.0f} s."
            return "away", error.message if isinstance(error, AuroraError) else late
        except AuroraError as error:
            return "refused", error.message
        return "connected", ""
