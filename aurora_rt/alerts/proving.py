"""Whether a call of a webhook is its vendor's: what the pure proofs ask for is brought here, and replays are known."""

import asyncio
import hashlib
from collections.abc import Mapping
from datetime import datetime
from typing import Final
from urllib.parse import urlsplit

import httpx
import structlog

from aurora_rt.alerts.models import TokenOwner
from aurora_rt.alerts.proof.call import Call
from aurora_rt.alerts.source import Source
from aurora_rt.connectors import guard
from aurora_rt.connectors.secrets import Secrets
from aurora_rt.db.pool import Database
from aurora_rt.errors import Unavailable

KIND: Final = "webhook token"
"""What a secret is bound to, with the token's id."""
CERTIFICATES: Final = 20
"""Certificates that are remembered. Amazon uses one for each region, for months."""
FETCH_SECONDS: Final = 10.0
LARGEST: Final = 64 * 1024

log = structlog.get_logger(__name__)


class VendorAway(Unavailable):
    """What proves a call could not be fetched from its vendor just now; nothing was taken, and it may try again."""

    code = "vendor_unavailable"


class Proving:
    """Checks calls; remembers certificates for as long as the process lives."""

    def __init__(
        self, database: Database, secrets: Secrets, http: httpx.AsyncClient, endpoint: str | None
    ) -> None:
        self._database = database
        self._secrets = secrets
        self._http = http
        self._endpoint = endpoint
        self._certificates: dict[str, bytes] = {}

    async def proven(
        self, source: Source, token: TokenOwner, headers: Mapping[str, str], body: bytes, at: datetime
    ) -> bytes | None:
        """How a replay of this call is known; `None` where nothing tells.

        Raises an error of the kind `Unauthenticated` for a call that its vendor did not sign, where it has to.
        """
        if token.sealed_secret is None and not source.proof.always:
            return None
        call = Call(headers, body, at)
        address = source.proof.certificate_url(call)
        if address is not None:
            call = Call(headers, body, at, await self._certificate(address))
        once = source.proof.check(call, await self._secret(token))
        return hashlib.sha256(once.encode()).digest() if once is not None else None

    async def fetch(self, address: str) -> bytes:
        """What stands at an address that a proof has vouched for. Raises `VendorAway`."""
        parts = urlsplit(address)
        if self._endpoint is not None:  # a stand-in of Amazon, as for everything else that we ask there
            where = f"{self._endpoint.rstrip('/')}{parts.path}{'?' if parts.query else ''}{parts.query}"
        else:
            where = address
        try:
            async with asyncio.timeout(FETCH_SECONDS):
                if self._endpoint is None:
                    await guard.addresses(parts.hostname or "", 443, private=False)
                async with self._http.stream("GET", where, follow_redirects=False) as answer:
                    answer.raise_for_status()
                    return await _bounded(answer)
        except (httpx.HTTPError, httpx.InvalidURL, OSError, guard.ForbiddenPlace) as error:
            log.warning("vendor_not_reached", host=parts.hostname, error=str(error) or type(error).__name__)
            raise VendorAway(
                f"{parts.hostname} could not be asked. Nothing was taken; try again.", retry_after=5
            ) from error

    async def _secret(self, token: TokenOwner) -> str:
        if token.sealed_secret is None:
            return ""
        async with self._database.scope(token.organization_id) as scope:
            secret = await self._secrets.open(scope, KIND, str(token.id), token.sealed_secret)
        return secret.get_secret_value()

    async def _certificate(self, address: str) -> bytes:
        known = self._certificates.get(address)
        if known is not None:
            return known
        found = await self.fetch(address)
        if len(self._certificates) >= CERTIFICATES:
            self._certificates.pop(next(iter(self._certificates)))
        self._certificates[address] = found
        return found


async def _bounded(answer: httpx.Response) -> bytes:
    body = bytearray()
    async for piece in answer.aiter_bytes():
        body += piece
        if len(body) > LARGEST:
            raise OSError("it answers with too much")
    return bytes(body)
