"""Amazon Bedrock."""

from typing import TYPE_CHECKING, Final

from aurora_rt.llm.provider import Account, Provider, Wire
from aurora_rt.settings import Settings

if TYPE_CHECKING:
    from pydantic_ai.models import Model

CONNECT_SECONDS: Final = 10.0


def _account(settings: Settings) -> Account | None:
    if not (settings.aws_access_key_id and settings.aws_secret_access_key and settings.aws_region):
        return None
    return Account(
        key_id=settings.aws_access_key_id,
        key=settings.aws_secret_access_key,
        session_token=settings.aws_session_token,
        region=settings.aws_region,
        base_url=settings.bedrock_endpoint,
    )


def _build(name: str, account: Account, wire: Wire) -> "Model":
    import boto3
    from botocore.config import Config
    from pydantic_ai.models.bedrock import BedrockConverseModel
    from pydantic_ai.providers.bedrock import BedrockProvider

    session = boto3.Session(
        aws_access_key_id=account.key_id,
        aws_secret_access_key=account.key.get_secret_value() if account.key else None,
        aws_session_token=account.session_token.get_secret_value() if account.session_token else None,
        region_name=account.region,
    )
    client = session.client(
        "bedrock-runtime",
        endpoint_url=account.base_url or f"https://bedrock-runtime.{account.region}.amazonaws.com",
        config=Config(
            connect_timeout=CONNECT_SECONDS,
            read_timeout=wire.seconds,
            retries={"total_max_attempts": 1},
            proxies={},
        ),
    )
    return BedrockConverseModel(name, provider=BedrockProvider(bedrock_client=client))


PROVIDER: Final = Provider(
    name="bedrock",
    title="Amazon Bedrock",
    package="boto3",
    extra="bedrock",
    needs="AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and AWS_REGION",
    example="anthropic.claude-sonnet-4-5-20250929-v1:0",
    account=_account,
    build=_build,
    priced_as="aws",
    ownable=False,
)
