"""With which service account Google Cloud is asked, and where: a small value that is handed to whatever asks."""

import asyncio
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, Literal

from pydantic import BaseModel, ConfigDict, SecretStr, ValidationError

from aurora_rt.settings import Settings
from aurora_rt.toolsets.servers import complaint
from aurora_rt.toolsets.toolset import ToolFailed

SETTING: Final = "GOOGLE_APPLICATION_CREDENTIALS"
ENDPOINT: Final = "AURORA_GCP_ENDPOINT"
LARGEST: Final = 64 * 1024


class KeyFile(BaseModel):
    """The JSON key of a service account, as Google Cloud hands it out."""

    model_config = ConfigDict(frozen=True)

    type: Literal["service_account"]
    project_id: str = ""
    private_key_id: str = ""
    private_key: SecretStr
    client_email: str


@dataclass(frozen=True, slots=True)
class Account:
    """A service account, and the project to look at."""

    email: str
    private_key: str = field(repr=False)
    key_id: str = field(repr=False)
    project: str
    endpoint: str | None = None

    @property
    def secrets(self) -> tuple[str, ...]:
        """What no text may show."""
        return (self.private_key, self.private_key.strip(), self.key_id)


def unusable(settings: Settings) -> str | None:
    """Why Google Cloud cannot be asked, in a sentence; `None` when it can."""
    if not settings.gcp_credentials:
        return f"No Google Cloud account is configured: {SETTING} is not set."
    if settings.gcp_endpoint is not None:
        return complaint(settings.gcp_endpoint, "Google Cloud address", ENDPOINT)
    return None


async def account_of(settings: Settings) -> Account:
    """The account of the settings. Raises `ToolFailed` when there is none, or its file is none."""
    reason = unusable(settings)
    if reason is not None or settings.gcp_credentials is None:
        raise ToolFailed(reason or "No Google Cloud account is configured.")
    key = await asyncio.to_thread(_read, settings.gcp_credentials)
    project = settings.gcp_project or key.project_id
    if not project.replace("-", "").replace(":", "").replace(".", "").isalnum():
        raise ToolFailed("No Google Cloud project is named: AURORA_GCP_PROJECT is not set to one.")
    return Account(
        key.client_email,
        key.private_key.get_secret_value(),
        key.private_key_id,
        project,
        settings.gcp_endpoint,
    )


def _read(path: str) -> KeyFile:
    try:
        with Path(path).expanduser().open("rb") as file:
            return KeyFile.model_validate_json(file.read(LARGEST))
    except OSError as error:
        raise ToolFailed(f"The file that {SETTING} names cannot be read: {error.strerror}.") from None
    except ValidationError:
        # What is wrong with it is not told: it would show what is in the file.
        raise ToolFailed(f"The file that {SETTING} names is not the JSON key of a service account.") from None
