"""OAuth 2.0 (RFC 6749, 7636) through Authlib's asynchronous client, with sentences for what goes wrong."""

import asyncio
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, Final

import httpx
import httpx2
from authlib.integrations.base_client import OAuthError
from authlib.integrations.httpx_client import AsyncOAuth2Client

from aurora_rt.connectors.asking import AccountRefused, ProviderAway, Wire

EARLY: Final = 900.0
"""Seconds before its end from which on an access token is renewed: an investigation may last so long."""
USUAL_LIFE: Final = 3600.0
LONGEST_TOKEN: Final = 8192
_REFUSALS: Final = {"invalid_grant", "access_denied", "invalid_scope", "unauthorized_client"}


@dataclass(frozen=True, slots=True)
class Client:
    """What we are to a provider, and where it is asked."""

    id: str
    secret: str = field(repr=False)
    authorize_url: str
    token_url: str
    scope: str

    def begin(self, wire: Wire, come_back_to: str, state: str, verifier: str, **more: str) -> str:
        """Where the browser goes."""
        url: str = self._client(wire, come_back_to).create_authorization_url(
            self.authorize_url, state=state, code_verifier=verifier, **more
        )[0]
        return url

    async def tokens(self, wire: Wire, come_back_to: str, code: str, verifier: str) -> dict[str, str]:
        """What a code is good for. Raises `AccountRefused`, `ProviderAway`."""
        async with _asking(wire), self._client(wire, come_back_to) as client:
            token = await client.fetch_token(
                self.token_url, grant_type="authorization_code", code=code, code_verifier=verifier
            )
        return _kept(token, wire, {})

    async def renewed(self, wire: Wire, values: Mapping[str, str]) -> dict[str, str]:
        """New tokens for a refresh token; one that was not replaced stays. Raises `AccountRefused`, `ProviderAway`."""
        former = values.get("refresh_token", "")
        async with _asking(wire), self._client(wire, "") as client:
            client.token = {"refresh_token": former}
            token = await client.refresh_token(self.token_url, refresh_token=former)
        return _kept(token, wire, values)

    def _client(self, wire: Wire, come_back_to: str) -> Any:
        return AsyncOAuth2Client(
            self.id,
            self.secret,
            scope=self.scope if come_back_to else None,  # a renewal is for what was granted
            redirect_uri=come_back_to or None,
            token_endpoint_auth_method="client_secret_post",  # noqa: S106 - the name of a method
            code_challenge_method="S256",
            verify=wire.tls,
            trust_env=False,
            timeout=wire.seconds,
            follow_redirects=False,
        )


def lasts(values: Mapping[str, str]) -> bool:
    """Whether the access token is good for a while."""
    return float(values.get("expires_at") or 0) - EARLY > time.time()


@asynccontextmanager
async def _asking(wire: Wire) -> AsyncIterator[None]:
    try:
        async with asyncio.timeout(wire.seconds):
            yield
    except OAuthError as error:
        if error.error in _REFUSALS:
            raise AccountRefused(
                f"{wire.title} does not let us in any more ({error.error}): sign in again."
            ) from None
        if error.error == "invalid_client":
            raise ProviderAway(
                f"{wire.title} does not know this server: the operator sees to its client id and secret."
            ) from None
        raise ProviderAway(f"{wire.title} answered something else than it documents.") from None
    except (httpx2.TimeoutException, httpx.TimeoutException, TimeoutError):
        raise ProviderAway(f"{wire.title} did not answer within {wire.seconds:g} s.") from None
    except (httpx2.HTTPStatusError, httpx.HTTPStatusError) as error:
        raise _failed(wire, error.response.status_code) from None
    except (httpx2.HTTPError, httpx.HTTPError, ValueError):
        raise ProviderAway(f"{wire.title} cannot be reached, or does not speak as it should.") from None


def _failed(wire: Wire, status: int) -> ProviderAway:
    failure = wire.failure(status)
    return (
        failure
        if isinstance(failure, ProviderAway)
        else ProviderAway(f"{wire.title} failed (HTTP {status}).")
    )


def _kept(token: object, wire: Wire, former: Mapping[str, str]) -> dict[str, str]:
    """What is kept of an answer to a request for tokens."""
    told = dict(token) if isinstance(token, Mapping) else {}
    access, refresh = told.get("access_token"), told.get("refresh_token") or former.get("refresh_token", "")
    if not isinstance(access, str) or not isinstance(refresh, str) or not 0 < len(access) <= LONGEST_TOKEN:
        raise ProviderAway(f"{wire.title} answered something else than it documents.")
    seconds = told.get("expires_in")
    life = float(seconds) if isinstance(seconds, int | float) else USUAL_LIFE
    return {
        **former,
        "access_token": access,
        "refresh_token": refresh,
        "expires_at": str(int(time.time() + life)),
    }
