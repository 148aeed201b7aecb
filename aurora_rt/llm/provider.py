"""What a provider is: where models are asked, with what, and how a model of it is made."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from importlib.util import find_spec
from typing import TYPE_CHECKING

from pydantic import SecretStr

from aurora_rt.settings import Settings

if TYPE_CHECKING:
    import httpx2
    from pydantic_ai.models import Model


@dataclass(frozen=True, slots=True)
class Account:
    """What a provider is asked with."""

    key: SecretStr | None = None
    base_url: str | None = None
    """`None`: the provider's own."""
    key_id: str | None = None
    """The public half of a key that has two, as AWS's do."""
    session_token: SecretStr | None = None
    region: str | None = None
    by_others: bool = False
    """Whether somebody else than the operator says where it is: it is then connected to with care."""


@dataclass(frozen=True, slots=True)
class Wire:
    """What requests go out over."""

    http: "httpx2.AsyncClient"
    """Reads no proxy or key from the environment, follows no redirect."""
    seconds: float
    """Time to wait for the first byte, and from each to the next."""


@dataclass(frozen=True)
class Provider:
    """One file in `llm/providers/` each."""

    name: str
    """The prefix of its models' names: `anthropic`."""
    title: str
    """As it calls itself."""
    package: str
    """The module that must be importable to ask it."""
    extra: str
    """The extra of `aurora-rt` that brings it."""
    needs: str
    """What to set where there is no account, as the end of a sentence: `ANTHROPIC_API_KEY`."""
    example: str
    """A name of a model, without the prefix."""
    account: Callable[[Settings], Account | None]
    """The operator's account; `None` when nothing is set."""
    build: Callable[[str, Account, Wire], "Model"]
    """A model of it by name. Imports the provider's package: call it in a thread."""
    priced_as: str | None = None
    """What genai-prices calls it; `None` when nobody can know its models."""
    takes_key: bool = True
    """Whether an organization's account is a key; else an address."""
    ownable: bool = True
    """Whether an organization may enter an account of its own."""

    @cached_property
    def installed(self) -> bool:
        """Whether its package is there."""
        top, _, rest = self.package.partition(".")
        return find_spec(top) is not None and (not rest or find_spec(self.package) is not None)

    def lacking(self) -> str | None:
        """What is not installed, as a sentence; `None` when all is there."""
        if self.installed:
            return None
        return f"Asking {self.title} needs a package that is not installed: pip install 'aurora-rt[{self.extra}]'."
