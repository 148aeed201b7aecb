"""Turning texts into vectors: offline with a static model, or by a provider that a setting names.

What a provider is asked for counts as any other request to a model: it stands in the organization's usage, and is
refused beyond the organization's limits for a day; full text finds meanwhile.
"""

import asyncio
from collections.abc import Sequence
from contextlib import AsyncExitStack
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol
from uuid import UUID

from aurora_rt.db.pool import Database
from aurora_rt.errors import Misconfigured
from aurora_rt.knowledge.models import Vector
from aurora_rt.llm.errors import Refused
from aurora_rt.llm.models import Spender, Used
from aurora_rt.llm.names import COMPATIBLE
from aurora_rt.llm.ready import budget_of
from aurora_rt.settings import Settings

if TYPE_CHECKING:  # importing these takes a third of a second and most of one
    from pydantic_ai.embeddings import EmbeddingModel
    from wordllama.inference import WordLlamaInference

WORDLLAMA = "wordllama"
OPENAI_URL = "https://api.openai.com/v1"
TEXT_LENGTH = 8_000
"""Characters of a text that are embedded; chunks are shorter."""
PROVIDER_SECONDS = 30.0
CHARACTERS = 3
"""Of a token, at least: so that an estimate is rather too high."""


class EmbeddingsAway(Exception):
    """The model cannot be reached, or refuses. Its text is a sentence for a person."""


class Embedder(Protocol):
    """Turns texts into vectors."""

    model: str
    """Vectors of different names are never compared."""

    async def embed(self, organization_id: UUID, texts: Sequence[str], /) -> Sequence[Vector]:
        """A vector for each text of the organization, in order. Raises `EmbeddingsAway`, and what `AWAY` lists."""


def embedder_of(settings: Settings, database: Database, stack: AsyncExitStack) -> Embedder:
    """What `settings` name; closed with `stack`. Loads and asks nothing yet. Raises `Misconfigured`."""
    if settings.embeddings == WORDLLAMA:
        return Offline()
    provider, _, name = settings.embeddings.partition("/")
    if settings.embeddings_url:
        return Provided(settings.embeddings, settings.embeddings_url, settings, database, stack)
    if provider != "openai" or not name:
        raise Misconfigured(
            f"AURORA_EMBEDDINGS is {settings.embeddings!r}: it can be `wordllama`, `openai/` and a model's name, or "
            "any name together with AURORA_EMBEDDINGS_URL."
        )
    if settings.embeddings_key is None:
        raise Misconfigured(
            f"AURORA_EMBEDDINGS is {settings.embeddings!r}, but AURORA_EMBEDDINGS_KEY is not set."
        )
    return Provided(name, OPENAI_URL, settings, database, stack)


class Offline:
    """A static model that comes in a wheel: nothing leaves the machine."""

    model = "wordllama/l2_supercat_256"

    def __init__(self) -> None:
        self._loading = asyncio.Lock()
        self._loaded: WordLlamaInference | None = None

    async def embed(self, _: UUID, texts: Sequence[str], /) -> Sequence[Vector]:
        """A vector for each text, in order; the first call loads the model."""
        async with self._loading:
            if self._loaded is None:
                self._loaded = await asyncio.to_thread(_load)
        return await asyncio.to_thread(_embed, self._loaded, [text[:TEXT_LENGTH] for text in texts])


def _load() -> "WordLlamaInference":
    """The model from its wheel: its own loader looks for the tokenizer in the wrong folder, and fetches."""
    from safetensors import safe_open
    from tokenizers import Tokenizer
    from wordllama.inference import WordLlamaInference

    folder = Path(str(files("wordllama")))
    tokenizer = Tokenizer.from_file(str(folder / "tokenizers" / "l2_supercat_tokenizer_config.json"))
    with safe_open(folder / "weights" / "l2_supercat_256.safetensors", framework="np") as weights:
        return WordLlamaInference(weights.get_tensor("embedding.weight"), tokenizer)


def _embed(model: "WordLlamaInference", texts: list[str]) -> Sequence[Vector]:
    return [_of_length_one(vector) for vector in model.embed(texts, batch_size=16).tolist()]


def _of_length_one(vector: Sequence[float]) -> Vector:
    """The vector at length 1; that of a text without any word points somewhere, too, since no angle is defined else."""
    length = sum(x * x for x in vector) ** 0.5
    return [x / length for x in vector] if length else [1.0] + [0.0] * (len(vector) - 1)


class Provided:
    """A model behind OpenAI's protocol, at OpenAI or at any server that speaks it."""

    def __init__(
        self, name: str, url: str, settings: Settings, database: Database, stack: AsyncExitStack
    ) -> None:
        self.model = f"{url.rstrip('/')}#{name}"
        self._settings = settings
        self._database = database
        self._name = name
        self._url = url
        self._key = settings.embeddings_key
        self._stack = stack
        self._asked: EmbeddingModel | None = None

    async def embed(self, organization_id: UUID, texts: Sequence[str], /) -> Sequence[Vector]:
        """A vector for each text, in order. Raises `EmbeddingsAway`, and what `AWAY` lists."""
        if self._asked is None:
            self._asked = await asyncio.to_thread(self._opened)
        from pydantic_ai.exceptions import AgentRunError, UserError

        cut = [text[:TEXT_LENGTH] for text in texts]
        tokens = sum(len(text) // CHARACTERS + 1 for text in cut)
        budget = await budget_of(self._settings, self._database, Spender(organization_id, "embedding"))
        try:
            async with budget.request(self._provider, self._settings.embeddings, self._used(tokens)) as noted:
                result = await self._asked.embed(cut, input_type="document")
                noted.used = self._used(result.usage.input_tokens or tokens)
        except Refused as refused:
            raise EmbeddingsAway(refused.message) from refused
        except (AgentRunError, UserError, OSError) as error:
            raise EmbeddingsAway(f"The embeddings model at {self._url} cannot be asked: {error}") from error
        if len(result.embeddings) != len(texts):
            raise EmbeddingsAway(f"The embeddings model at {self._url} gave too few vectors.")
        return [_of_length_one(vector) for vector in result.embeddings]

    @property
    def _provider(self) -> str:
        return "openai" if self._url == OPENAI_URL else COMPATIBLE

    def _used(self, tokens: int) -> Used:
        """What so many tokens come to; nobody knows what another server takes for them."""
        from genai_prices import Usage, calc_price

        if self._url != OPENAI_URL:
            return Used(tokens)
        try:
            cost = calc_price(Usage(input_tokens=tokens), self._name, provider_id="openai").total_price
        except LookupError:
            return Used(tokens)
        return Used(tokens, cost=cost)

    def _opened(self) -> "EmbeddingModel":
        try:
            from openai import AsyncOpenAI, DefaultAsyncHttpxClient
            from pydantic_ai.embeddings.openai import OpenAIEmbeddingModel
            from pydantic_ai.providers.openai import OpenAIProvider
        except ImportError as error:
            raise EmbeddingsAway(
                "AURORA_EMBEDDINGS needs the extra `openai`: pip install 'aurora-rt[openai]'"
            ) from error
        key = self._key.get_secret_value() if self._key else "none"
        client: Any = AsyncOpenAI(
            base_url=self._url,
            api_key=key,
            timeout=PROVIDER_SECONDS,
            http_client=DefaultAsyncHttpxClient(trust_env=False),
        )
        self._stack.push_async_callback(client.close)
        return OpenAIEmbeddingModel(self._name, provider=OpenAIProvider(openai_client=client))
