"""OpenAI."""

from typing import TYPE_CHECKING, Final

from aurora_rt.llm import speaking_openai
from aurora_rt.llm.provider import Account, Provider, Wire
from aurora_rt.settings import Settings

if TYPE_CHECKING:
    from pydantic_ai.models import Model

BASE_URL: Final = "https://api.openai.com/v1"


def _account(settings: Settings) -> Account | None:
    key = settings.openai_api_key
    return Account(key=key, base_url=settings.openai_base_url) if key else None


def _build(name: str, account: Account, wire: Wire) -> "Model":
    from pydantic_ai.models.openai import OpenAIChatModel
    from pydantic_ai.providers.openai import OpenAIProvider

    client = speaking_openai.client(account, wire, BASE_URL)
    return OpenAIChatModel(name, provider=OpenAIProvider(openai_client=client))


PROVIDER: Final = Provider(
    name="openai",
    title="OpenAI",
    package="openai",
    extra="openai",
    needs="OPENAI_API_KEY",
    example="gpt-5.2",
    account=_account,
    build=_build,
    priced_as="openai",
)
