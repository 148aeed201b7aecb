"""`aurora-rt tail`: an incident on the terminal, as it is looked into."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import suppress
from typing import Any

import click

from aurora_rt.cli.telling import Teller, as_json
from aurora_rt.client import Aurora, Event, Message, Refused, Resync, Room, Unreachable, connect

FEED = "feed"
NO_ENTRY = (
    "An API token is needed. Make one with POST /api/auth/tokens and "
    '{"name": "tail", "scope": "read"} while signed in (the page /docs of the server does it), '
    "and put it into AURORA_TOKEN."
)


@click.command()
@click.argument("incident")
@click.option(
    "--url", envvar="AURORA_URL", default="http://127.0.0.1:5080", show_default=True, help="The server."
)
@click.option("--token", envvar="AURORA_TOKEN", help="An API token; better put into AURORA_TOKEN.")
@click.option("--json", "in_json", is_flag=True, help="Each message as one line of JSON.")
@click.option(
    "--since",
    type=click.IntRange(min=0),
    help="Begin after this event. Default: 0, the beginning; for the feed: now.",
)
@click.option(
    "--follow/--no-follow",
    default=True,
    show_default=True,
    help="Go on until Ctrl-C, or end with the investigation (the feed: with what happened so far).",
)
def tail(incident: str, url: str, token: str | None, in_json: bool, since: int | None, follow: bool) -> None:
    """Watch INCIDENT, the id of one, or `feed` for what happens to all of them.

    Thoughts, summaries and answers are shown while they are written. A lost connection is opened again.
    """
    if not token:
        raise click.UsageError(NO_ENTRY)
    if since is None and not (incident == FEED and follow):
        since = 0
    tell = _line if in_json else Teller(click.echo).tell
    try:
        with suppress(KeyboardInterrupt):  # how one ends it
            asyncio.run(_tail(incident, url, token, since, follow, tell))
    except (Refused, Unreachable) as error:
        raise click.ClickException(str(error)) from error


async def _tail(
    incident: str, url: str, token: str, since: int | None, follow: bool, tell: Callable[[Message], None]
) -> None:
    room = FEED if incident == FEED else f"incident:{incident}"
    async with connect(url, token=token) as aurora:
        told = None if follow else await _present(aurora, incident)
        async with aurora.join(room, since=since) as heard:
            messages = heard if told is None else _until_ended(heard, since or 0, told)
            async for message in messages:
                tell(message)


async def _present(aurora: Aurora, incident: str) -> dict[str, Any]:
    """How it stands now: `seq`, and whether an investigation is over."""
    if incident == FEED:
        return {"seq": (await aurora.incidents(limit=1))["seq"], "auroraStatus": "complete"}
    return await aurora.incident(incident)


async def _until_ended(room: Room, position: int, told: dict[str, Any]) -> AsyncIterator[Message]:
    """What the room tells up to the end of the investigation, and at least up to how it stood when it was `told`."""
    begun, ended = False, told["auroraStatus"] in ("complete", "error")
    while not (ended and position >= told["seq"]):
        message = await anext(room)
        yield message
        match message:
            case Event(type="status", data={"auroraStatus": status}):
                # One that was cancelled is idle again, as it was before it began.
                ended = status in ("complete", "error") or (begun and status == "idle")
                begun = begun or status == "running"
        if isinstance(message, Event | Resync):
            position = message.seq


def _line(message: Message) -> None:
    click.echo(as_json(message))
