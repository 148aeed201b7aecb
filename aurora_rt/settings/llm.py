"""Which language models are asked, with which keys, how fast, and how much they may cost."""

from decimal import Decimal

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings

from aurora_rt.settings.listed import Listed


class ModelSettings(BaseSettings):
    """The part of the settings that says which language models may be asked. None is asked unless one names it."""

    model: str | None = Field(
        None,
        alias="AURORA_MODEL",
        max_length=200,
        description="Language model to ask, such as `anthropic/claude-3.5-sonnet` or `ollama/qwen3`. Unset: none.",
    )
    fallback_models: Listed = Field(
        (),
        alias="AURORA_FALLBACK_MODELS",
        description="Models to ask, in order and comma-separated, when that one is away.",
    )
    model_base_url: str | None = Field(
        None,
        alias="AURORA_MODEL_BASE_URL",
        description="A server that speaks like OpenAI's, with `/v1` where it has that: models are asked there.",
    )
    model_api_key: SecretStr | None = Field(
        None, alias="AURORA_MODEL_API_KEY", description="The key for that server, if it wants one."
    )
    model_window: int | None = Field(
        None,
        alias="AURORA_MODEL_WINDOW",
        ge=2048,
        le=10_000_000,
        description="Tokens that prompt and answer may have together, where that is not known or should be less.",
    )
    model_output_limit: int | None = Field(
        None,
        alias="AURORA_MODEL_OUTPUT_LIMIT",
        ge=256,
        le=1_000_000,
        description="Tokens that one answer of a model may have. Unset: what suits the model.",
    )
    model_timeout: float = Field(
        60.0,
        alias="AURORA_MODEL_TIMEOUT",
        gt=0,
        le=1800,
        description="Seconds to wait for a model's first word, and from each to the next.",
    )
    model_requests_a_minute: int = Field(
        60,
        alias="AURORA_MODEL_REQUESTS_A_MINUTE",
        ge=1,
        le=100_000,
        description="Requests a minute to one provider, from one process. What comes beyond waits.",
    )
    model_at_once: int = Field(
        8,
        alias="AURORA_MODEL_AT_ONCE",
        ge=1,
        le=1000,
        description="Requests to one provider at once, from one process. What comes beyond waits.",
    )
    model_steps: int = Field(
        40,
        alias="AURORA_MODEL_STEPS",
        ge=1,
        le=1000,
        description="Requests to models for one investigation or one answer.",
    )
    model_tokens: int = Field(
        1_000_000,
        alias="AURORA_MODEL_TOKENS",
        ge=1,
        description="Tokens, read and written, for one investigation or one answer.",
    )
    model_usd: Decimal = Field(
        Decimal(2),
        alias="AURORA_MODEL_USD",
        ge=0,
        description="US dollars for one investigation or one answer, where a model's price is known.",
    )
    model_daily_tokens: int | None = Field(
        None,
        alias="AURORA_MODEL_DAILY_TOKENS",
        ge=0,
        description="Tokens for an organization and day (UTC). Unset: no limit.",
    )
    model_daily_usd: Decimal | None = Field(
        None,
        alias="AURORA_MODEL_DAILY_USD",
        ge=0,
        description="US dollars for an organization and day (UTC), where prices are known. Unset: no limit.",
    )
    openai_api_key: SecretStr | None = Field(
        None, alias="OPENAI_API_KEY", description="Key for OpenAI: `openai/…`."
    )
    openai_base_url: str | None = Field(
        None, alias="OPENAI_BASE_URL", description="Address to ask instead of OpenAI's own."
    )
    anthropic_api_key: SecretStr | None = Field(
        None, alias="ANTHROPIC_API_KEY", description="Key for Anthropic: `anthropic/…`."
    )
    anthropic_base_url: str | None = Field(
        None, alias="ANTHROPIC_BASE_URL", description="Address to ask instead of Anthropic's own."
    )
    openrouter_api_key: SecretStr | None = Field(
        None,
        alias="OPENROUTER_API_KEY",
        description="Key for OpenRouter: `openrouter/vendor/model`, and any `vendor/model` without a key of its own.",
    )
    openrouter_base_url: str | None = Field(
        None, alias="OPENROUTER_BASE_URL", description="Address to ask instead of OpenRouter's own."
    )
    gemini_api_key: SecretStr | None = Field(
        None, alias="GEMINI_API_KEY", description="Key for Google's Gemini: `google/…`."
    )
    google_api_key: SecretStr | None = Field(
        None, alias="GOOGLE_API_KEY", description="The same under its other name."
    )
    google_base_url: str | None = Field(
        None,
        alias="AURORA_GOOGLE_BASE_URL",
        description="Address to ask instead of the public one of Gemini.",
    )
    mistral_api_key: SecretStr | None = Field(
        None, alias="MISTRAL_API_KEY", description="Key for Mistral: `mistral/…`."
    )
    mistral_base_url: str | None = Field(
        None,
        alias="AURORA_MISTRAL_BASE_URL",
        description="Address to ask instead of the public one of Mistral.",
    )
    bedrock_endpoint: str | None = Field(
        None,
        alias="AURORA_BEDROCK_ENDPOINT",
        description="Address to ask instead of the public one of Amazon Bedrock (`bedrock/…`, with the AWS keys).",
    )
    ollama_base_url: str | None = Field(
        None,
        alias="OLLAMA_BASE_URL",
        description="Ollama to ask, such as `http://localhost:11434`: `ollama/…`.",
    )
    secret_key: SecretStr | None = Field(
        None,
        alias="AURORA_SECRET_KEY",
        min_length=16,
        description="What keys kept in the database are encrypted under: 16 characters or more, the same in every "
        "process. Unset with the embedded servers: a file in the data directory.",
    )
