"""Tailscale, as an OAuth client (https://tailscale.com/kb/1215/oauth-clients)."""

from typing import Final

from pydantic import BaseModel
from pydantic import Field as Part

from aurora_rt.connectors.asking import Wire, bearer
from aurora_rt.connectors.connector import Connector, Field, Found, Given

API: Final = "https://api.tailscale.com/api/v2"


class _Token(BaseModel):
    access_token: str = Part(min_length=1, repr=False)


class _Device(BaseModel):
    name: str = ""


class _Devices(BaseModel):
    devices: tuple[_Device, ...]


async def _check(given: Given, wire: Wire) -> Found:
    form = {
        "grant_type": "client_credentials",
        "client_id": given["client_id"],
        "client_secret": given["client_secret"],
    }
    token = (await wire.ask(f"{API}/oauth/token", _Token, method="POST", form=form)).access_token
    # `-` is the tailnet that the client is of.
    devices = (await wire.ask(f"{API}/tailnet/-/devices", _Devices, headers=bearer(token))).devices
    tailnet = devices[0].name.partition(".")[2] if devices else ""
    return Found(tailnet or given["client_id"], tailnet or given["client_id"], {"Devices": str(len(devices))})


CONNECTOR: Final = Connector(
    name="tailscale",
    title="Tailscale",
    kind="cloud",
    help="Make an OAuth client with the scope `devices:core:read`.",
    url="https://login.tailscale.com/admin/settings/oauth",
    fields=(
        Field("client_id", "Client id", pattern=r"\S{10,100}"),
        Field("client_secret", "Client secret", secret=True, pattern=r"\S{10,200}"),
    ),
    check=_check,
)
