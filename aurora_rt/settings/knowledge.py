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
