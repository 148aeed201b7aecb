"""Any server that speaks like OpenAI's: vLLM, llama.cpp, LM Studio, LiteLLM, a gateway of one's own."""

from typing import TYPE_CHECKING, Final

from aurora_rt.llm import speaking_openai
from aurora_rt.llm.provider import Account, Provider, Wire
from aurora_rt.settings import Settings

if TYPE_CHECKING:
    from pydantic_ai.models import Model


def _account(settings: Settings) -> Account | None:
    address = settings.model_base_url
    return Account(key=settings.model_api_key, base_url=address) if address else None


def _build(name: str, account: Account, wire: Wire) -> "Model":
    from pydantic_ai.models.openai import OpenAIChatModel
    from pydantic_ai.profiles.openai import OpenAIModelProfile
    from pydantic_ai.providers.openai_compatible import OpenAICompatibleProvider

    client = speaking_openai.client(account, wire, account.base_url or "")
    provider = OpenAICompatibleProvider(name="compatible", openai_client=client)
    # Such servers know the older name of the limit; many ignore the newer one, and answer without end.
    profile = OpenAIModelProfile(openai_chat_supports_max_completion_tokens=False)
    return OpenAIChatModel(name, provider=provider, profile=profile)


PROVIDER: Final = Provider(
    name="compatible",
    title="A server that speaks like OpenAI's",
    package="openai",
    extra="openai",
    needs="AURORA_MODEL_BASE_URL",
    example="my-model",
    account=_account,
    build=_build,
    takes_key=False,
)
