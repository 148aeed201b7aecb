"""Confluence Cloud, with the API token of a user (https://developer.atlassian.com/cloud/confluence/rest/v2/)."""

from typing import Final

import httpx
from pydantic import BaseModel

from aurora_rt.connectors.asking import Wire
from aurora_rt.connectors.connector import Connector, Field, Found, Given
from aurora_rt.connectors.listed import host_of


class _Space(BaseModel):
    key: str


class _Spaces(BaseModel):
    results: tuple[_Space, ...]


async def _check(given: Given, wire: Wire) -> Found:
    found = await wire.ask(
        f"{given['address']}/wiki/api/v2/spaces",
        _Spaces,
        auth=httpx.BasicAuth(given["email"], given["token"]),
        query={"limit": "25"},
        entered=True,
    )
    host = host_of(given["address"])
    spaces = ", ".join(one.key for one in found.results[:8])
    return Found(f"{given['email'].lower()}@{host}", host, {"Spaces": spaces or "none"})


CONNECTOR: Final = Connector(
    name="confluence",
    title="Confluence",
    kind="documents",
    help="Make an API token for a user who may see the spaces.",
    url="https://id.atlassian.com/manage-profile/security/api-tokens",
    fields=(
        Field("address", "Address", example="https://shop.atlassian.net", address=True),
        Field("email", "E-mail", "Of that user.", pattern=r"[^@\s]+@[^@\s]+"),
        Field("token", "API token", secret=True, pattern=r"\S{10,500}"),
    ),
    check=_check,
)
