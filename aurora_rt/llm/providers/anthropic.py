"""Anthropic."""

from typing import TYPE_CHECKING, Final

from aurora_rt.llm.provider import Account, Provider, Wire
from aurora_rt.settings import Settings

if TYPE_CHECKING:
    from pydantic_ai.models import Model

BASE_URL: Final = "https://api.anthropic.com"


def _account(settings: Settings) -> Account | None:
    key = settings.anthropic_api_key
    return Account(key=key, base_url=settings.anthropic_base_url) if key else None


def _build(name: str, account: Account, wire: Wire) -> "Model":
    from anthropic import AsyncAnthropic
    from pydantic_ai.models.anthropic import AnthropicModel
    from pydantic_ai.providers.anthropic import AnthropicProvider

    client = AsyncAnthropic(
        api_key=account.key.get_secret_value() if account.key else None,
        auth_token=None,
        base_url=account.base_url or BASE_URL,
        max_retries=0,
        timeout=wire.seconds,
        http_client=wire.http,
    )
    return AnthropicModel(_own_name(name), provider=AnthropicProvider(anthropic_client=client))


def _own_name(name: str) -> str:
    """`claude-3-5-sonnet-latest` for `claude-3.5-sonnet`, as OpenRouter and people write it."""
    dashed = name.replace(".", "-")
    if dashed.startswith("claude-3-") and not dashed.endswith("-latest") and not dashed[-8:].isdigit():
        return f"{dashed}-latest"
    return dashed


PROVIDER: Final = Provider(
    name="anthropic",
    title="Anthropic",
    package="anthropic",
    extra="anthropic",
    needs="ANTHROPIC_API_KEY",
    example="claude-sonnet-4.5",
    account=_account,
    build=_build,
    priced_as="anthropic",
)
