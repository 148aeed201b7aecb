"""GitHub, with a token (https://docs.github.com/en/rest/users/users#get-the-authenticated-user)."""

from typing import Final

from pydantic import BaseModel

from aurora_rt.connectors.asking import Wire, bearer
from aurora_rt.connectors.connector import Connector, Field, Found, Given, Lent
from aurora_rt.connectors.listed import host_of, hosts, listed

REPOSITORIES: Final = r"\s*(?:[\w.-]+=)?[\w.-]+/[\w.-]+\s*(?:,\s*(?:[\w.-]+=)?[\w.-]+/[\w.-]+\s*)*"


class _User(BaseModel):
    login: str
    name: str | None = None


async def _check(given: Given, wire: Wire) -> Found:
    base = given["address"] or wire.settings.github_url
    user = await wire.ask(
        f"{base.rstrip('/')}/user",
        _User,
        headers={**bearer(given["token"]), "X-GitHub-Api-Version": "2022-11-28"},
        entered=bool(given["address"]),
    )
    return Found(f"{user.login}@{host_of(base)}", user.login, {"Name": user.name} if user.name else {})


async def _lend(given: Given, wire: Wire) -> Lent:
    return Lent(
        {
            "github_token": given.secret("token"),
            "github_repositories": listed(given["repositories"]),
            "github_url": given["address"] or wire.settings.github_url,
        },
        hosts=hosts(given["address"]),
    )


CONNECTOR: Final = Connector(
    name="github",
    title="GitHub",
    kind="source code",
    help="Make a fine-grained token that may read contents, deployments, pull requests and actions of your "
    "repositories.",
    url="https://github.com/settings/personal-access-tokens",
    fields=(
        Field("token", "Token", secret=True, pattern=r"\S{20,400}"),
        Field(
            "repositories",
            "Repositories",
            "Those whose changes are looked at, comma-separated; `service=owner/name` where the names differ.",
            pattern=REPOSITORIES,
            example="shop/cart, payments=shop/pay",
        ),
        Field(
            "address",
            "Address",
            "Of GitHub Enterprise's API, if you have one.",
            required=False,
            example="https://github.example.com/api/v3",
            address=True,
        ),
    ),
    check=_check,
    toolsets=("changes",),
    lend=_lend,
)
