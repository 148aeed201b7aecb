"""Writing a postmortem: a draft from the record, then people's changes, of which none is lost."""

from uuid import UUID

from aurora_rt.clock import now
from aurora_rt.db.pool import Database
from aurora_rt.errors import Conflict, NotFound
from aurora_rt.events.change import Change, Changes
from aurora_rt.events.envelope import incident_room
from aurora_rt.identity.models import Caller
from aurora_rt.incidents import detail, lifecycle
from aurora_rt.investigation import pictures
from aurora_rt.postmortems import drafting, queries
from aurora_rt.postmortems.models import Postmortem
from aurora_rt.postmortems.schemas import PostmortemChanged


class PostmortemNotFound(NotFound):
    """The incident has no postmortem yet."""

    code = "postmortem_not_found"


class PostmortemChangedMeanwhile(Conflict):
    """Somebody wrote another version than the one that was read."""

    code = "postmortem_changed"


async def read(database: Database, organization_id: UUID, incident_id: UUID) -> Postmortem:
    """The postmortem as it stands. Raises `PostmortemNotFound`, also where there is no such incident."""
    async with database.scope(organization_id) as scope:
        found = await queries.select_postmortem(scope, incident_id)
    if found is None:
        raise PostmortemNotFound("Nobody has written a postmortem of this incident.")
    return found


async def draft(
    database: Database, changes: Changes, caller: Caller, incident_id: UUID, version: int | None
) -> tuple[Postmortem, bool]:
    """A draft from the record, and whether it is new.

    What is there already stays, unless its `version` is named. Raises `IncidentNotFound`, `PostmortemChangedMeanwhile`.
    """
    incident = await detail.show(database, caller.organization_id, incident_id)
    around = await pictures.surroundings_of(database, caller.organization_id, incident_id)
    text = drafting.drafted(incident, around, now())
    async with changes.open(caller.organization_id) as change:
        await lifecycle.lock(change, incident_id)
        known = await queries.select_postmortem(change, incident_id)
        if known is not None and version is None:
            return known, False
        _require(known, version)
        return await _write(change, caller, incident_id, text), True


async def keep(
    changes: Changes, caller: Caller, incident_id: UUID, markdown: str, version: int
) -> Postmortem:
    """Write a new text over the version that its writer has read.

    Raises `IncidentNotFound`, `PostmortemNotFound`, `PostmortemChangedMeanwhile`.
    """
    async with changes.open(caller.organization_id) as change:
        await lifecycle.lock(change, incident_id)
        known = await queries.select_postmortem(change, incident_id)
        if known is None:
            raise PostmortemNotFound("Nobody has written a postmortem of this incident.")
        _require(known, version)
        if known.markdown == markdown:
            return known
        return await _write(change, caller, incident_id, markdown)


def _require(known: Postmortem | None, version: int | None) -> None:
    if version is not None and (known is None or known.version != version):
        by = known.updated_by_name if known is not None and known.updated_by_name else "Somebody"
        raise PostmortemChangedMeanwhile(f"{by} changed the postmortem meanwhile: read it again.")


async def _write(change: Change, caller: Caller, incident_id: UUID, markdown: str) -> Postmortem:
    name = caller.name or caller.email
    written = await queries.upsert_postmortem(change, incident_id, markdown, caller.user_id, name, now())
    change.say(incident_room(incident_id), PostmortemChanged.of(written))
    return written
