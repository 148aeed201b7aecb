"""Models as our own providers build them, pointed at the loopback."""

import asyncio

from httpx2 import AsyncClient
from provider import Provider
from pydantic import SecretStr
from pydantic_ai.models import Model

from aurora_rt.llm.provider import Account, Wire
from aurora_rt.llm.providers import discover

NAMES = {
    "openai": "gpt-loopback",
    "openrouter": "loopback/model",
    "ollama": "loopback",
    "anthropic": "claude-loopback",
    "google": "gemini-loopback",
    "mistral": "mistral-loopback",
    "bedrock": "anthropic.claude-loopback-v1:0",
}


async def model_at(here: Provider, protocol: str, http: AsyncClient, key: str) -> Model:
    """A model that is asked in `protocol`. We don't ask in OpenAI's responses: their SDK alone does here."""
    if protocol == "responses":
        from openai import AsyncOpenAI
        from pydantic_ai.models.openai import OpenAIResponsesModel
        from pydantic_ai.providers.openai import OpenAIProvider

        client = AsyncOpenAI(api_key=key, base_url=here.url(protocol), http_client=http, max_retries=0)
        return OpenAIResponsesModel("gpt-loopback", provider=OpenAIProvider(openai_client=client))
    account = Account(SecretStr(key), here.url(protocol), key_id="AKIALOOPBACK", region="us-east-1")

    def build() -> Model:
        return discover()[protocol].build(NAMES[protocol], account, Wire(http, 10))

    return await asyncio.to_thread(build)
