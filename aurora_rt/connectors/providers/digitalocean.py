"""DigitalOcean, with a personal access token (https://docs.digitalocean.com/reference/api/reference/account/)."""

from typing import Final

from pydantic import BaseModel

from aurora_rt.connectors.asking import Wire, bearer
from aurora_rt.connectors.connector import Connector, Field, Found, Given

API: Final = "https://api.digitalocean.com/v2"


class _Team(BaseModel):
    uuid: str = ""
    name: str = ""


class _Account(BaseModel):
    uuid: str
    email: str = ""
    status: str = ""
    team: _Team | None = None


class _Told(BaseModel):
    account: _Account


async def _check(given: Given, wire: Wire) -> Found:
    account = (await wire.ask(f"{API}/account", _Told, headers=bearer(given["token"]))).account
    team = account.team or _Team()
    facts = {"E-mail": account.email, "Status": account.status}
    return Found(
        team.uuid or account.uuid,
        team.name or account.email or account.uuid,
        {name: text for name, text in facts.items() if text},
    )


CONNECTOR: Final = Connector(
    name="digitalocean",
    title="DigitalOcean",
    kind="cloud",
    help="Make a personal access token with the scope to read.",
    url="https://cloud.digitalocean.com/account/api/tokens",
    fields=(Field("token", "Token", secret=True, pattern=r"\S{20,200}"),),
    check=_check,
)
