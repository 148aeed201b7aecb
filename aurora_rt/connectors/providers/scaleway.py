"""Scaleway, with an API key (https://www.scaleway.com/en/developers/api/account/project-api/)."""

from typing import Final

from pydantic import BaseModel
from pydantic import Field as Part

from aurora_rt.connectors.asking import Wire
from aurora_rt.connectors.connector import Connector, Field, Found, Given

API: Final = "https://api.scaleway.com"
UUID: Final = r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}"


class _Key(BaseModel):
    access_key: str
    default_project_id: str = ""


class _Projects(BaseModel):
    total: int = Part(0, alias="total_count")


async def _check(given: Given, wire: Wire) -> Found:
    headers = {"X-Auth-Token": given["secret_key"]}
    key = await wire.ask(f"{API}/iam/v1alpha1/api-keys/{given['access_key']}", _Key, headers=headers)
    query = {"organization_id": given["organization_id"], "page_size": "1"}
    projects = await wire.ask(f"{API}/account/v3/projects", _Projects, headers=headers, query=query)
    facts = {"Projects": str(projects.total), "Access key": key.access_key}
    return Found(given["organization_id"].lower(), given["name"] or given["organization_id"], facts)


CONNECTOR: Final = Connector(
    name="scaleway",
    title="Scaleway",
    kind="cloud",
    help="Make an API key for an application whose policy lets it read.",
    url="https://console.scaleway.com/iam/api-keys",
    fields=(
        Field("access_key", "Access key", pattern=r"SCW[A-Z0-9]{17,20}", example="SCWXXXXXXXXXXXXXXXXX"),
        Field("secret_key", "Secret key", secret=True, pattern=UUID),
        Field("organization_id", "Organization", pattern=UUID),
        Field("name", "Name", "What you call it.", required=False, pattern=r".{1,80}"),
    ),
    check=_check,
)
