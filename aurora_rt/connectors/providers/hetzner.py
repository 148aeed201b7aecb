"""Hetzner Cloud, with the token of a project (https://docs.hetzner.cloud/reference/cloud#servers)."""

from hashlib import sha256
from typing import Final

from pydantic import BaseModel

from aurora_rt.connectors.asking import Wire, bearer
from aurora_rt.connectors.connector import Connector, Field, Found, Given

API: Final = "https://api.hetzner.cloud/v1"


class _Server(BaseModel):
    name: str


class _Servers(BaseModel):
    servers: tuple[_Server, ...]


async def _check(given: Given, wire: Wire) -> Found:
    headers, query = bearer(given["token"]), {"per_page": "50"}
    found = (await wire.ask(f"{API}/servers", _Servers, headers=headers, query=query)).servers
    # A token does not say which project it is of: it is known by itself.
    known = sha256(given["token"].encode()).hexdigest()[:20]
    return Found(known, given["name"], {"Servers": str(len(found))})


CONNECTOR: Final = Connector(
    name="hetzner",
    title="Hetzner Cloud",
    kind="cloud",
    help="Make an API token of the project, with the permission to read.",
    url="https://console.hetzner.cloud/",
    fields=(
        Field("token", "API token", secret=True, pattern=r"\S{20,200}"),
        Field("name", "Project", "What you call it.", pattern=r".{1,80}", example="shop"),
    ),
    check=_check,
)
