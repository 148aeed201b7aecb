"""Where knowledge is kept, and what makes texts comparable."""

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings


class KnowledgeSettings(BaseSettings):
    """The part of the settings that says where knowledge is kept. Nothing leaves the machine unless one says so."""

    embeddings: str = Field(
        "wordllama",
        alias="AURORA_EMBEDDINGS",
        min_length=1,
        max_length=200,
        description="What makes texts comparable by meaning: `wordllama` (offline), `openai/text-embedding-3-small`, "
        "or a model at `AURORA_EMBEDDINGS_URL`. A change re-embeds in the background.",
    )
    embeddings_url: str | None = Field(
        None,
        alias="AURORA_EMBEDDINGS_URL",
        pattern=r"^https?://",
        description="A server that embeds texts and speaks like OpenAI's, such as `http://localhost:11434/v1`.",
    )
    embeddings_key: SecretStr | None = Field(
        None,
        alias="AURORA_EMBEDDINGS_KEY",
        description="The key for OpenAI's embeddings, or for that server.",
    )
    weaviate_url: str | None = Field(
        None,
        alias="WEAVIATE_URL",
        pattern=r"^https?://[^/@]+/?$",
        description="Weaviate 1.27 or newer to keep vectors in, such as `http://localhost:8080`. Unset: PostgreSQL.",
    )
    weaviate_grpc_url: str | None = Field(
        None,
        alias="WEAVIATE_GRPC_URL",
        pattern=r"^https?://[^/@]+/?$",
        description="Weaviate's gRPC. Unset: the same host at port 50051, or 443 with https.",
    )
    weaviate_api_key: SecretStr | None = Field(
        None, alias="WEAVIATE_API_KEY", description="The key for Weaviate, if it wants one."
    )
