"""The network as seen from this host: answers over HTTP, certificates, names, open ports.

    probing        one look at a place, whatever its scheme
    http           a GET whose steps are timed, and the certificate even when it cannot be trusted
    certificates   reading it
    names          what resolvers say
    configured     the places of the settings
    connecting     whether a port is open, tried or as it was recorded
    opening        a connection to an address that `guard` allows

Failures of what is looked at are what was seen, not failures of the tools.
"""

from typing import Final

import httpx

from aurora_rt.settings import Settings
from aurora_rt.toolsets.network import connecting, names, probing
from aurora_rt.toolsets.toolset import Health, Tool, Toolset

TIMEOUT: Final = 45.0


def _usable(_: Settings) -> str | None:
    return None


async def _health(_: Settings, __: httpx.AsyncClient) -> Health:
    return Health("healthy", "Connections are made when they are asked for.")


TOOLSET: Final = Toolset(
    name="network",
    title="Network",
    description="What answers at an address, its certificate, what a name resolves to, whether a port is open.",
    cost="low",
    tools=(
        Tool(
            "probe",
            "One GET of an address over HTTP or HTTPS: status, time of each step, and its certificate.",
            probing.probe,
            probing.ProbeParameters,
            TIMEOUT,
            5.0,
        ),
        Tool(
            "dns",
            "What a name resolves to, as this machine does it or as a given name server answers.",
            names.look_up,
            names.DnsParameters,
            TIMEOUT,
            5.0,
        ),
        Tool(
            "connectivity",
            "Whether a port of a host can be connected to from here, and if not, how it fails.",
            connecting.connect,
            connecting.ConnectivityParameters,
            TIMEOUT,
            5.0,
            connecting.read,
        ),
    ),
    unusable=_usable,
    health=_health,
)
