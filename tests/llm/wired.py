"""Models of our settings that are asked over the wire, at the loopback provider."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any
from uuid import UUID

from provider import Provider, provider
from script import Script

from aurora_rt.db.pool import Database
from aurora_rt.llm.models import ReadyModel, Spender
from aurora_rt.llm.pacing import Patience
from aurora_rt.llm.ready import models
from aurora_rt.settings import load

KEYS = {
    "openai": "sk-openai-planted",
    "openrouter": "sk-or-planted",
    "anthropic": "sk-ant-planted",
    "google": "AIza-planted",
    "mistral": "mistral-planted",
    "bedrock": "aws-planted-secret",
    "compatible": "own-planted",
}
NAMED = {
    "openai": "openai/gpt-loopback",
    "openrouter": "openrouter/vendor/model",
    "anthropic": "anthropic/claude-loopback-1",
    "google": "google/gemini-loopback",
    "mistral": "mistral/mistral-loopback",
    "bedrock": "bedrock/anthropic.claude-loopback-v1:0",
    "ollama": "ollama/llama-loopback",
}
QUICK = Patience(attempts=3, seconds=20, first=0.001, longest=0.2)


def everybody(here: Provider) -> dict[str, Any]:
    """Settings with an account at each provider."""
    return {
        "openai_api_key": KEYS["openai"],
        "openai_base_url": here.url("openai"),
        "openrouter_api_key": KEYS["openrouter"],
        "openrouter_base_url": here.url("openrouter"),
        "anthropic_api_key": KEYS["anthropic"],
        "anthropic_base_url": here.url("anthropic"),
        "gemini_api_key": KEYS["google"],
        "google_base_url": here.url("google"),
        "mistral_api_key": KEYS["mistral"],
        "mistral_base_url": here.url("mistral"),
        "aws_access_key_id": "AKIALOOPBACK",
        "aws_secret_access_key": KEYS["bedrock"],
        "aws_region": "us-east-1",
        "bedrock_endpoint": here.url("bedrock"),
        "ollama_base_url": here.url("ollama"),
    }


@asynccontextmanager
async def ready(
    script: Script,
    database: Database,
    acme: UUID,
    *names: str,
    waiting: Callable[[str], None] | None = None,
    window: int | None = None,
    **more: Any,
) -> AsyncIterator[tuple[Provider, tuple[ReadyModel, ...]]]:
    """Models that are ready to be asked, with an account everywhere. `window` is what the provider refuses beyond."""
    async with provider(script, window=window) as here:
        settings = await asyncio.to_thread(load, **{"model_timeout": 8.0, **everybody(here), **more})
        async with models(settings, database, QUICK) as known:
            found: list[ReadyModel] = []
            for name in names:
                found += await known.ready(Spender(acme, "answer"), name, waiting)
            yield here, tuple(found)
