"""Cloudflare, with an API token (https://developers.cloudflare.com/fundamentals/api/get-started/create-token/)."""

from typing import Final

from pydantic import BaseModel

from aurora_rt.connectors.asking import AccountRefused, Wire, bearer
from aurora_rt.connectors.connector import Connector, Field, Found, Given

API: Final = "https://api.cloudflare.com/client/v4"


class _Result(BaseModel):
    id: str
    status: str


class _Verified(BaseModel):
    result: _Result


class _Named(BaseModel):
    id: str
    name: str


class _Listed(BaseModel):
    result: tuple[_Named, ...] = ()


async def _check(given: Given, wire: Wire) -> Found:
    headers = bearer(given["token"])
    token = (await wire.ask(f"{API}/user/tokens/verify", _Verified, headers=headers)).result
    if token.status != "active":
        raise AccountRefused(f"That token of Cloudflare is {token.status[:40]}.")
    zones = (await wire.ask(f"{API}/zones", _Listed, headers=headers, query={"per_page": "50"})).result
    title = given["name"] or (zones[0].name if zones else "Cloudflare")
    return Found(token.id, title, {"Zones": ", ".join(one.name for one in zones[:5]) or "none"})


CONNECTOR: Final = Connector(
    name="cloudflare",
    title="Cloudflare",
    kind="cloud",
    help="Make an API token with the permission to read zones.",
    url="https://dash.cloudflare.com/profile/api-tokens",
    fields=(
        Field("token", "API token", secret=True, pattern=r"\S{20,200}"),
        Field("name", "Name", "What you call it.", required=False, pattern=r".{1,80}"),
    ),
    check=_check,
)
