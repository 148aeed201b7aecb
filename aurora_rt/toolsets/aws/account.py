"""With whose credentials AWS is asked, and where: a small value that is handed to whatever asks."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

from aurora_rt.settings import Settings
from aurora_rt.toolsets.servers import complaint
from aurora_rt.toolsets.toolset import ToolFailed

ENDPOINT: Final = "AURORA_AWS_ENDPOINT"
_NEEDED: Final[tuple[tuple[str, Callable[[Settings], object]], ...]] = (
    ("AWS_ACCESS_KEY_ID", lambda settings: settings.aws_access_key_id),
    ("AWS_SECRET_ACCESS_KEY", lambda settings: settings.aws_secret_access_key),
    ("AWS_REGION", lambda settings: settings.aws_region),
)


@dataclass(frozen=True, slots=True)
class Account:
    """An access key, the region to look at, and an address where it is not the public one."""

    key: str = field(repr=False)
    secret: str = field(repr=False)
    region: str
    token: str = field(default="", repr=False)
    """The session token of temporary credentials."""
    endpoint: str | None = None

    @property
    def secrets(self) -> tuple[str, ...]:
        """What no text may show."""
        return (self.secret, self.token, self.key)


def unusable(settings: Settings) -> str | None:
    """Why AWS cannot be asked, in a sentence; `None` when it can."""
    missing = [name for name, get in _NEEDED if not get(settings)]
    if missing:
        return f"No AWS account is configured: {missing[0]} is not set."
    if not (settings.aws_region or "").replace("-", "").isalnum():
        return "AWS_REGION must be a region such as eu-west-1."
    if settings.aws_endpoint is not None:
        return complaint(settings.aws_endpoint, "AWS address", ENDPOINT)
    return None


def account_of(settings: Settings) -> Account:
    """The account of the settings. Raises `ToolFailed` when there is none."""
    reason = unusable(settings)
    key, secret, region = settings.aws_access_key_id, settings.aws_secret_access_key, settings.aws_region
    if reason is not None or key is None or secret is None or region is None:
        raise ToolFailed(reason or "No AWS account is configured.")
    token = settings.aws_session_token
    return Account(
        key,
        secret.get_secret_value(),
        region,
        token.get_secret_value() if token else "",
        settings.aws_endpoint,
    )
