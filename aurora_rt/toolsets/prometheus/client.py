"""The metrics server that is to be asked.

The API is https://prometheus.io/docs/prometheus/latest/querying/api/, which VictoriaMetrics and Mimir serve too,
below a base path of their own.
"""

from typing import Final

from aurora_rt.settings import Settings
from aurora_rt.toolsets.servers import Server, complaint, server_at

WHAT: Final = "metrics server"
SETTING: Final = "PROMETHEUS_URL"


def unusable(settings: Settings) -> str | None:
    """Why there is no metrics server to ask, in a sentence; `None` when there is one."""
    return complaint(settings.prometheus_url, WHAT, SETTING)


def configured(settings: Settings) -> Server:
    """The metrics server of the settings. Raises `ToolFailed` when there is none."""
    return server_at(settings.prometheus_url, WHAT, SETTING, settings.prometheus_timeout)
