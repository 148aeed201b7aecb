"""The Alertmanager that is to be asked (https://github.com/prometheus/alertmanager, `api/v2/openapi.yaml`)."""

from typing import Final

from aurora_rt.settings import Settings
from aurora_rt.toolsets.servers import Server, complaint, server_at

WHAT: Final = "Alertmanager"
SETTING: Final = "ALERTMANAGER_URL"


def unusable(settings: Settings) -> str | None:
    """Why there is no Alertmanager to ask, in a sentence; `None` when there is one."""
    return complaint(settings.alertmanager_url, WHAT, SETTING)


def configured(settings: Settings) -> Server:
    """The Alertmanager of the settings. Raises `ToolFailed` when there is none."""
    return server_at(settings.alertmanager_url, WHAT, SETTING, settings.tool_timeout)
