"""One's own account over REST: one's name, the browsers that are signed in, and tokens for programs."""

from uuid import UUID

from quart import Blueprint, Response
from quart_schema import document_request, document_response

from aurora_rt.db.pool import Database
from aurora_rt.identity import profile, sessions, tokens
from aurora_rt.identity.asking import COOKIE
from aurora_rt.identity.http import Callers, needs
from aurora_rt.identity.schemas import (
    ApiTokens,
    CreatedApiToken,
    Done,
    Logins,
    NewApiToken,
    ProfileChange,
    ShownApiToken,
    ShownLogin,
    SocketToken,
)
from aurora_rt.web.bodies import answer, read_json
from aurora_rt.web.visitor import here


def routes(database: Database, callers: Callers) -> Blueprint:
    """The routes of one's own account, below `/api/auth`."""
    blueprint = Blueprint("access", __name__, url_prefix="/api/auth")

    @blueprint.patch("/me")
    @document_request(ProfileChange)
    @document_response(Done)
    @needs("viewer")
    async def change_profile() -> Response:
        """Change one's own name, as others see it."""
        caller = await callers.current()
        await profile.rename(database, caller, (await read_json(ProfileChange)).name)
        return answer(Done(message="Name changed"))

    @blueprint.get("/sessions")
    @document_response(Logins)
    async def list_sessions() -> Response:
        """Where the caller is signed in, the browser seen last first."""
        found = await sessions.list_own(database, await callers.current(), here().cookie(COOKIE))
        return answer(Logins(sessions=tuple(map(ShownLogin.of, found))))

    @blueprint.delete("/sessions")
    @document_response(Done)
    @needs("viewer")
    async def end_other_sessions() -> Response:
        """Sign the caller out in all other browsers."""
        await sessions.end_others(database, await callers.current(), here().cookie(COOKIE))
        return answer(Done(message="Signed out elsewhere"))

    @blueprint.delete("/sessions/<uuid:session_id>")
    @document_response(Done)
    @needs("viewer")
    async def end_session(session_id: UUID) -> Response:
        """Sign one of the caller's browsers out."""
        await sessions.end_own(database, await callers.current(), session_id)
        return answer(Done(message="Signed out"))

    @blueprint.get("/tokens")
    @document_response(ApiTokens)
    async def list_tokens() -> Response:
        """The caller's API tokens, without the tokens themselves."""
        found = await tokens.list_own(database, await callers.current())
        return answer(ApiTokens(tokens=tuple(map(ShownApiToken.of, found))))

    @blueprint.post("/tokens")
    @document_request(NewApiToken)
    @document_response(CreatedApiToken, 201)
    @needs("viewer")
    async def create_token() -> Response:
        """Make an API token, for `Authorization: Bearer`. It is shown now and never again."""
        caller = await callers.current()
        wanted = await read_json(NewApiToken)
        created = await tokens.create(database, caller, wanted.name, wanted.scope, wanted.expires_at)
        made = created.token
        return answer(
            CreatedApiToken(
                id=made.id,
                name=made.name,
                scope=made.scope,
                created_at=made.created_at,
                expires_at=made.expires_at,
                last_used_at=None,
                token=created.secret,
            ),
            201,
        )

    @blueprint.delete("/tokens/<uuid:token_id>")
    @document_response(Done)
    @needs("viewer")
    async def revoke_token(token_id: UUID) -> Response:
        """Revoke one of the caller's API tokens, at once."""
        await tokens.revoke(database, await callers.current(), token_id)
        return answer(Done(message="Token revoked"))

    @blueprint.post("/socket-token")
    @document_response(SocketToken)
    @needs("viewer")
    async def socket_token() -> Response:
        """Make a token that opens one Socket.IO connection within a minute, given as `auth.token`."""
        secret = await tokens.socket_token(database, await callers.current())
        return answer(SocketToken(token=secret, expires_in=int(tokens.SOCKET_TOKEN_LIFE.total_seconds())))

    return blueprint
