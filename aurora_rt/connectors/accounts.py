"""An organization's accounts: connected, changed, looked at, given up. The face of this package."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final
from uuid import UUID

import structlog
from pydantic import TypeAdapter
from pydantic_core import to_json

from aurora_rt.clock import new_id, now
from aurora_rt.connectors import account_queries as queries
from aurora_rt.connectors.asking import AccountRefused, ProviderAway, Wire
from aurora_rt.connectors.connector import Connector, Found, Given, Place
from aurora_rt.connectors.entering import entered
from aurora_rt.connectors.models import KeptAccount
from aurora_rt.connectors.providers import discover
from aurora_rt.connectors.secrets import Secrets, SecretsLocked, SecretsOff
from aurora_rt.db.pool import Database, Scope
from aurora_rt.errors import Conflict, Invalid, NotFound
from aurora_rt.identity.models import Caller

KIND: Final = "account"
PLACE: Final = "place"
"""The value that says which of an account's places is looked at."""
MOST: Final = 50
"""Accounts of an organization with one provider."""
_VALUES: Final = TypeAdapter(dict[str, str])

log = structlog.get_logger(__name__)


class ConnectorUnknown(NotFound):
    """There is no such connector."""

    code = "connector_not_found"


class AccountUnknown(NotFound):
    """The organization has no such account."""

    code = "account_not_found"


class AccountTaken(Conflict):
    """Another of the organization's accounts is that one already."""

    code = "account_exists"


@dataclass(frozen=True, slots=True)
class GivenUp:
    """What became of accounts that were disconnected."""

    count: int
    complaint: str = ""
    """Why the provider was not told, or did not hear it; `""` when all was given back."""


class Accounts:
    """The accounts of organizations; one for each process."""

    def __init__(self, database: Database, secrets: Secrets, wire: Wire) -> None:
        self.database = database
        self.secrets = secrets
        self.wire = wire

    async def kept(self, organization_id: UUID) -> list[KeptAccount]:
        """An organization's accounts with providers that we know, the oldest first."""
        async with self.database.scope(organization_id) as scope:
            return [one for one in await queries.accounts(scope) if one.provider in discover()]

    async def find(self, organization_id: UUID, account_id: UUID) -> tuple[Connector, KeptAccount]:
        """An account, and with whom. Raises `AccountUnknown`."""
        for one in await self.kept(organization_id):
            if one.id == account_id:
                return discover()[one.provider], one
        raise AccountUnknown("There is no such account.")

    async def connect(self, caller: Caller, connector: Connector, values: Mapping[str, str]) -> KeptAccount:
        """Keep an account that was entered, once the provider took it; in place of the same one, if it is there.

        Raises `Invalid`, `ForbiddenPlace`, `AccountRefused`, `ProviderAway`, `SecretsOff`, `SecretsLocked`.
        """
        given = entered(connector, values, private=self.wire.settings.probe_private)
        if connector.mark:
            given = given.with_(**{connector.mark: await self.mark(caller.organization_id)})
        return await self.keep(caller, connector, given)

    async def mark(self, organization_id: UUID) -> str:
        """A text that nobody can guess, the organization's, for accounts to know us by. Raises `SecretsOff`."""
        return (await self.secrets.signature("mark of an organization", organization_id.bytes)).hex()[:40]

    async def keep(self, caller: Caller, connector: Connector, given: Given) -> KeptAccount:
        """Keep an account, once the provider took it."""
        self.secrets.require()
        found = await self.check(connector, given)
        async with self.database.transaction(caller.organization_id) as scope:
            await queries.one_at_a_time(scope, connector.name)
            same = await queries.account_id(scope, connector.name, found.identity)
            every = [one for one in await queries.accounts(scope) if one.provider == connector.name]
            if same is None and len(every) >= MOST:
                raise Conflict(f"There may be {MOST} accounts with {connector.title}.")
            account = await self._written(scope, caller, connector, given, found, same or new_id())
        log.info("account_connected", by=caller.user_id, provider=connector.name, account_id=str(account.id))
        return account

    async def change(
        self, caller: Caller, connector: Connector, account_id: UUID, values: Mapping[str, str]
    ) -> KeptAccount:
        """Change what was entered; secrets that are left out stay. Raises as `connect`, and `AccountUnknown`."""
        async with self.database.scope(caller.organization_id) as scope:
            kept = await self._of(scope, connector, account_id)
            former = await self._former(scope, kept)
        given = entered(connector, values, former, private=self.wire.settings.probe_private)
        _refuse_key_for_another_place(connector, former, given, values)
        return await self._changed(caller, connector, account_id, given)

    async def choose(self, caller: Caller, connector: Connector, account_id: UUID, place: str) -> KeptAccount:
        """Choose which place of an account is looked at. Raises `Invalid`, and as `places`."""
        given, places = await self._places(caller.organization_id, connector, account_id)
        if place not in {one.id for one in places}:
            raise Invalid("There is no such place in that account.")
        return await self._changed(caller, connector, account_id, given.with_(**{PLACE: place}))

    async def places(
        self, organization_id: UUID, connector: Connector, account_id: UUID
    ) -> tuple[Place, ...]:
        """What there is to choose from. Raises `AccountUnknown`, `AccountRefused`, `ProviderAway`, `SecretsLocked`."""
        return (await self._places(organization_id, connector, account_id))[1]

    async def disconnect(
        self, caller: Caller, connector: Connector, account_id: UUID | None = None
    ) -> GivenUp:
        """Give back and forget an account, or all with that provider. What is locked is forgotten all the same.

        Raises `AccountUnknown`.
        """
        every = [one for one in await self.kept(caller.organization_id) if one.provider == connector.name]
        gone = [one for one in every if account_id in (None, one.id)]
        if account_id is not None and not gone:
            raise AccountUnknown(f"There is no such account with {connector.title}.")
        complaints = [
            said for one in gone if (said := await self._given_back(caller.organization_id, connector, one))
        ]
        async with self.database.transaction(caller.organization_id) as scope:
            for one in gone:
                await queries.forget_account(scope, one.id)
        for one in gone:
            log.info(
                "account_disconnected", by=caller.user_id, provider=connector.name, account_id=str(one.id)
            )
        return GivenUp(len(gone), complaints[0] if complaints else "")

    async def check(self, connector: Connector, given: Given) -> Found:
        """Ask the provider whose account it is. Raises `AccountRefused`, `ProviderAway`."""
        return await connector.check(given, self.wire.of(connector.title))

    async def opened(self, scope: Scope, kept: KeptAccount) -> Given:
        """An account with its secrets. Raises `SecretsLocked`, `SecretsOff`."""
        text = await self.secrets.open(scope, KIND, str(kept.id), kept.sealed)
        values = _VALUES.validate_json(text.get_secret_value())
        return Given({**kept.shown.get("fields", {}), **values})

    async def ready(self, organization_id: UUID, connector: Connector, account_id: UUID) -> Given:
        """An account as it can be used for a while; what ends soon is renewed, by one process at a time.

        The row is locked while the provider is asked: a provider may take a former refresh token for stolen.
        Raises `AccountUnknown`, `AccountRefused`, `ProviderAway`, `SecretsLocked`, `SecretsOff`.
        """
        async with self.database.transaction(organization_id) as scope:
            kept = await self._of(scope, connector, account_id)
            given = await self.opened(scope, kept)
            renewed = await connector.refresh(given, self.wire.of(connector.title))
            if renewed is None:
                return given
            await queries.seal_again(scope, kept.id, await self._sealed(scope, connector, kept.id, renewed))
        log.info("account_renewed", provider=connector.name, account_id=str(account_id))
        return renewed

    async def _places(
        self, organization_id: UUID, connector: Connector, account_id: UUID
    ) -> tuple[Given, tuple[Place, ...]]:
        given = await self.ready(organization_id, connector, account_id)
        if connector.places is None:
            return given, ()
        return given, await connector.places(given, self.wire.of(connector.title))

    async def _changed(
        self, caller: Caller, connector: Connector, account_id: UUID, given: Given
    ) -> KeptAccount:
        found = await self.check(connector, given)
        async with self.database.transaction(caller.organization_id) as scope:
            await queries.one_at_a_time(scope, connector.name)
            kept = await self._of(scope, connector, account_id)
            same = await queries.account_id(scope, connector.name, found.identity)
            if same not in (None, account_id):
                raise AccountTaken(f"{found.title} is connected already.")
            if connector.own:  # what the provider gave may have been renewed meanwhile
                newest = await self._former(scope, kept)
                given = given.with_(**{name: newest[name] for name in connector.own if newest[name]})
            account = await self._written(scope, caller, connector, given, found, account_id)
        log.info("account_changed", by=caller.user_id, provider=connector.name, account_id=str(account_id))
        return account

    async def _of(self, scope: Scope, connector: Connector, account_id: UUID) -> KeptAccount:
        kept = await queries.locked_account(scope, account_id)
        if kept is None or kept.provider != connector.name:
            raise AccountUnknown(f"There is no such account with {connector.title}.")
        return kept

    async def _former(self, scope: Scope, kept: KeptAccount) -> Given:
        """What was entered before; without its secrets where they cannot be opened: then they are entered anew."""
        try:
            return await self.opened(scope, kept)
        except SecretsLocked:
            return Given(dict(kept.shown.get("fields", {})))

    async def _written(
        self,
        scope: Scope,
        caller: Caller,
        connector: Connector,
        given: Given,
        found: Found,
        account_id: UUID,
    ) -> KeptAccount:
        if found.place and not given[PLACE]:
            given = given.with_(**{PLACE: found.place})
        plain = {name: text for name, text in given.values.items() if name not in connector.secrets}
        account = KeptAccount(
            id=account_id,
            provider=connector.name,
            identity=found.identity,
            title=found.title,
            shown={"fields": plain, "facts": dict(found.facts)},
            sealed=await self._sealed(scope, connector, account_id, given),
            created_by=caller.user_id,
            created_at=now(),
            updated_by=caller.user_id,
            updated_at=now(),
        )
        await queries.keep_account(scope, account)
        written = await queries.locked_account(scope, account_id)
        return written or replace(account)

    async def _sealed(self, scope: Scope, connector: Connector, account_id: UUID, given: Given) -> bytes:
        secret = {name: text for name, text in given.values.items() if name in connector.secrets}
        return await self.secrets.seal(scope, KIND, str(account_id), to_json(secret).decode())

    async def _given_back(self, organization_id: UUID, connector: Connector, kept: KeptAccount) -> str:
        """Tell the provider; why that was not possible, if it was not."""
        try:
            async with self.database.scope(organization_id) as scope:
                given = await self.opened(scope, kept)
            await connector.disconnect(given, self.wire.of(connector.title))
        except (SecretsLocked, SecretsOff, AccountRefused, ProviderAway) as error:
            log.warning(
                "account_not_given_back",
                provider=connector.name,
                account_id=str(kept.id),
                reason=error.message,
            )
            return error.message
        return ""


def connector_named(name: str) -> Connector:
    """A connector. Raises `ConnectorUnknown`."""
    found = discover().get(name)
    if found is None:
        raise ConnectorUnknown(f"There is no connector {name[:40]!r}. There are {', '.join(discover())}.")
    return found


def _refuse_key_for_another_place(
    connector: Connector, former: Given, given: Given, values: Mapping[str, str]
) -> None:
    """A kept secret goes nowhere but where it was entered for: whoever changes the address enters it again."""
    moved = [one for one in connector.fields if one.address and former[one.name] != given[one.name]]
    kept = [one for one in connector.fields if one.secret and former[one.name] and not values.get(one.name)]
    if moved and kept:
        raise Invalid(f"{moved[0].title} changes: enter {kept[0].title} again, which was for the former one.")
