"""Vectors from a provider: a server on loopback that speaks OpenAI's protocol of embeddings."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager

import pytest
from aiohttp import web
from pydantic import SecretStr
from relevance import organization

from aurora_rt.clock import new_id
from aurora_rt.db.pool import Database
from aurora_rt.errors import Misconfigured
from aurora_rt.knowledge.chunks import cut
from aurora_rt.knowledge.embeddings import EmbeddingsAway, embedder_of
from aurora_rt.knowledge.library import Knowledge
from aurora_rt.knowledge.models import Source
from aurora_rt.knowledge.pgvector import PgVector
from aurora_rt.settings import Settings


@asynccontextmanager
async def provider(status: int = 200) -> AsyncIterator[tuple[str, list[web.Request]]]:
    """A server whose vectors tell how long each text is."""
    asked: list[web.Request] = []

    async def embed(request: web.Request) -> web.Response:
        asked.append(request)
        if status != 200:
            return web.json_response({"error": {"message": "no such key"}}, status=status)
        body = await request.json()
        rows = [
            {"object": "embedding", "index": n, "embedding": [float(len(text)), 1.0]}
            for n, text in enumerate(body["input"])
        ]
        usage = {"prompt_tokens": 3, "total_tokens": 3}
        return web.json_response({"object": "list", "data": rows, "model": body["model"], "usage": usage})

    app = web.Application()
    app.router.add_post("/v1/embeddings", embed)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    try:
        yield f"http://127.0.0.1:{runner.addresses[0][1]}/v1", asked
    finally:
        await runner.cleanup()


def named(settings: Settings, url: str | None, model: str = "nomic-embed-text") -> Settings:
    return settings.model_copy(
        update={"embeddings": model, "embeddings_url": url, "embeddings_key": SecretStr("key-of-ours")}
    )


async def test_a_server_that_speaks_like_openai_embeds_each_text_in_order_and_it_counts(
    settings: Settings, database: Database
) -> None:
    here = await organization(database)
    async with provider() as (url, asked), AsyncExitStack() as stack:
        embedder = embedder_of(named(settings, url), database, stack)
        first, second = await embedder.embed(here, ["aaa", "a"])
        assert first == pytest.approx([3 / 10**0.5, 1 / 10**0.5])
        assert second == pytest.approx([1 / 2**0.5, 1 / 2**0.5])
        assert asked[0].headers["Authorization"] == "Bearer key-of-ours"
    async with database.connection() as connection:
        row = await connection.fetchrow("SELECT * FROM llm_usage")
    assert (row["organization_id"], row["purpose"]) == (here, "embedding")
    assert (row["model"], row["input_tokens"], row["cost"]) == ("nomic-embed-text", 3, None)
    assert (row["error"], row["estimated"]) == (None, False)


async def test_beyond_what_an_organization_may_spend_in_a_day_no_text_is_embedded(
    settings: Settings, database: Database
) -> None:
    here = await organization(database)
    async with provider() as (url, asked), AsyncExitStack() as stack:
        limited = named(settings, url).model_copy(update={"model_daily_tokens": 8})
        embedder = embedder_of(limited, database, stack)
        await embedder.embed(here, ["a"])
        with pytest.raises(EmbeddingsAway, match="8 tokens for this organization and day"):
            await embedder.embed(here, ["a long text of more than a few words"])
        assert len(asked) == 1
        knowledge = Knowledge(database, embedder, PgVector(database))
        await knowledge.of(here).put(Source("document", new_id()), "disk.md", cut("The disk is full. " * 5))
        assert [one.title for one in await knowledge.of(here).search("what to do when the disk is full")] == [
            "disk.md"
        ]
        assert "for this organization and day" in knowledge.words_alone[here]


async def test_a_provider_that_refuses_is_said_in_a_sentence_without_the_key(
    settings: Settings, database: Database
) -> None:
    here = await organization(database)
    async with provider(401) as (url, _), AsyncExitStack() as stack:
        with pytest.raises(EmbeddingsAway, match="cannot be asked") as refused:
            await embedder_of(named(settings, url), database, stack).embed(here, ["a"])
        assert "key-of-ours" not in str(refused.value)


async def test_a_model_that_nobody_knows_is_refused_at_the_start(
    settings: Settings, database: Database
) -> None:
    async with AsyncExitStack() as stack:
        with pytest.raises(Misconfigured, match="it can be `wordllama`"):
            embedder_of(named(settings, None, "words/of/mine"), database, stack)
