"""The client of every provider that speaks like OpenAI. Imports OpenAI's package: only providers' `build` uses it."""

from typing import TYPE_CHECKING

from aurora_rt.llm.provider import Account, Wire

if TYPE_CHECKING:
    from openai import AsyncOpenAI

NO_KEY = "none"
"""What is sent where no key is wanted: the package insists on one, and would take OpenAI's from the environment."""


def client(account: Account, wire: Wire, base_url: str) -> "AsyncOpenAI":
    """A client for `base_url` that tries once: we try again ourselves."""
    from openai import AsyncOpenAI

    return AsyncOpenAI(
        api_key=account.key.get_secret_value() if account.key else NO_KEY,
        base_url=account.base_url or base_url,
        organization="",
        project="",
        max_retries=0,
        timeout=wire.seconds,
        http_client=wire.http,
    )
