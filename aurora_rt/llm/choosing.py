"""What people choose from: the models and providers there are, and whether they can be asked."""

from collections.abc import Iterable
from time import monotonic
from typing import Final
from uuid import UUID

from aurora_rt.clock import new_id
from aurora_rt.db.pool import Database
from aurora_rt.identity.models import Caller
from aurora_rt.llm.accounts import provider_named
from aurora_rt.llm.budgets import Budget
from aurora_rt.llm.errors import ModelAway, ModelUnknown, Refused
from aurora_rt.llm.models import Spender
from aurora_rt.llm.names import COMPATIBLE, Accounts, resolve
from aurora_rt.llm.provider import Provider
from aurora_rt.llm.providers import discover
from aurora_rt.llm.ready import Chosen, Models, default_of, limits
from aurora_rt.llm.schemas import Checked, ShownModel, ShownModels, ShownPrice, ShownProvider, ShownProviders
from aurora_rt.settings import Settings

CHECK_SECONDS: Final = 30.0
CHECK_TOKENS: Final = 16


async def shown_models(models: Models, settings: Settings, organization_id: UUID) -> ShownModels:
    """The models that can be chosen: the default, the fallbacks, one of each provider that can be asked."""
    chosen = await models.chosen(organization_id)
    default, fallbacks = default_of(settings, chosen.own.choices)
    names = dict.fromkeys([*chosen.names, *_usual(discover().values(), chosen.accounts)])
    shown = [await _shown(models, name, default, fallbacks, chosen) for name in names]
    return ShownModels(models=tuple(shown), default=default)


def _usual(providers: Iterable[Provider], accounts: Accounts) -> list[str]:
    return [
        f"{one.name}/{one.example}"
        for one in providers
        if one.name not in (COMPATIBLE, "ollama") and accounts.of(one.name) is not None
    ]


async def _shown(
    models: Models, name: str, default: str | None, fallbacks: tuple[str, ...], chosen: Chosen
) -> ShownModel:
    roles = {"is_default": name == default, "is_fallback": name in fallbacks}
    try:
        found = resolve(name, discover(), chosen.accounts)
        known = await models.facts(found)
    except (ModelAway, ModelUnknown) as error:
        return ShownModel(
            name=name,
            provider="",
            ready=False,
            problem=error.message,
            window=None,
            window_from=None,
            output_limit=None,
            price=None,
            **roles,
        )
    return ShownModel(
        name=name,
        provider=found.provider.name,
        ready=True,
        problem="",
        window=known.window,
        window_from=known.window_from,
        output_limit=known.output_limit,
        price=ShownPrice.of(known.price),
        **roles,
    )


async def shown_providers(models: Models, settings: Settings, organization_id: UUID) -> ShownProviders:
    """All providers, and what each is asked with."""
    chosen = await models.chosen(organization_id)
    shown = [_provider(one, chosen) for one in sorted(discover().values(), key=lambda one: one.title)]
    return ShownProviders(providers=tuple(shown), keys_can_be_stored=settings.secret_key is not None)


def _provider(one: Provider, chosen: Chosen) -> ShownProvider:
    kept, own = chosen.own.kept.get(one.name), one.name in chosen.own.kept
    has_account = chosen.accounts.of(one.name) is not None
    problem = chosen.own.locked.get(one.name) or one.lacking() or ""
    if not has_account and not problem:
        problem = f"There is no account for {one.title}."
    return ShownProvider(
        name=one.name,
        title=one.title,
        example=one.example if one.name == COMPATIBLE else f"{one.name}/{one.example}",
        takes="settings" if not one.ownable else "key" if one.takes_key else "address",
        needs=one.needs,
        account="organization" if own else "operator" if has_account else "none",
        key=key_shown(kept.ends) if kept is not None and kept.sealed is not None else "",
        base_url=kept.base_url if kept is not None else None,
        ready=has_account and not problem,
        problem=problem,
    )


def key_shown(ends: str) -> str:
    """A key that is set, as it is shown."""
    return f"set, ends with …{ends}" if ends else "set"


async def check(
    models: Models, database: Database, settings: Settings, caller: Caller, name: str, model: str | None
) -> Checked:
    """Ask a model of a provider for one word: a real request, which counts and costs as any other.

    Raises `ProviderUnknown`, `ModelUnknown`.
    """
    provider = provider_named(name)
    chosen = await models.chosen(caller.organization_id, model)
    wanted = model or _one_of(provider, chosen)
    try:
        found = resolve(wanted, discover(), chosen.accounts)
        if found.provider.name != provider.name:
            raise ModelAway(f"{wanted} would be asked at {found.provider.title}, not at {provider.title}.")
        spender = Spender(caller.organization_id, "check", work_id=new_id())
        budget = Budget(database, spender, limits(settings, chosen.own.choices))
        began = monotonic()
        await models.ask_for_a_word(found, budget, CHECK_TOKENS, CHECK_SECONDS)
    except (ModelAway, Refused) as error:
        return Checked(ok=False, model=wanted, message=error.message)
    return Checked(
        ok=True, model=wanted, message=f"{wanted} answered within {monotonic() - began:.1f} seconds."
    )


def _one_of(provider: Provider, chosen: Chosen) -> str:
    for name in chosen.names:
        try:
            if resolve(name, discover(), chosen.accounts).provider.name == provider.name:
                return name
        except (ModelAway, ModelUnknown):
            continue
    return f"{provider.name}/{provider.example}"
