"""OpenRouter, whose models are named `vendor/model`."""

from typing import TYPE_CHECKING, Final

from aurora_rt.llm import speaking_openai
from aurora_rt.llm.provider import Account, Provider, Wire
from aurora_rt.settings import Settings

if TYPE_CHECKING:
    from pydantic_ai.models import Model

BASE_URL: Final = "https://openrouter.ai/api/v1"


def _account(settings: Settings) -> Account | None:
    key = settings.openrouter_api_key
    return Account(key=key, base_url=settings.openrouter_base_url) if key else None


def _build(name: str, account: Account, wire: Wire) -> "Model":
    from pydantic_ai.models.openrouter import OpenRouterModel
    from pydantic_ai.providers.openrouter import OpenRouterProvider

    client = speaking_openai.client(account, wire, BASE_URL)
    return OpenRouterModel(name, provider=OpenRouterProvider(openai_client=client))


PROVIDER: Final = Provider(
    name="openrouter",
    title="OpenRouter",
    package="openai",
    extra="openai",
    needs="OPENROUTER_API_KEY",
    example="anthropic/claude-sonnet-4.5",
    account=_account,
    build=_build,
    priced_as="openrouter",
)
