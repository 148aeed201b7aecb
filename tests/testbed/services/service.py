"""What all services share: a configuration file, metrics, a log of JSON lines, and a way to cause faults."""

import argparse
import asyncio
import json
import logging
import signal
import time
import traceback
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from aiohttp import web

from testbed.services.metrics import Metrics

Answering = Callable[[web.Request], Awaitable[web.StreamResponse]]


class Unanswered(Exception):
    """Something that a service needs did not do its part; the service's own answer is a 5xx."""

    def __init__(self, status: int, reason: str) -> None:
        super().__init__(reason)
        self.status = status


class JsonLines(logging.Formatter):
    """One JSON object a line, as log shippers read it."""

    def format(self, record: logging.LogRecord) -> str:
        at = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
        line = {
            "time": at,
            "level": record.levelname.lower(),
            "service": record.name,
            "message": record.getMessage(),
        }
        if record.exc_info:
            line["exception"] = "".join(traceback.format_exception(*record.exc_info)).strip()
        return json.dumps(line)


class Service:
    """One service: subclasses add routes, and clients in `opened`."""

    name = ""

    def __init__(self, file: Path) -> None:
        self.file = file
        self.config: dict[str, Any] = json.loads(file.read_text())
        self.faults: dict[str, Any] = {}
        """What `POST /control` set: only the testbed calls it, and nothing logs it."""
        self.metrics = Metrics()
        self.log = logging.getLogger(self.name)
        handler = logging.FileHandler(self.config["log"])
        handler.setFormatter(JsonLines())
        self.log.addHandler(handler)
        self.log.setLevel(logging.INFO)
        self.metrics.gauge(f'build_info{{version="{self.config.get("version", "1.0.0")}"}}', lambda: 1)

    def routes(self) -> list[web.RouteDef]:
        """Beside `/metrics`, `/health` and `/control`."""
        return []

    async def opened(self) -> None:
        """Connect to what is needed."""

    async def configured(self) -> None:
        """The configuration file was read anew."""

    async def controlled(self) -> None:
        """`faults` was changed."""

    async def run(self) -> None:
        """Serve until SIGTERM."""
        await self.opened()

        @web.middleware
        async def measured(request: web.Request, handler: Answering) -> web.StreamResponse:
            return await self._measured(request, handler)

        app = web.Application(middlewares=[measured])
        app.add_routes(
            [
                web.get("/metrics", self._metrics),
                web.get("/health", self._health),
                web.post("/control", self._control),
                web.post("/reload", self._reload),
                *self.routes(),
            ]
        )
        runner = web.AppRunner(app, access_log=None)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", self.config["port"]).start()
        await self.started(runner)
        self.log.info("started, version %s", self.config.get("version", "1.0.0"))
        over = asyncio.Event()
        asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, over.set)
        await over.wait()

    async def started(self, runner: web.AppRunner) -> None:
        """Plain HTTP is served; more may be."""

    async def _measured(self, request: web.Request, handler: Answering) -> web.StreamResponse:
        if request.path in ("/metrics", "/health", "/control", "/reload"):
            return await handler(request)
        began = time.monotonic()
        status = 500
        try:
            answer = await handler(request)
            status = answer.status
        except web.HTTPException as error:
            status = error.status
            raise
        except Unanswered as error:
            status = error.status
            self.log.error("%s %s failed: %s", request.method, request.path, error)
            return web.json_response({"error": str(error)}, status=status)
        except Exception:  # the outermost edge of a request
            self.log.exception("%s %s failed", request.method, request.path)
            return web.json_response({"error": "internal error"}, status=500)
        finally:
            self._count(request, status, time.monotonic() - began)
        self.log.info(
            "%s %s %d %.0f ms", request.method, request.path, status, 1000 * (time.monotonic() - began)
        )
        return answer

    def _count(self, request: web.Request, status: int, seconds: float) -> None:
        resource = request.match_info.route.resource
        route = resource.canonical if resource is not None else "unknown"
        self.metrics.count("http_requests_total", code=str(status), method=request.method, route=route)
        self.metrics.observe("http_request_duration_seconds", seconds)

    async def _metrics(self, _: web.Request) -> web.Response:
        return web.Response(text=self.metrics.text())

    async def _health(self, _: web.Request) -> web.Response:
        return web.json_response({"status": "ok"})

    async def _control(self, request: web.Request) -> web.Response:
        self.faults = await request.json()
        await self.controlled()
        return web.json_response({})

    async def _reload(self, _: web.Request) -> web.Response:
        self.config = json.loads(self.file.read_text())
        await self.configured()
        self.log.info("configuration read anew from %s", self.file.name)
        return web.json_response({})


def main(kind: type[Service]) -> None:
    """Run a service as a program."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--config", type=Path, required=True)
    asyncio.run(kind(parser.parse_args().config).run())
