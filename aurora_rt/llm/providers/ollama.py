"""Ollama: models that run on one's own machine."""

from typing import TYPE_CHECKING, Final

from aurora_rt.llm import speaking_openai
from aurora_rt.llm.provider import Account, Provider, Wire
from aurora_rt.settings import Settings

if TYPE_CHECKING:
    from pydantic_ai.models import Model


def root(base_url: str) -> str:
    """Ollama's own address: people give it with and without `/v1`."""
    return base_url.rstrip("/").removesuffix("/v1").rstrip("/")


def _account(settings: Settings) -> Account | None:
    address = settings.ollama_base_url
    return Account(base_url=address) if address else None


def _build(name: str, account: Account, wire: Wire) -> "Model":
    from pydantic_ai.models.ollama import OllamaModel
    from pydantic_ai.providers.ollama import OllamaProvider

    address = f"{root(account.base_url or '')}/v1"
    client = speaking_openai.client(Account(key=account.key, base_url=address), wire, address)
    return OllamaModel(name, provider=OllamaProvider(openai_client=client))


PROVIDER: Final = Provider(
    name="ollama",
    title="Ollama",
    package="openai",
    extra="openai",
    needs="OLLAMA_BASE_URL",
    example="qwen3",
    account=_account,
    build=_build,
    takes_key=False,
)
