"""What an organization asks models with, and which it chose: read, entered, forgotten."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

import structlog

from aurora_rt.clock import now
from aurora_rt.connectors.guard import base_url
from aurora_rt.connectors.secrets import Secrets, SecretsLocked, SecretsOff
from aurora_rt.db.pool import Database, Scope
from aurora_rt.errors import Invalid, NotFound
from aurora_rt.identity.models import Caller
from aurora_rt.llm import queries
from aurora_rt.llm.models import Choices, KeptAccount
from aurora_rt.llm.names import checked
from aurora_rt.llm.provider import Account, Provider
from aurora_rt.llm.providers import discover
from aurora_rt.settings import Settings

KIND: Final = "llm account"
SHOWN: Final = 4
"""Characters at the end of a key by which people know it again."""
SHORTEST: Final = 8
MOST_FALLBACKS: Final = 5

log = structlog.get_logger(__name__)


class ProviderUnknown(NotFound):
    """There is no such provider."""

    code = "provider_not_found"


class AccountUnknown(NotFound):
    """The organization has no account with that provider."""

    code = "provider_account_not_found"


@dataclass(frozen=True, slots=True)
class Own:
    """What an organization has of its own."""

    accounts: dict[str, Account]
    """By provider; those that cannot be decrypted are left out."""
    kept: dict[str, KeptAccount]
    locked: dict[str, str]
    """Why an account cannot be used, by provider."""
    choices: Choices


def provider_named(name: str) -> Provider:
    """A provider. Raises `ProviderUnknown`."""
    found = discover().get(name)
    if found is None:
        raise ProviderUnknown(f"There is no provider {name!r}. There are {', '.join(discover())}.")
    return found


async def own(scope: Scope, secrets: Secrets) -> Own:
    """What the organization has of its own."""
    kept = {one.provider: one for one in await queries.accounts(scope) if one.provider in discover()}
    found: dict[str, Account] = {}
    locked: dict[str, str] = {}
    for name, one in kept.items():
        try:
            key = await secrets.open(scope, KIND, name, one.sealed) if one.sealed is not None else None
        except (SecretsLocked, SecretsOff) as error:
            log.error("llm_account_locked", organization_id=str(scope.organization_id), provider=name)
            locked[name] = error.message
        else:
            found[name] = Account(key=key, base_url=one.base_url, by_others=one.base_url is not None)
    return Own(found, kept, locked, await queries.choices(scope))


async def enter(
    database: Database,
    settings: Settings,
    secrets: Secrets,
    caller: Caller,
    name: str,
    key: str | None,
    address: str | None,
) -> None:
    """Keep an account with a provider, in place of the former one.

    Raises `ProviderUnknown`, `Invalid`, `ForbiddenPlace`, `SecretsOff`, `SecretsLocked`.
    """
    provider = provider_named(name)
    key = key.strip() if key else None
    if not provider.ownable:
        raise Invalid(f"{provider.title} is set up by the operator: {provider.needs}.")
    if provider.takes_key and key is None:
        raise Invalid(f"{provider.title} wants a key.")
    if key is not None and (len(key) < SHORTEST or not key.isascii() or not key.isprintable() or " " in key):
        raise Invalid(
            f"That is no key of {provider.title}: a key has no blanks and at least {SHORTEST} characters."
        )
    if provider.takes_key and address:
        raise Invalid(f"{provider.title} is asked at its own address; give the key alone.")
    if not provider.takes_key and not address:
        raise Invalid(f"Where is it? Give the address of {provider.title}.")
    where = base_url(address, private=settings.probe_private) if address else None
    async with database.transaction(caller.organization_id) as scope:
        sealed = await secrets.seal(scope, KIND, name, key) if key else None
        ends = key[-SHOWN:] if key and len(key) >= SHOWN * 4 else ""
        await queries.keep_account(scope, KeptAccount(name, sealed, ends, where, now()))
    log.info("llm_account_entered", by=caller.user_id, provider=name)


async def forget(database: Database, caller: Caller, name: str) -> None:
    """Forget an account. Raises `ProviderUnknown`, `AccountUnknown`."""
    provider = provider_named(name)
    async with database.transaction(caller.organization_id) as scope:
        if not await queries.forget_account(scope, name):
            raise AccountUnknown(f"There is no account with {provider.title} here.")
    log.info("llm_account_forgotten", by=caller.user_id, provider=name)


async def choose(
    database: Database,
    caller: Caller,
    model: str | None,
    fallbacks: Sequence[str],
    daily_tokens: int | None,
    daily_usd: Decimal | None,
) -> None:
    """Set what the organization asks and may spend. Raises `ModelUnknown`, `Invalid`."""
    for name in (*fallbacks, *((model,) if model else ())):
        checked(name)
    if len(fallbacks) > MOST_FALLBACKS:
        raise Invalid(f"There may be {MOST_FALLBACKS} fallback models.")
    async with database.transaction(caller.organization_id) as scope:
        await queries.keep_choices(
            scope, model, tuple(dict.fromkeys(fallbacks)), daily_tokens, daily_usd, now()
        )
    log.info("llm_choices_made", by=caller.user_id, model=model)
