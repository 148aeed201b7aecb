"""python-socketio as it comes, on hypercorn and uvloop. Usage: stock.py PORT [REDIS_URL]"""

import asyncio
import sys

import socketio
import uvloop
from hypercorn.asyncio import serve
from hypercorn.config import Config


async def main(port: str, redis_url: str | None = None) -> None:
    manager = socketio.AsyncRedisManager(redis_url) if redis_url else None
    server = socketio.AsyncServer(async_mode="asgi", client_manager=manager)

    @server.on("join")
    async def join(sid: str, message: dict) -> dict:
        await server.enter_room(sid, message["room"])
        return {"ok": True}

    @server.on("pub")
    async def publish(_: str, message: dict) -> None:
        await server.emit("thought:delta", message, room=message["room"])

    config = Config()
    config.bind = [f"127.0.0.1:{port}"]
    config.errorlog = None
    await serve(socketio.ASGIApp(server), config, shutdown_trigger=asyncio.Event().wait)


with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
    runner.run(main(*sys.argv[1:]))
