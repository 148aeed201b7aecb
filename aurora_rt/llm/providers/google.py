"""Google's Gemini."""

from typing import TYPE_CHECKING, Final

from aurora_rt.llm.provider import Account, Provider, Wire
from aurora_rt.settings import Settings

if TYPE_CHECKING:
    from pydantic_ai.models import Model

BASE_URL: Final = "https://generativelanguage.googleapis.com"


def _account(settings: Settings) -> Account | None:
    key = settings.gemini_api_key or settings.google_api_key
    return Account(key=key, base_url=settings.google_base_url) if key else None


def _build(name: str, account: Account, wire: Wire) -> "Model":
    from google.genai.types import HttpRetryOptions
    from pydantic_ai.models.google import GoogleModel
    from pydantic_ai.providers.google import GoogleProvider

    provider = GoogleProvider(
        api_key=account.key.get_secret_value() if account.key else "",
        base_url=account.base_url or BASE_URL,
        http_client=wire.http,
        retry_options=HttpRetryOptions(attempts=1),
    )
    return GoogleModel(name, provider=provider)


PROVIDER: Final = Provider(
    name="google",
    title="Google Gemini",
    package="google.genai",
    extra="google",
    needs="GEMINI_API_KEY",
    example="gemini-2.5-pro",
    account=_account,
    build=_build,
    priced_as="google",
)
