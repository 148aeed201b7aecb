"""What is on its way to one client, and how much of it there may be.

Nobody's reading slowly makes the server's memory grow: above `SPARING` a client gets no more pieces of text (the
finished texts come as events), above `FULL` no more events of the room (it is told to `resync`), and above `BURST`,
which only answers to its own messages can fill, its connection is cut.

Two kinds, with the interface of the queue that Engine.IO puts its packets into: `Written` for websockets whose
transport we found (`wire`), where nothing waits but bytes, and `Queued` for all others.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final

import structlog
from engineio.packet import MESSAGE, Packet

from aurora_rt.realtime.wire import BINARY, GOING_AWAY, frame

CLOSE_SECONDS: Final = 5.0
"""How long a client has to answer when its connection is closed."""

TOGETHER: Final = 16
"""Packets in the answer to one poll: Python's client (`engineio.payload`) hangs up at more."""

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Bound:
    """So much may be unsent."""

    octets: int
    messages: int


BURST: Final = Bound(1024 * 1024, 1000)
FULL: Final = Bound(BURST.octets * 3 // 4, BURST.messages * 3 // 4)
SPARING: Final = Bound(BURST.octets // 2, BURST.messages // 2)


class Encoded(Packet):  # type: ignore[misc]  # Engine.IO is untyped
    """A message that was encoded, and framed, once for everybody."""

    def __init__(self, message: bytes, *, droppable: bool = False) -> None:
        """`message` is a Socket.IO event's JSON: a list of its name and its object."""
        text = b"2" + message  # a Socket.IO packet of the kind "event", of the namespace "/"
        super().__init__(MESSAGE, text.decode())
        self.frame = frame(b"4" + text)
        self.droppable = droppable


class Batch:
    """Messages that are sent together, to many."""

    def __init__(self, packets: Sequence[Encoded]) -> None:
        self.packets = packets

    @cached_property
    def frames(self) -> bytes:
        """All of it."""
        return b"".join([packet.frame for packet in self.packets])

    @cached_property
    def lasting(self) -> "Batch":
        """What must not be left out."""
        return Batch([packet for packet in self.packets if not packet.droppable])


class Written:
    """A connection that frames are written to."""

    __slots__ = ("_transport", "messages")

    def __init__(self, transport: asyncio.WriteTransport) -> None:
        self._transport = transport
        self.messages = 0
        """How many were written since everything had been sent."""

    @property
    def octets(self) -> int:
        """How much is unsent."""
        # A closed transport of uvloop raises when it is asked.
        return 0 if self._transport.is_closing() else self._transport.get_write_buffer_size()

    def offer(self, batch: Batch) -> bool:
        """Send as much of a batch as this client keeps up with; false when not even its events."""
        transport = self._transport
        if transport.is_closing():
            return True
        unsent = transport.get_write_buffer_size()
        if not unsent:
            self.messages = 0
        elif unsent >= SPARING.octets or self.messages >= SPARING.messages:
            batch = batch.lasting
            if not batch.packets:
                return True
            if unsent >= FULL.octets or self.messages >= FULL.messages:
                return False
        self.messages += len(batch.packets)
        transport.write(batch.frames)
        return True

    def put_nowait(self, packet: Packet | None) -> None:
        """Send a packet, whatever it takes; `None` closes the connection."""
        if self._transport.is_closing():
            return
        if packet is None:
            self._transport.write(GOING_AWAY)
            asyncio.get_running_loop().call_later(CLOSE_SECONDS, self._transport.abort)
        elif self.octets >= BURST.octets or (self.octets and self.messages >= BURST.messages):
            self.cut()
        else:
            self.messages = self.messages + 1 if self.octets else 1
            self._transport.write(_framed(packet))

    async def put(self, packet: Packet | None) -> None:
        """The same."""
        self.put_nowait(packet)

    async def join(self) -> None:
        """Nothing to wait for: what is written leaves by itself."""

    def cut(self) -> None:
        """End the connection at once, with what is unsent."""
        log.warning("slow_client_cut")
        self._transport.abort()


class Queued(asyncio.Queue[Packet | None]):
    """Packets that wait for the next poll, or for a server that has its own way to send."""

    octets = 0
    is_cut = False
    _together = 0
    transport: asyncio.WriteTransport | None = None
    """The connection's, when it is known; without it a writer that is stuck cannot be freed."""

    @property
    def messages(self) -> int:
        """How many wait."""
        return self.qsize()

    def offer(self, batch: Batch) -> bool:
        """As `Written.offer`."""
        if self.is_cut:
            return True
        if self.octets >= SPARING.octets or self.messages >= SPARING.messages:
            batch = batch.lasting
            if batch.packets and (self.octets >= FULL.octets or self.messages >= FULL.messages):
                return False
        for packet in batch.packets:
            self.put_nowait(packet)
        return True

    async def put(self, packet: Packet | None) -> None:
        """Put, or cut off who does not read."""
        if self.is_cut:
            return
        if packet is not None and (self.octets >= BURST.octets or self.messages >= BURST.messages):
            self.cut()
        else:
            self.put_nowait(packet)

    def cut(self) -> None:
        """Forget what waits, and end the connection."""
        log.warning("slow_client_cut")
        self.is_cut = True
        while not self.empty():
            self.get_nowait()
            self.task_done()
        self.put_nowait(None)
        if self.transport is not None:
            self.transport.abort()

    async def get(self) -> Packet | None:
        """The first packet of a poll's answer."""
        self._together = 1
        return await super().get()

    def get_nowait(self) -> Packet | None:
        """A further one; raises `asyncio.QueueEmpty` when no more should go with it."""
        if self._together >= TOGETHER and not self.is_cut:
            raise asyncio.QueueEmpty
        self._together += 1
        return super().get_nowait()

    def _put(self, packet: Packet | None) -> None:
        self.octets += _octets(packet)
        super()._put(packet)

    def _get(self) -> Packet | None:
        packet: Packet | None = super()._get()
        self.octets -= _octets(packet)
        return packet


Outbox = Written | Queued


def far_behind(outbox: Outbox) -> bool:
    """Whether a client should read some more before it is sent anything that can wait."""
    return outbox.octets >= SPARING.octets or (outbox.messages >= SPARING.messages and outbox.octets > 0)


def _framed(packet: Packet) -> bytes:
    if isinstance(packet, Encoded):
        return packet.frame
    encoded: Any = packet.encode()
    return frame(encoded, BINARY) if isinstance(encoded, bytes) else frame(encoded.encode())


def _octets(packet: Packet | None) -> int:
    return 0 if packet is None else len(packet.encode())
