"""Who is asking: from what the wire tells to a user, for REST and for the Socket.IO handshake alike."""

from aurora_rt.db.pool import Database
from aurora_rt.identity import queries, sessions
from aurora_rt.identity.models import Caller
from aurora_rt.identity.trust import trusted_user_id
from aurora_rt.settings import Settings
from aurora_rt.web.visitor import Visitor

COOKIE = "aurora_session"


async def resolve(database: Database, settings: Settings, visitor: Visitor) -> Caller | None:
    """The user behind a visitor, by session cookie, else by a trusted X-User-ID; None for nobody we know."""
    token = visitor.cookie(COOKIE)
    if token and (caller := await sessions.caller_of(database, token)):
        return caller
    user_id = trusted_user_id(settings, visitor)
    if user_id is None:
        return None
    async with database.connection() as connection:
        return await queries.caller_by_id(connection, user_id)
