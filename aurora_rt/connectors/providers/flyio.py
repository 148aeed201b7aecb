"""Fly.io, with a token of an organization (https://fly.io/docs/machines/api/apps-resource/)."""

from typing import Final

from pydantic import BaseModel

from aurora_rt.connectors.asking import Wire
from aurora_rt.connectors.connector import Connector, Field, Found, Given

API: Final = "https://api.machines.dev/v1"


class _App(BaseModel):
    name: str


class _Apps(BaseModel):
    apps: tuple[_App, ...] | None = None


async def _check(given: Given, wire: Wire) -> Found:
    token = given["token"].removeprefix("FlyV1").strip()
    headers = {"Authorization": f"FlyV1 {token}" if token.startswith("fm") else f"Bearer {token}"}
    slug = given["organization"].lower()
    apps = (await wire.ask(f"{API}/apps", _Apps, headers=headers, query={"org_slug": slug})).apps or ()
    return Found(slug, slug, {"Apps": ", ".join(one.name for one in apps[:5]) or "none"})


CONNECTOR: Final = Connector(
    name="flyio",
    title="Fly.io",
    kind="cloud",
    help="Make a token that reads: `fly tokens create readonly <organization>`. Leave the word FlyV1 in front out.",
    url="https://fly.io/dashboard/personal/tokens",
    fields=(
        Field("token", "Token", secret=True, pattern=r"\S{20,4000}"),
        Field("organization", "Organization", "Its slug.", pattern=r"[A-Za-z0-9-]{1,80}", example="shop"),
    ),
    check=_check,
)
