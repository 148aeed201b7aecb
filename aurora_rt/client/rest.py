"""Reading over REST."""

from typing import Any

import httpx

from aurora_rt.client.errors import Refused, Unreachable


class Rest:
    """The calls that read."""

    def __init__(self, http: httpx.AsyncClient) -> None:
        self._http = http

    async def read(self, path: str, query: dict[str, str | int] | None = None) -> dict[str, Any]:
        """The answer's object. Raises `Refused` or `Unreachable`."""
        try:
            answer = await self._http.get(path, params=query)
        except httpx.HTTPError as error:
            raise Unreachable(f"No Aurora RT server answers at {self._http.base_url}.") from error
        try:
            told: dict[str, Any] = answer.json()
        except ValueError:
            told = {"error": f"The server answered {answer.status_code}."}
        if answer.is_success:
            return told
        raise Refused.of(told)
