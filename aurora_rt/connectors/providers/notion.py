"""Notion, with the secret of an integration (https://developers.notion.com/reference/get-self)."""

from typing import Final

from pydantic import BaseModel

from aurora_rt.connectors.asking import Wire, bearer
from aurora_rt.connectors.connector import Connector, Field, Found, Given


class _Bot(BaseModel):
    workspace_name: str | None = None


class _Me(BaseModel):
    id: str
    name: str | None = None
    bot: _Bot = _Bot()


async def _check(given: Given, wire: Wire) -> Found:
    headers = {**bearer(given["token"]), "Notion-Version": "2022-06-28"}
    me = await wire.ask("https://api.notion.com/v1/users/me", _Me, headers=headers)
    return Found(
        me.id, me.bot.workspace_name or me.name or me.id, {"Integration": me.name} if me.name else {}
    )


CONNECTOR: Final = Connector(
    name="notion",
    title="Notion",
    kind="documents",
    help="Make an internal integration that reads content, and share the pages with it.",
    url="https://www.notion.so/profile/integrations",
    fields=(Field("token", "Secret of the integration", secret=True, pattern=r"\S{20,200}"),),
    check=_check,
)
