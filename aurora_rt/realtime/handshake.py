"""Who connects: settled before the connection is accepted."""

from collections.abc import Mapping
from typing import Any

from socketio.exceptions import ConnectionRefusedError as Refused

from aurora_rt.db.pool import Database
from aurora_rt.identity.asking import resolve
from aurora_rt.identity.models import Caller
from aurora_rt.settings import Settings
from aurora_rt.web.origin import origin_allowed
from aurora_rt.web.visitor import Visitor


class Handshake:
    """Checks the page and the person behind a new connection."""

    def __init__(self, settings: Settings, database: Database) -> None:
        self._settings = settings
        self._database = database

    def origin_allowed(self, origin: str, environ: Mapping[str, Any]) -> bool:
        """Whether a page of `origin` may connect."""
        return origin_allowed(origin, Visitor.of(environ["asgi.scope"]).own_origin, self._settings)

    async def caller(self, environ: Mapping[str, Any], auth: object = None) -> Caller:
        """Who connects, by cookie, by `auth.token`, or by a trusted header.

        Raises `Refused` with the error and code that the client is told.
        """
        visitor = Visitor.of(environ["asgi.scope"])
        caller = await resolve(self._database, self._settings, visitor, _token(auth))
        if caller is None:
            sentence = "Sign in first."
            raise Refused(sentence, {"error": sentence, "code": "unauthenticated"})
        return caller


def _token(auth: object) -> str | None:
    token = auth.get("token") if isinstance(auth, Mapping) else None
    return token if isinstance(token, str) and token else None
