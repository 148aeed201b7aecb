"""Jira Cloud, with the API token of a user.

https://developer.atlassian.com/cloud/jira/platform/rest/v3/api-group-myself/
"""

from typing import Final

import httpx
from pydantic import BaseModel
from pydantic import Field as Part

from aurora_rt.connectors.asking import Wire
from aurora_rt.connectors.connector import Connector, Field, Found, Given
from aurora_rt.connectors.listed import host_of


class _Myself(BaseModel):
    id: str = Part(alias="accountId")
    name: str = Part("", alias="displayName")


async def _check(given: Given, wire: Wire) -> Found:
    me = await wire.ask(
        f"{given['address']}/rest/api/3/myself",
        _Myself,
        auth=httpx.BasicAuth(given["email"], given["token"]),
        entered=True,
    )
    host = host_of(given["address"])
    return Found(f"{me.id}@{host}", host, {"User": me.name} if me.name else {})


CONNECTOR: Final = Connector(
    name="jira",
    title="Jira",
    kind="tickets",
    help="Make an API token for a user who may see the projects.",
    url="https://id.atlassian.com/manage-profile/security/api-tokens",
    fields=(
        Field("address", "Address", example="https://shop.atlassian.net", address=True),
        Field("email", "E-mail", "Of that user.", pattern=r"[^@\s]+@[^@\s]+"),
        Field("token", "API token", secret=True, pattern=r"\S{10,500}"),
    ),
    check=_check,
)
