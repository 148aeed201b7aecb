"""Bitbucket Cloud, with the access token of a workspace or repository.

https://developer.atlassian.com/cloud/bitbucket/rest/api-group-repositories/
"""

from typing import Final

from pydantic import BaseModel

from aurora_rt.connectors.asking import Wire, bearer
from aurora_rt.connectors.connector import Connector, Field, Found, Given

API: Final = "https://api.bitbucket.org/2.0"


class _Repository(BaseModel):
    full_name: str


class _Repositories(BaseModel):
    values: tuple[_Repository, ...]


async def _check(given: Given, wire: Wire) -> Found:
    workspace = given["workspace"].lower()
    found = await wire.ask(
        f"{API}/repositories/{workspace}",
        _Repositories,
        headers=bearer(given["token"]),
        query={"pagelen": "10", "sort": "-updated_on"},
    )
    names = ", ".join(one.full_name.partition("/")[2] for one in found.values[:5])
    return Found(workspace, workspace, {"Repositories": names or "none"})


CONNECTOR: Final = Connector(
    name="bitbucket",
    title="Bitbucket",
    kind="source code",
    help="Make an access token of the workspace that may read repositories and pull requests.",
    url="https://support.atlassian.com/bitbucket-cloud/docs/access-tokens/",
    fields=(
        Field("token", "Access token", secret=True, pattern=r"\S{20,400}"),
        Field("workspace", "Workspace", pattern=r"[\w-]{1,62}", example="shop"),
    ),
    check=_check,
)
