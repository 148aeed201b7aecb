"""Mistral."""

from typing import TYPE_CHECKING, Final

from aurora_rt.llm.provider import Account, Provider, Wire
from aurora_rt.settings import Settings

if TYPE_CHECKING:
    from pydantic_ai.models import Model

BASE_URL: Final = "https://api.mistral.ai"


def _account(settings: Settings) -> Account | None:
    key = settings.mistral_api_key
    return Account(key=key, base_url=settings.mistral_base_url) if key else None


def _build(name: str, account: Account, wire: Wire) -> "Model":
    from pydantic_ai.models.mistral import MistralModel
    from pydantic_ai.providers.mistral import MistralProvider

    provider = MistralProvider(
        api_key=account.key.get_secret_value() if account.key else "none",
        base_url=account.base_url or BASE_URL,
        http_client=wire.http,
    )
    return MistralModel(name, provider=provider)


PROVIDER: Final = Provider(
    name="mistral",
    title="Mistral",
    package="mistralai",
    extra="mistral",
    needs="MISTRAL_API_KEY",
    example="mistral-large-latest",
    account=_account,
    build=_build,
    priced_as="mistral",
)
