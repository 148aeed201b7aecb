"""As which application Azure is asked, and where: a small value that is handed to whatever asks."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

from aurora_rt.settings import Settings
from aurora_rt.toolsets.servers import complaint
from aurora_rt.toolsets.toolset import ToolFailed

ENDPOINT: Final = "AURORA_AZURE_ENDPOINT"
LOGIN: Final = "AURORA_AZURE_LOGIN"
_NAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9.-]*")
_NEEDED: Final[tuple[tuple[str, Callable[[Settings], object]], ...]] = (
    ("AZURE_TENANT_ID", lambda settings: settings.azure_tenant_id),
    ("AZURE_CLIENT_ID", lambda settings: settings.azure_client_id),
    ("AZURE_CLIENT_SECRET", lambda settings: settings.azure_client_secret),
    ("AZURE_SUBSCRIPTION_ID", lambda settings: settings.azure_subscription_id),
)


@dataclass(frozen=True, slots=True)
class Account:
    """An application of Microsoft Entra, and the subscription to look at."""

    tenant: str
    client: str
    secret: str = field(repr=False)
    subscription: str
    endpoint: str | None = None
    login: str | None = None

    @property
    def secrets(self) -> tuple[str, ...]:
        """What no text may show."""
        return (self.secret,)


def unusable(settings: Settings) -> str | None:
    """Why Azure cannot be asked, in a sentence; `None` when it can."""
    missing = [name for name, get in _NEEDED if not get(settings)]
    if missing:
        return f"No Azure account is configured: {missing[0]} is not set."
    for name, value in (
        ("AZURE_TENANT_ID", settings.azure_tenant_id),
        ("AZURE_SUBSCRIPTION_ID", settings.azure_subscription_id),
    ):
        if not _NAME.fullmatch(value or ""):
            return f"{name} must be an identifier such as 8c1f4a7e-0000-0000-0000-000000000000."
    return next(
        (
            reason
            for setting, address in ((ENDPOINT, settings.azure_endpoint), (LOGIN, settings.azure_login))
            if address is not None and (reason := complaint(address, "Azure address", setting))
        ),
        None,
    )


def account_of(settings: Settings) -> Account:
    """The account of the settings. Raises `ToolFailed` when there is none."""
    reason, secret = unusable(settings), settings.azure_client_secret
    if reason is not None or secret is None:
        raise ToolFailed(reason or "No Azure account is configured.")
    return Account(
        settings.azure_tenant_id or "",
        settings.azure_client_id or "",
        secret.get_secret_value(),
        settings.azure_subscription_id or "",
        settings.azure_endpoint,
        settings.azure_login,
    )
