"""GitLab, with a token (https://docs.gitlab.com/api/users/#get-the-current-user)."""

from typing import Final

from pydantic import BaseModel

from aurora_rt.connectors.asking import Wire
from aurora_rt.connectors.connector import Connector, Field, Found, Given, Lent
from aurora_rt.connectors.listed import host_of, hosts, listed


class _User(BaseModel):
    username: str
    name: str = ""


async def _check(given: Given, wire: Wire) -> Found:
    base = given["address"] or wire.settings.gitlab_url
    user = await wire.ask(
        f"{base.rstrip('/')}/api/v4/user",
        _User,
        headers={"PRIVATE-TOKEN": given["token"]},
        entered=bool(given["address"]),
    )
    return Found(f"{user.username}@{host_of(base)}", user.username, {"Name": user.name} if user.name else {})


async def _lend(given: Given, wire: Wire) -> Lent:
    return Lent(
        {
            "gitlab_token": given.secret("token"),
            "gitlab_projects": listed(given["projects"]),
            "gitlab_url": given["address"] or wire.settings.gitlab_url,
        },
        hosts=hosts(given["address"]),
    )


CONNECTOR: Final = Connector(
    name="gitlab",
    title="GitLab",
    kind="source code",
    help="Make a personal, group or project access token with the scopes `read_user` and `read_api`.",
    url="https://gitlab.com/-/user_settings/personal_access_tokens",
    fields=(
        Field("token", "Token", secret=True, pattern=r"\S{20,400}"),
        Field(
            "projects",
            "Projects",
            "Those whose changes are looked at, comma-separated; `service=group/name` where the names differ.",
            pattern=r"[\w./=, -]+/[\w./=, -]+",
            example="shop/cart",
        ),
        Field(
            "address",
            "Address",
            "Of your own GitLab, if you have one.",
            required=False,
            example="https://gitlab.example.com",
            address=True,
        ),
    ),
    check=_check,
    toolsets=("changes",),
    lend=_lend,
)
