"""A raw websocket broadcast with picows, no Socket.IO: the limit. Usage: raw.py PORT

A client sends `J<room>` to join, which is answered by `J`, and `P<room> <message>` to have a message sent to a room.
"""

import asyncio
import sys
from collections import defaultdict

import uvloop
from picows import WSFrame, WSListener, WSMsgType, WSTransport, ws_create_server

ROOMS: dict[bytes, list[WSTransport]] = defaultdict(list)


class Member(WSListener):
    def on_ws_frame(self, transport: WSTransport, frame: WSFrame) -> None:
        message = frame.get_payload_as_bytes()
        if message[:1] == b"J":
            ROOMS[message[1:]].append(transport)
            transport.send(WSMsgType.TEXT, b"J")
        elif message[:1] == b"P":
            room, _, said = message[1:].partition(b" ")
            for member in ROOMS[room]:
                member.send(WSMsgType.TEXT, said)

    def on_ws_disconnected(self, transport: WSTransport) -> None:
        for members in ROOMS.values():
            if transport in members:
                members.remove(transport)


async def main(port: str) -> None:
    server = await ws_create_server(lambda _: Member(), "127.0.0.1", int(port))
    await server.serve_forever()


with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
    runner.run(main(sys.argv[1]))
