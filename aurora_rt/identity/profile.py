"""What people change of themselves."""

from aurora_rt.db.pool import Database
from aurora_rt.identity import queries
from aurora_rt.identity.models import Caller


async def rename(database: Database, caller: Caller, name: str) -> None:
    """Give the caller another name."""
    async with database.scope(caller.organization_id) as scope:
        await queries.set_name(scope, caller.user_id, name)
