"""The demo on request: an admin has it played on the machine that they look at, where that is allowed."""

import asyncio
from typing import Final

import structlog

from aurora_rt.alerts import tokens
from aurora_rt.db.pool import Database
from aurora_rt.demo.play import Demo
from aurora_rt.errors import Conflict, Forbidden
from aurora_rt.identity.models import Caller

SOURCE: Final = "alertmanager"
WEBHOOK: Final = "Demo"
"""What the webhook of the demo is called, in each organization that had it played."""

log = structlog.get_logger(__name__)


class DemoOff(Forbidden):
    """This server does not cause problems on its machine."""

    code = "demo_off"


class DemoRunning(Conflict):
    """It is being played already."""

    code = "demo_running"


class Stage:
    """Where the demo is played: one for a process, one play at a time, whoever asked for it.

    `base_url` is where this process itself is reached.
    """

    name = "stage"

    def __init__(
        self, database: Database, base_url: str, *, allowed: bool, prometheus_url: str | None
    ) -> None:
        self._database = database
        self._base_url = base_url
        self._prometheus_url = prometheus_url
        self.allowed = allowed
        self._asked: asyncio.Queue[Demo] = asyncio.Queue(1)
        self.running = False

    async def start(self, caller: Caller) -> None:
        """Have it played, its alerts going to the caller's organization. Raises `DemoOff`, `DemoRunning`."""
        if not self.allowed:
            raise DemoOff(
                "This server causes no problems on its machine: it takes AURORA_DEMO=true, or `aurora-rt up`."
            )
        if self.running:
            raise DemoRunning("The demo is running already. Its problems end by themselves within minutes.")
        self.running = True
        try:
            secret = await self._way_in(caller)
        except BaseException:
            self.running = False
            raise
        self._asked.put_nowait(Demo(self._base_url, secret, prometheus_url=self._prometheus_url))
        log.info("demo_asked_for", user_id=caller.user_id)

    async def run(self) -> None:
        """Play what was asked for, for as long as the process lives. Cancelled, it ends what it caused."""
        while True:
            demo = await self._asked.get()
            try:
                await demo.run()
            except* OSError as error:  # no room for it on this machine: no reason to end the server
                log.warning("demo_failed", errors=[str(one) for one in error.exceptions])
            finally:
                self.running = False

    async def _way_in(self, caller: Caller) -> str:
        """A token for the demo's alerts: of the webhook of an earlier play, if there is one."""
        organization = caller.organization_id
        for known in await tokens.list_all(self._database, organization):
            if (known.source, known.name) == (SOURCE, WEBHOOK):
                return (await tokens.rotate(self._database, organization, known.id)).secret
        return (await tokens.create(self._database, organization, SOURCE, WEBHOOK)).secret
