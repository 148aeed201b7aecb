"""The messages that clients send: validated, carried out, acknowledged."""

from collections import Counter
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar
from uuid import UUID

import socketio
import structlog
from pydantic import ValidationError

from aurora_rt.chat.ask import NewQuestion, SessionNotFound, ask, is_own
from aurora_rt.chat.ask import cancel as cancel_answer
from aurora_rt.clock import new_id
from aurora_rt.db.pool import AWAY, Database
from aurora_rt.errors import AuroraError, Invalid, NotFound, TooMany, Unauthenticated, Unavailable
from aurora_rt.events.change import Changes
from aurora_rt.events.envelope import FEED, chat_room, feed_room, incident_room
from aurora_rt.identity.allowed import require_role, require_write
from aurora_rt.identity.asking import asking_still
from aurora_rt.identity.models import Caller, Role
from aurora_rt.incidents.detail import exists
from aurora_rt.incidents.lifecycle import IncidentNotFound
from aurora_rt.investigation.control import cancel as cancel_investigation
from aurora_rt.realtime.admission import Admission
from aurora_rt.realtime.handshake import Handshake
from aurora_rt.realtime.rooms import Rooms
from aurora_rt.realtime.schemas import (
    Acknowledged,
    ChatCancel,
    ChatSend,
    Done,
    InvestigationCancel,
    Join,
    JoinedRoom,
    Leave,
    OpenTextShown,
    QuestionTaken,
    Refusal,
    Sent,
)
from aurora_rt.web.bodies import complaint
from aurora_rt.web.limits import Limits

ROOMS_PER_CLIENT = 64
AT_ONCE = 64
"""Messages of one connection that are being carried out, at most."""

log = structlog.get_logger(__name__)

S = TypeVar("S", bound=Sent)
Acknowledgement = dict[str, Any]


class TooManyRooms(Invalid):
    """One connection is in as many rooms as it may be."""

    code = "too_many_rooms"


class TooManyAtOnce(TooMany):
    """One connection has as many messages being carried out as it may have."""

    code = "too_many_messages"


class RoomNotFound(NotFound):
    """There is no such room for this user."""

    code = "room_not_found"


class Handlers:
    """What each message does. One for a process."""

    def __init__(
        self,
        database: Database,
        changes: Changes,
        limits: Limits,
        handshake: Handshake,
        rooms: Rooms,
        admission: Admission,
    ) -> None:
        self._database = database
        self._changes = changes
        self._limits = limits
        self._handshake = handshake
        self._rooms = rooms
        self._admission = admission
        self._callers: dict[str, Caller] = {}
        self._joined: dict[str, set[str]] = {}
        self._at_once: Counter[str] = Counter()

    def register(self, server: socketio.AsyncServer) -> None:
        """Make `server` call us."""
        server.on("connect", self._connect)
        server.on("disconnect", self._disconnect)
        server.on("join", self._acknowledged(Join, self._join, "viewer"))
        server.on("leave", self._acknowledged(Leave, self._leave))
        server.on("chat:send", self._acknowledged(ChatSend, self._chat_send, "editor"))
        server.on("chat:cancel", self._acknowledged(ChatCancel, self._chat_cancel, "viewer"))
        server.on(
            "investigation:cancel",
            self._acknowledged(InvestigationCancel, self._investigation_cancel, "editor"),
        )

    def _acknowledged(
        self,
        model: type[S],
        handle: Callable[[str, Caller, S], Awaitable[Acknowledged]],
        needed: Role | None = None,
    ) -> Callable[..., Awaitable[Acknowledgement]]:
        """`needed` is the least role, looked up anew: it may have changed since the connection was made."""

        async def acknowledge(sid: str, argument: object = None, *_: object) -> Acknowledgement:
            if self._at_once[sid] >= AT_ONCE:
                wait = f"Only {AT_ONCE} messages are carried out at once for one connection."
                return _refusal(TooManyAtOnce(wait, retry_after=1.0))
            self._at_once[sid] += 1
            try:
                sent = model.model_validate(argument)
                done = await handle(sid, await self._caller(sid, needed), sent)
                return done.model_dump(mode="json", exclude_none=True)
            except ValidationError as error:
                return _refusal(Invalid(complaint(error)))
            except AuroraError as error:
                return _refusal(error)
            except AWAY as error:
                log.warning("message_refused", error=str(error))
                return _refusal(Unavailable("The database is not reachable just now. Try again in a moment."))
            except Exception as error:  # noqa: BLE001 - the outermost edge of a message
                return _internal(error)
            finally:
                self._at_once[sid] -= 1
                if not self._at_once[sid]:
                    del self._at_once[sid]

        return acknowledge

    async def _caller(self, sid: str, needed: Role | None) -> Caller:
        connected = self._callers[sid]
        if needed is None:
            return connected
        caller = await asking_still(self._database, connected)
        require_role(caller, needed)
        return caller

    async def _connect(self, sid: str, environ: dict[str, Any], auth: object = None) -> None:
        caller = await self._handshake.caller(environ, auth)
        self._callers[sid] = caller
        self._admission.admit(sid, caller)
        self._joined[sid] = set()
        environ["asgi.scope"].clear()
        environ.clear()  # it is kept as long as the connection: headers and all

    async def _disconnect(self, sid: str, *_: object) -> None:
        self._callers.pop(sid, None)
        self._admission.forget(sid)
        await self._rooms.left_all(sid, self._joined.pop(sid, set()))

    async def _join(self, sid: str, caller: Caller, sent: Join) -> Acknowledged:
        room = await self._room(caller, sent.room)
        mine = self._joined.get(sid)
        if mine is None:
            raise Unauthenticated("The connection ended meanwhile.")
        if room not in mine and len(mine) >= ROOMS_PER_CLIENT:
            raise TooManyRooms(f"One connection may be in {ROOMS_PER_CLIENT} rooms at most.")
        mine.add(room)
        joined = await self._rooms.join(sid, room, caller, sent.since, sent.epoch)
        if sid not in self._callers:  # gone while it was joining
            await self._rooms.leave(sid, room)
        return JoinedRoom(
            epoch=joined.epoch,
            seq=joined.seq,
            replayed=joined.replayed,
            open=tuple(
                OpenTextShown(
                    kind=one.kind,
                    id=one.id,
                    text=one.text,
                    offset=len(one.text),
                    session_id=one.session_id or None,
                )
                for one in joined.open_texts
            ),
            resync=joined.resync or None,
        )

    async def _leave(self, sid: str, caller: Caller, sent: Leave) -> Acknowledged:
        room = feed_room(caller.organization_id) if sent.room == FEED else sent.room
        self._joined[sid].discard(room)
        await self._rooms.leave(sid, room)
        return Done()

    async def _chat_send(self, _: str, caller: Caller, sent: ChatSend) -> Acknowledged:
        require_write(caller)
        await self._limits.require(self._limits.named("chat"), caller.user_id)
        question = NewQuestion(
            sent.text, sent.mode, sent.session_id, sent.incident_id, sent.client_id, sent.model
        )
        asked = await ask(self._changes, caller.organization_id, caller.user_id, question)
        return QuestionTaken(
            session_id=asked.session.id, message_id=asked.message.id, is_new_session=asked.is_new_session
        )

    async def _chat_cancel(self, _: str, caller: Caller, sent: ChatCancel) -> Acknowledged:
        require_write(caller)
        await cancel_answer(self._changes, caller.organization_id, caller.user_id, sent.session_id)
        return Done()

    async def _investigation_cancel(self, _: str, caller: Caller, sent: InvestigationCancel) -> Acknowledged:
        require_write(caller)
        await cancel_investigation(self._changes, caller.organization_id, sent.incident_id)
        return Done()

    async def _room(self, caller: Caller, name: str) -> str:
        """The room that a client names, if it may be in it. Raises an error of the kind `NotFound`."""
        if name == FEED:
            return feed_room(caller.organization_id)
        kind, _, given = name.partition(":")
        try:
            room_id = UUID(given)
        except ValueError:
            raise RoomNotFound("There is no such room.") from None
        async with self._database.scope(caller.organization_id) as scope:
            match kind:
                case "incident" if await exists(scope, room_id):
                    return incident_room(room_id)
                case "incident":
                    raise IncidentNotFound("There is no such incident.")
                case "chat" if await is_own(scope, room_id, caller.user_id):
                    return chat_room(room_id)
                case "chat":
                    raise SessionNotFound("There is no such chat session.")
        raise RoomNotFound("There is no such room.")


def _refusal(error: AuroraError) -> Acknowledgement:
    refusal = Refusal(error=error.message, code=error.code, retry_after=error.retry_after)
    return refusal.model_dump(exclude_none=True)


def _internal(error: Exception) -> Acknowledgement:
    error_id = new_id().hex
    log.error("message_failed", error_id=error_id, exc_info=error)
    sentence = f"Something went wrong on our side; the server's log tells more under {error_id}."
    return Refusal(error=sentence, code="internal_error").model_dump(exclude_none=True)
