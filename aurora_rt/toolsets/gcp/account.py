"""With which service account Google Cloud is asked, and where: a small value that is handed to whatever asks."""

import asyncio
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from aurora_rt.connectors.google_keys import ServiceKey, service_key
from aurora_rt.settings import Settings
from aurora_rt.toolsets.servers import complaint
from aurora_rt.toolsets.toolset import ToolFailed

SETTING: Final = "GOOGLE_APPLICATION_CREDENTIALS"
ENDPOINT: Final = "AURORA_GCP_ENDPOINT"
LARGEST: Final = 64 * 1024


@dataclass(frozen=True, slots=True)
class Account:
    """A service account, and the project to look at."""

    email: str
    private_key: str = field(repr=False)
    key_id: str = field(repr=False)
    project: str
    endpoint: str | None = None
    token: str = field(default="", repr=False)
    """An access token to ask with as it is; `""`: one is asked for with the key."""

    @property
    def secrets(self) -> tuple[str, ...]:
        """What no text may show."""
        return (self.private_key, self.private_key.strip(), self.key_id, self.token)


def unusable(settings: Settings) -> str | None:
    """Why Google Cloud cannot be asked, in a sentence; `None` when it can."""
    if not (settings.gcp_credentials or settings.gcp_key or settings.gcp_token):
        return f"No Google Cloud account is configured: {SETTING} is not set."
    if settings.gcp_endpoint is not None:
        return complaint(settings.gcp_endpoint, "Google Cloud address", ENDPOINT)
    return None


async def account_of(settings: Settings) -> Account:
    """The account of the settings. Raises `ToolFailed` when there is none, or its key is none."""
    reason = unusable(settings)
    if reason is not None:
        raise ToolFailed(reason)
    if settings.gcp_token is not None:
        token = settings.gcp_token.get_secret_value()
        return Account("", "", "", _project(settings, ""), settings.gcp_endpoint, token)
    if settings.gcp_key is not None:
        key = _key(settings.gcp_key.get_secret_value().encode(), "AURORA_GCP_KEY")
    else:
        key = await asyncio.to_thread(_read, settings.gcp_credentials or "")
    return Account(
        key.client_email,
        key.private_key.get_secret_value(),
        key.private_key_id,
        _project(settings, key.project_id),
        settings.gcp_endpoint,
    )


def _project(settings: Settings, own: str) -> str:
    project = settings.gcp_project or own
    if not project.replace("-", "").replace(":", "").replace(".", "").isalnum():
        raise ToolFailed("No Google Cloud project is named: AURORA_GCP_PROJECT is not set to one.")
    return project


def _read(path: str) -> ServiceKey:
    try:
        with Path(path).expanduser().open("rb") as file:
            text = file.read(LARGEST)
    except OSError as error:
        raise ToolFailed(f"The file that {SETTING} names cannot be read: {error.strerror}.") from None
    return _key(text, f"The file that {SETTING} names")


def _key(text: bytes, what: str) -> ServiceKey:
    key = service_key(text)
    if key is None:
        # What is wrong with it is not told: it would show what is in the file.
        raise ToolFailed(f"{what} is not the JSON key of a service account.")
    return key
