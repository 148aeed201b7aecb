"""Slack, with the token of a bot (https://docs.slack.dev/reference/methods/auth.test)."""

from typing import Final

from pydantic import BaseModel

from aurora_rt.connectors.asking import AccountRefused, ProviderAway, Wire, bearer
from aurora_rt.connectors.connector import Connector, Field, Found, Given

API: Final = "https://slack.com/api"
BUSY: Final = frozenset(
    {"ratelimited", "internal_error", "fatal_error", "service_unavailable", "request_timeout"}
)


class _Told(BaseModel):
    ok: bool
    error: str = ""
    team: str = ""
    team_id: str = ""
    user: str = ""


async def _check(given: Given, wire: Wire) -> Found:
    told = await wire.ask(f"{API}/auth.test", _Told, method="POST", headers=bearer(given["token"]))
    if told.error in BUSY:
        raise ProviderAway(f"Slack failed ({told.error}); try again in a moment.")
    if not told.ok:
        raise AccountRefused("Slack does not know that token: it is wrong or was taken back.")
    return Found(told.team_id, told.team or told.team_id, {"Bot": told.user} if told.user else {})


CONNECTOR: Final = Connector(
    name="slack",
    title="Slack",
    kind="chat",
    help="Make an app, install it in the workspace, and enter the token of its bot.",
    url="https://api.slack.com/apps",
    fields=(Field("token", "Bot token", secret=True, pattern=r"xox[bp]-\S{10,300}", example="xoxb-…"),),
    check=_check,
)
