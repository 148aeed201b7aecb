"""One server: connected to, listed, lost, connected to again; and its toolset as it is now."""

import asyncio
import json
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager, suppress
from dataclasses import replace
from importlib import import_module
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any, Final

import httpx
import structlog

from aurora_rt.settings import Settings
from aurora_rt.toolsets.declared.endpoints import ServerFile, resolved, unset
from aurora_rt.toolsets.legible import one_line
from aurora_rt.toolsets.mcp.answers import text_of
from aurora_rt.toolsets.mcp.mishaps import reason_of
from aurora_rt.toolsets.mcp.offered import offer_of
from aurora_rt.toolsets.toolset import Health, Seen, ToolFailed, Toolset

if TYPE_CHECKING:
    from mcp import Client

CONNECT_SECONDS: Final = 30.0
LIST_SECONDS: Final = 10.0
EVERY_SECONDS: Final = 60.0
"""How often tools are listed again, which also tells whether the server still answers."""
FIRST_PAUSE: Final = 0.5
LONGEST_PAUSE: Final = 60.0
PATIENCE_SECONDS: Final = 5.0
"""How long a look waits for a connection that was lost just now."""
SAID: Final = 400

log = structlog.get_logger(__name__)


class Connection:
    """Keeps the connection to one server for as long as `run` runs.

    `publish` is told the toolset whenever the server's tools are others than before.
    """

    def __init__(self, file: ServerFile, publish: Callable[[Toolset], None]) -> None:
        self.name = f"mcp {file.name}"
        self._file = file
        self._publish = publish
        self._client: Client | None = None
        self._reason: str | None = "It has not been connected to yet."
        self._note = ""
        self._listed: list[dict[str, Any]] | None = None
        self._pause = FIRST_PAUSE
        self._up, self._settled, self._doubted = asyncio.Event(), asyncio.Event(), asyncio.Event()
        self.toolset = Toolset(
            name=file.name,
            title=file.title,
            description=file.description,
            cost=file.cost,
            tools=(),
            unusable=self._unusable,
            health=self._health,
            away=self._away,
        )

    async def run(self) -> None:
        """Connect, list, and connect again when the server is gone; with pauses that grow to a minute."""
        if self._lacks() is not None:
            return
        await asyncio.to_thread(import_module, "aurora_rt.toolsets.mcp.session")
        while True:
            try:
                await self._connected()
            except Exception as error:  # noqa: BLE001 - a loop's outermost edge: whatever a server does, try again
                self._lost(reason_of(error))
            finally:
                self._client = None
                self._up.clear()
            self._settled.set()
            if (us := asyncio.current_task()) is not None and us.cancelling():
                # A group that fails just then shows its own error in place of our cancellation.
                raise asyncio.CancelledError
            await asyncio.sleep(self._pause)
            self._pause = min(2 * self._pause, LONGEST_PAUSE)

    def _lost(self, reason: str) -> None:
        if reason != self._reason:
            log.warning("mcp_server_lost", toolset=self._file.name, reason=reason)
        self._reason = reason

    async def call(self, tool: str, arguments: dict[str, Any]) -> Seen:
        """Call a tool. Raises `ToolFailed`."""
        command = f"{self._file.name}: {tool} {json.dumps(arguments, ensure_ascii=False)}"
        client = await self._present(command)
        try:
            result = await client.call_tool(tool, arguments)
        except asyncio.CancelledError:
            self._doubted.set()
            raise
        except Exception as error:  # the SDK's edge: whatever a server makes it raise becomes a sentence
            log.info("mcp_call_failed", toolset=self._file.name, tool=tool, exc_info=error)
            reason = reason_of(error)
            self._doubt(client, reason)
            raise ToolFailed(f"{self._file.title} failed: {reason}", command=command) from error
        text = text_of(result)
        if result.is_error:
            reason = f"{self._file.title} answered with an error: {one_line(text, SAID)}"
            raise ToolFailed(reason, command=command, output=text)
        return Seen(command, text)

    def _doubt(self, client: "Client", reason: str) -> None:
        """Take the connection for lost until the next listing, which is at once."""
        if self._client is client:
            self._client, self._reason = None, reason
            self._up.clear()
            self._doubted.set()

    async def _connected(self) -> None:
        """One connection, until it is lost, which raises."""
        opened = self._opening()
        async with asyncio.timeout(CONNECT_SECONDS) as patience, opened as client:
            await self._list(client)
            patience.reschedule(None)
            log.info("mcp_server_connected", toolset=self._file.name)
            while True:
                self._client, self._reason, self._pause = client, None, FIRST_PAUSE
                self._up.set()
                self._settled.set()
                self._doubted.clear()
                with suppress(TimeoutError):
                    await asyncio.wait_for(self._doubted.wait(), EVERY_SECONDS)
                async with asyncio.timeout(LIST_SECONDS):
                    await self._list(client)

    def _opening(self) -> AbstractAsyncContextManager["Client"]:
        from aurora_rt.toolsets.mcp import session  # an extra, and `run` has imported it in a thread

        server = self._file.mcp
        if server.command is not None:
            return session.with_program(server.command, resolved(server.environment))
        return session.with_url(server.url or "", resolved(server.headers))

    async def _list(self, client: "Client") -> None:
        from aurora_rt.toolsets.mcp import session

        tools = await session.tools_of(client)
        listed = [one.model_dump(mode="json") for one in tools]
        if listed != self._listed:
            offer = await asyncio.to_thread(offer_of, self._file, tools, self.call)
            self._listed, self._note = listed, offer.note
            self.toolset = replace(self.toolset, tools=offer.tools)
            self._publish(self.toolset)

    async def _present(self, command: str) -> "Client":
        patience = min(PATIENCE_SECONDS, self._file.timeout / 2)
        if self._client is None and self._pause <= patience:
            with suppress(TimeoutError):
                await asyncio.wait_for(self._up.wait(), patience)
        if self._client is None:
            raise ToolFailed(f"{self._file.title} cannot be asked: {self._reason}", command=command)
        return self._client

    def _lacks(self) -> str | None:
        if find_spec("mcp") is None:
            return "Its protocol is not installed here: pip install 'aurora-rt[mcp]'."
        return unset(self._file.mcp.environment) or unset(self._file.mcp.headers)

    def _unusable(self, _: Settings) -> str | None:
        return self._lacks()

    def _away(self) -> str | None:
        """Why none of its tools is known; a server that was there and is gone now may be back for the look."""
        return None if self._listed is not None else self._reason

    async def _health(self, _: Settings, __: httpx.AsyncClient) -> Health:
        await self._settled.wait()
        if self._reason is not None:
            return Health("unhealthy", self._reason)
        return Health("healthy", f"Connected. {self._note}")
