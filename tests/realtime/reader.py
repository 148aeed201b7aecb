"""A client in a process of its own, that can be stopped: prints what it hears, shortened, until it is told to resync.

Usage: reader.py URL TOKEN ROOM
"""

import asyncio
import json
import sys

import socketio


async def main(url: str, token: str, room: str) -> None:
    client = socketio.AsyncClient(reconnection=False)

    async def hear(event: str, message: dict) -> None:
        told = {key: value for key, value in message.items() if key in ("seq", "room")}
        print(json.dumps([event, told]), flush=True)
        if event == "resync":
            await client.disconnect()

    await client.connect(url, auth={"token": token}, transports=["websocket"])
    ack = await client.call("join", {"room": room}, timeout=30)
    assert ack["ok"], ack
    print("joined", flush=True)
    client.on("*", hear)
    await client.wait()


asyncio.run(main(*sys.argv[1:]))
