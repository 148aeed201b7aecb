"""Connections last no longer than what they were opened with: a session, a token, an account.

Who signs out, changes the password, revokes a token or is removed is cut off within seconds, on every process: all
connections are looked up together, in one query every `LOOK_SECONDS`, so it takes no message that could be lost.
"""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Final

import structlog

from aurora_rt.db.pool import AWAY, Database
from aurora_rt.identity.asking import lasting
from aurora_rt.identity.models import Caller

LOOK_SECONDS: Final = 2.0

log = structlog.get_logger(__name__)


class Admission:
    """Who is connected to this process, and with what."""

    name = "admission"

    def __init__(self, database: Database, cut: Callable[[str], Awaitable[None]]) -> None:
        """`cut` closes the connection of a client."""
        self._database = database
        self._cut = cut
        self._admitted: dict[str, str] = {}

    def admit(self, sid: str, caller: Caller) -> None:
        """Remember what a client came in with."""
        self._admitted[sid] = caller.credential

    def forget(self, sid: str) -> None:
        """A client is gone."""
        self._admitted.pop(sid, None)

    async def run(self) -> None:
        """Cut off whose way in has ended, for as long as the process lives."""
        while True:
            await asyncio.sleep(LOOK_SECONDS)
            await self.look()

    async def look(self) -> None:
        """Cut off, once, whose way in has ended."""
        asked = dict(self._admitted)  # who comes in during the query was not asked about
        if not asked:
            return
        try:
            still = await lasting(self._database, set(asked.values()))
        except AWAY as error:  # nobody is cut off for an outage of ours
            log.warning("admission_not_checked", error=str(error))
            return
        ended = [sid for sid, credential in asked.items() if credential not in still]
        if ended:
            log.info("connections_cut", count=len(ended))
        for sid in ended:
            self.forget(sid)
            await self._cut(sid)
