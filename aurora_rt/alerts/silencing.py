"""Holding alerts back: what begins to fire while it is silenced opens nothing until the silence is over.

Such an alert is known (its row fires, without an incident), and what it said is kept beside it. When its silence ends
and it still fires, it begins then, for the first time; when it recovers before that, nobody was bothered. A silence
changes nothing about incidents that are there already. `waking` lets go of what was held.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from pydantic import TypeAdapter

from aurora_rt.alerts import silence_queries
from aurora_rt.alerts.models import Alert, KnownAlert
from aurora_rt.alerts.silence import Matcher, Silence, silence_of
from aurora_rt.clock import new_id, now
from aurora_rt.db.pool import Database, Row, Scope
from aurora_rt.errors import Conflict, Invalid, NotFound
from aurora_rt.identity.models import Caller

MOST: Final = 500
"""Silences of an organization that are in force or will be: each alert that begins is compared with all of them."""
LONGEST: Final = timedelta(days=366)
SHOWN_AFTER: Final = timedelta(days=7)
"""For how long a silence that is over is shown."""

SAID: Final = TypeAdapter(Alert)


class SilenceNotFound(NotFound):
    """There is no such silence, or it is over."""

    code = "silence_not_found"


class TooManySilences(Conflict):
    """The organization has as many silences as it may have."""

    code = "too_many_silences"


@dataclass(frozen=True, slots=True)
class Heard:
    """An alert that begins to fire, and the delivery that said so."""

    known: KnownAlert
    alert: Alert
    delivery_id: UUID


@dataclass(slots=True)
class Silencing:
    """What holds alerts back: the organization's silences, and those of the operator's Alertmanager."""

    elsewhere: Sequence[Silence] = field(default=())
    """Alertmanager's, as they were when it was last asked."""

    async def hold(
        self, scope: Scope, beginning: Sequence[Heard], over: Sequence[UUID], at: datetime
    ) -> set[UUID]:
        """Hold back what is silenced of the alerts that begin; their ids. Of those that are `over` nothing is kept."""
        silences = (
            [*self.elsewhere, *map(_silence, await silence_queries.select_active(scope, at))]
            if beginning
            else []
        )
        held = [
            (one, found)
            for one in beginning
            if (found := silence_of(one.alert, silences)) and found.until > at
        ]
        ids = {one.known.id for one, _ in held}
        free = [*over, *(one.known.id for one in beginning if one.known.waits and one.known.id not in ids)]
        if free:
            await silence_queries.release(scope, free)
        if held:
            await silence_queries.hold(
                scope,
                [one.known.id for one, _ in held],
                [one.alert.status for one, _ in held],
                [one.alert.started_at or at for one, _ in held],
                [one.alert.changed_at for one, _ in held],
                [silence.id for _, silence in held],
                [one.delivery_id for one, _ in held],
                [SAID.dump_json(one.alert).decode() for one, _ in held],
                [silence.until for _, silence in held],
            )
        return ids


async def silence(
    database: Database,
    caller: Caller,
    matchers: Sequence[Mapping[str, object]],
    starts_at: datetime | None,
    ends_at: datetime,
    comment: str,
) -> UUID:
    """Keep a silence of alerts that all of `matchers` hold for. Raises `Invalid`, `TooManySilences`."""
    at = now()
    begins = starts_at or at
    if ends_at <= at or ends_at <= begins:
        raise Invalid('The field "endsAt" is wrong: a silence must end after it begins, and in the future.')
    if ends_at - begins > LONGEST:
        raise Invalid('The field "endsAt" is wrong: a silence lasts a year at most.')
    silence_id = new_id()
    async with database.scope(caller.organization_id) as scope, scope.connection.transaction():
        if await silence_queries.count_lasting(scope, at) >= MOST:
            raise TooManySilences(f"There are {MOST} silences already. End some of them first.")
        await silence_queries.insert(
            scope, silence_id, matchers, begins, ends_at, comment, caller.user_id, caller.name, at
        )
    return silence_id


async def end(database: Database, organization_id: UUID, silence_id: UUID) -> None:
    """End a silence now. Raises `SilenceNotFound`."""
    async with database.scope(organization_id) as scope:
        if not await silence_queries.end(scope, silence_id, now()):
            raise SilenceNotFound("There is no such silence, or it is over.")


def compiled(expression: str) -> re.Pattern[str] | None:
    """An expression of Alertmanager's (RE2 syntax), `None` where Python does not know it."""
    try:
        return re.compile(expression)
    except re.error:
        return None


def _silence(row: Row) -> Silence:
    matchers = tuple(Matcher(one["name"], one["value"], one["equal"]) for one in row["matchers"])
    return Silence(row["id"], matchers, row["ends_at"])
