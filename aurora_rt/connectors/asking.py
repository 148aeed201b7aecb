"""Asking a provider: one request, bounded in time and size, and a sentence for each way in which it can fail.

What comes back is in no sentence: it may repeat what was sent.
"""

import asyncio
import ssl
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final, TypeVar

import httpx
from pydantic import TypeAdapter, ValidationError

from aurora_rt.errors import Invalid, Unavailable
from aurora_rt.settings import Settings

ANSWER_LIMIT: Final = 2 * 1024 * 1024
SECONDS: Final = 6.0
LONGEST_WAIT: Final = 3600.0

Shape = TypeVar("Shape")


class AccountRefused(Invalid):
    """The provider does not take what was entered."""

    code = "account_refused"


class ProviderAway(Unavailable):
    """The provider does not answer, or not as it should; nothing is known of the account."""

    code = "provider_away"


@dataclass(frozen=True, slots=True)
class Wire:
    """What providers are asked over; `of` makes it speak of one of them."""

    settings: Settings
    http: httpx.AsyncClient = field(repr=False)
    """For addresses that we or the operator know."""
    guarded: httpx.AsyncClient = field(repr=False)
    """For addresses that somebody entered."""
    tls: ssl.SSLContext = field(repr=False)
    title: str = "The provider"
    seconds: float = SECONDS

    def of(self, title: str) -> "Wire":
        """The same, for the provider of that title."""
        return replace(self, title=title)

    async def ask(
        self,
        url: str,
        shape: type[Shape],
        *,
        method: str = "GET",
        headers: Mapping[str, str] | None = None,
        auth: httpx.Auth | None = None,
        query: Mapping[str, str] | None = None,
        body: Any = None,
        form: Mapping[str, str] | None = None,
        entered: bool = False,
    ) -> Shape:
        """Make a request and read the answer's JSON into `shape`. `entered`: somebody entered the address.

        Raises `AccountRefused` when the provider does not let us in, `ProviderAway` for everything else.
        """
        said = await self.fetch(
            url, method=method, headers=headers, auth=auth, query=query, body=body, form=form, entered=entered
        )
        try:
            return await asyncio.to_thread(TypeAdapter(shape).validate_json, said)
        except ValidationError:
            raise ProviderAway(f"{self.title} answered something else than it documents.") from None

    async def fetch(
        self,
        url: str,
        *,
        method: str = "GET",
        headers: Mapping[str, str] | None = None,
        auth: httpx.Auth | None = None,
        query: Mapping[str, str] | None = None,
        body: Any = None,
        form: Mapping[str, str] | None = None,
        entered: bool = False,
    ) -> bytes:
        """Make a request: the body of an answer that succeeded. Raises as `ask` does."""
        client = self.guarded if entered else self.http
        try:
            async with (
                asyncio.timeout(self.seconds),
                client.stream(
                    method,
                    url,
                    headers={"Accept": "application/json", "User-Agent": "aurora-rt", **(headers or {})},
                    auth=auth,
                    params=query,
                    json=body,
                    data=form,
                    follow_redirects=False,
                    timeout=self.seconds,
                ) as response,
            ):
                said = await self._read(response)
        except (TimeoutError, httpx.TimeoutException):
            raise ProviderAway(f"{self.title} did not answer within {self.seconds:g} s.") from None
        except httpx.ConnectError as error:
            raise ProviderAway(f"{self.title} cannot be reached{_forbidden(error, entered)}.") from None
        except (httpx.HTTPError, httpx.InvalidURL):
            raise ProviderAway(f"What answers for {self.title} does not speak HTTP as it should.") from None
        if not response.is_success:
            raise self.failure(response.status_code, response.headers.get("Retry-After", ""))
        return said

    def failure(self, status: int, retry_after: str = "") -> AccountRefused | ProviderAway:
        """What a status other than 2xx means."""
        if status == 401:
            return AccountRefused(
                f"{self.title} does not know what was entered: it is wrong, has ended or was taken back."
            )
        if status == 403:
            return AccountRefused(f"{self.title} knows the account, but does not let it read (HTTP 403).")
        if status == 429:
            wait = _wait(retry_after)
            when = f" for {wait:.0f} s" if wait else ""
            return ProviderAway(
                f"{self.title} was asked too often and wants us to wait{when}.", retry_after=wait
            )
        if status == 404:
            return AccountRefused(f"{self.title} has no such place (HTTP 404): see to names and addresses.")
        if 300 <= status < 400:
            return ProviderAway(f"{self.title} redirects to another address, which is not followed.")
        if 400 <= status < 500:
            return AccountRefused(f"{self.title} does not take what was entered (HTTP {status}).")
        return ProviderAway(f"{self.title} failed (HTTP {status}); try again in a moment.")

    async def _read(self, response: httpx.Response) -> bytes:
        said = bytearray()
        async for piece in response.aiter_bytes():
            said += piece
            if len(said) > ANSWER_LIMIT:
                raise ProviderAway(f"{self.title} answered more than {ANSWER_LIMIT // 1024**2} MiB.")
        return bytes(said)


def bearer(token: str) -> dict[str, str]:
    """The header that a token goes in (RFC 6750)."""
    return {"Authorization": f"Bearer {token}"}


def _wait(text: str) -> float | None:
    """Seconds of `Retry-After` (RFC 9110, 10.2.3); a date is not waited for."""
    return min(float(text), LONGEST_WAIT) if text.isascii() and text.isdigit() else None


def _forbidden(error: httpx.ConnectError, entered: bool) -> str:
    """What the guard said, where it was asked: it names no more than what was entered."""
    return f": {str(error).rstrip('.')}" if entered and "is not asked" in str(error) else ""
