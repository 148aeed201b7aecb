"""What this server is to providers at which people sign in."""

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings


class ConnectorSettings(BaseSettings):
    """The part of the settings that says what organizations connect accounts through."""

    google_client_id: str | None = Field(
        None,
        alias="GOOGLE_CLIENT_ID",
        description="OAuth client with which people connect Google Cloud; it comes back to `/callback`.",
    )
    google_client_secret: SecretStr | None = Field(
        None, alias="GOOGLE_CLIENT_SECRET", description="The secret of that client."
    )
    aws_template_url: str | None = Field(
        None,
        alias="AURORA_AWS_TEMPLATE_URL",
        pattern=r"^https://",
        description="Where in Amazon S3 the template of the role lies that lets this server look into an AWS account; "
        "with it there is a link that makes the role.",
    )
