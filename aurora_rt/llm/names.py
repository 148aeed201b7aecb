"""From a name as people write it to a provider and what that calls the model. Pure.

`anthropic/claude-3.5-sonnet` is asked at Anthropic when there is an account for it, else at OpenRouter, whose names
look just so; `openrouter/anthropic/claude-3.5-sonnet` always there. Where the operator names a server that speaks like
OpenAI's, every name is that server's, except at a provider for which the organization has an account of its own.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from aurora_rt.llm.errors import ModelAway, ModelUnknown
from aurora_rt.llm.provider import Account, Provider

LONGEST: Final = 200
_NAME: Final = re.compile(r"[A-Za-z0-9~@][A-Za-z0-9._:/@+~-]*")
COMPATIBLE: Final = "compatible"
OPENROUTER: Final = "openrouter"
_ALSO_AT_OPENROUTER: Final = frozenset({"openai", "anthropic", "google", "mistral"})


@dataclass(frozen=True, slots=True)
class Found:
    """Where a model is asked, and as what."""

    name: str
    """As people wrote it."""
    provider: Provider
    model: str
    """What the provider calls it."""
    account: Account


@dataclass(frozen=True, slots=True)
class Accounts:
    """What there is to ask with."""

    own: Mapping[str, Account]
    """The organization's, by provider."""
    operators: Mapping[str, Account]
    """From the environment, by provider."""

    def of(self, provider: str) -> Account | None:
        """The account for a provider, the organization's first."""
        return self.own.get(provider) or self.operators.get(provider)


def checked(name: str) -> str:
    """`name` when it can be a model's. Raises `ModelUnknown`."""
    if len(name) > LONGEST or not _NAME.fullmatch(name):
        raise ModelUnknown(
            "A model is named provider/model, such as anthropic/claude-3.5-sonnet: letters, digits and . _ - : / only."
        )
    return name


def resolve(name: str, providers: Mapping[str, Provider], accounts: Accounts) -> Found:
    """Where `name` is asked. Raises `ModelUnknown`, and `ModelAway` when an account or a package is missing."""
    prefix, _, rest = checked(name).partition("/")
    prefix = prefix.lower()
    found = _where(name, prefix, rest, providers, accounts)
    lacking = found.provider.lacking()
    if lacking is not None:
        raise ModelAway(lacking)
    return found


def _where(name: str, prefix: str, rest: str, providers: Mapping[str, Provider], accounts: Accounts) -> Found:
    named = providers.get(prefix) if rest else None
    if named is not None and (account := accounts.own.get(named.name)):
        return Found(name, named, rest, account)
    if account := accounts.of(COMPATIBLE):
        its_own = rest if named is not None and prefix in (COMPATIBLE, "openai") else name
        return Found(name, providers[COMPATIBLE], its_own, account)
    if named is not None and (account := accounts.of(named.name)):
        return Found(name, named, rest, account)
    elsewhere = rest and (named is None or prefix in _ALSO_AT_OPENROUTER)
    if elsewhere and (account := accounts.of(OPENROUTER)):
        return Found(name, providers[OPENROUTER], _as_openrouter_says(prefix, rest), account)
    raise _nowhere(name, named, providers)


def _as_openrouter_says(prefix: str, rest: str) -> str:
    return f"{'mistralai' if prefix == 'mistral' else prefix}/{rest}"


def _nowhere(
    name: str, named: Provider | None, providers: Mapping[str, Provider]
) -> ModelAway | ModelUnknown:
    if named is not None:
        return ModelAway(f"{name} cannot be asked: there is no account for {named.title}. Set {named.needs}.")
    if "/" in name:
        return ModelAway(
            f"{name} cannot be asked: its provider is not one of {', '.join(sorted(providers))}, and there is no "
            f"account for {providers[OPENROUTER].title}. Set {providers[OPENROUTER].needs}."
        )
    return ModelUnknown(
        f"“{name}” does not say which provider it is of. Write provider/model, such as anthropic/claude-3.5-sonnet, "
        "or set AURORA_MODEL_BASE_URL."
    )
