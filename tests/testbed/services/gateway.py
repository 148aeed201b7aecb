"""The gateway: what the world calls. Passes on to orders and catalog, with two seconds of patience."""

import aiohttp
from aiohttp import web

from testbed.services.service import Service, Unanswered, main

PATIENCE = aiohttp.ClientTimeout(total=2)


class Gateway(Service):
    """Calls what serves a request, and answers 502 or 504 when that does not."""

    name = "gateway"

    def routes(self) -> list[web.RouteDef]:
        return [web.get("/products/{id}", self._product), web.post("/checkout", self._checkout)]

    async def opened(self) -> None:
        self._http = aiohttp.ClientSession(timeout=PATIENCE, trust_env=False)

    async def _product(self, request: web.Request) -> web.Response:
        return await self._passed("catalog", "GET", f"/products/{request.match_info['id']}")

    async def _checkout(self, request: web.Request) -> web.Response:
        return await self._passed("orders", "POST", "/orders", await request.json())

    async def _passed(self, upstream: str, method: str, path: str, body: object = None) -> web.Response:
        url = self.config["upstreams"][upstream] + path
        try:
            async with self._http.request(method, url, json=body) as answer:
                text = await answer.text()
        except TimeoutError:
            raise Unanswered(504, f"{upstream} did not answer within 2 s") from None
        except aiohttp.ClientError as error:
            raise Unanswered(502, f"{upstream} cannot be reached: {error}") from None
        if answer.status >= 500:
            raise Unanswered(502, f"{upstream} answered {answer.status}")
        return web.Response(text=text, status=answer.status, content_type="application/json")


if __name__ == "__main__":
    main(Gateway)
