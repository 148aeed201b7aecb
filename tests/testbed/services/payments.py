"""Payments: takes charges over TLS, and measures how long its certificate is good for."""

import asyncio
import random
import ssl
from datetime import UTC, datetime
from pathlib import Path

from aiohttp import web

from testbed.services.service import Service, main


class Payments(Service):
    """Charges."""

    name = "payments"

    def routes(self) -> list[web.RouteDef]:
        return [web.post("/charge", self._charge)]

    async def opened(self) -> None:
        self._tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        await self.configured()
        self.metrics.gauge("tls_certificate_not_after_timestamp_seconds", lambda: self._not_after)

    async def configured(self) -> None:
        certificate = Path(self.config["certificate"])
        self._tls.load_cert_chain(certificate, self.config["key"])
        told = ssl._ssl._test_decode_cert(str(certificate))
        self._not_after = datetime.fromtimestamp(ssl.cert_time_to_seconds(told["notAfter"]), UTC).timestamp()

    async def started(self, runner: web.AppRunner) -> None:
        await web.TCPSite(runner, "127.0.0.1", self.config["tls_port"], ssl_context=self._tls).start()

    async def _charge(self, _: web.Request) -> web.Response:
        await asyncio.sleep(random.uniform(0.004, 0.012) + self.faults.get("delay", 0))
        return web.json_response({"charged": True})


if __name__ == "__main__":
    main(Payments)
