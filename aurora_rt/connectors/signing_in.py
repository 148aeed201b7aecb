"""Signing in at a provider: begun here, gone through there, and come back once, by the same user, within minutes.

The `state` that goes along is `nonce.end.signature`. The signature is ours, over nonce, end and user: one that was
made up, that has ended or that is another user's is refused before anything is looked up. What it stands for is a
row, which is deleted as it is read: it comes back once.
"""

import base64
import hmac
import re
import secrets as random
from dataclasses import dataclass
from datetime import timedelta
from hashlib import sha256
from typing import Final
from urllib.parse import urlencode

import structlog
from pydantic import TypeAdapter
from pydantic_core import to_json

from aurora_rt.clock import now
from aurora_rt.connectors import account_queries as queries
from aurora_rt.connectors.accounts import Accounts, connector_named
from aurora_rt.connectors.asking import AccountRefused
from aurora_rt.connectors.connector import Connector, SignIn
from aurora_rt.connectors.models import KeptAccount, KeptSignIn
from aurora_rt.errors import Invalid, Unavailable
from aurora_rt.identity.models import Caller

LIFE: Final = timedelta(minutes=10)
KIND: Final = "sign-in"
PURPOSE: Final = "sign-in at a provider"
VERIFIER_BYTES: Final = 48
LONGEST_CODE: Final = 4000
_STATE: Final = re.compile(r"([A-Za-z0-9_-]{32})\.(\d{10})\.([A-Za-z0-9_-]{43})")
_TOLD: Final = TypeAdapter(tuple[str, str])

log = structlog.get_logger(__name__)


class SignInOff(Unavailable):
    """Nobody signs in with that provider."""

    code = "sign_in_not_configured"


class StateInvalid(Invalid):
    """It is not what this user went away with: made up, another's, used, or too old."""

    code = "state_invalid"


class SignInDenied(Invalid):
    """The user said no at the provider."""

    code = "access_denied"


@dataclass(frozen=True, slots=True)
class CameBack:
    """What the browser brought back."""

    state: str
    code: str
    error: str


class SignIns:
    """Sign-ins at providers; one for each process."""

    def __init__(self, accounts: Accounts) -> None:
        self._accounts = accounts

    async def begin(self, caller: Caller, connector: Connector, come_back_to: str) -> str:
        """Where the browser goes. Raises `SignInOff`, `SecretsOff`, `SecretsLocked`."""
        sign_in = self._of(connector)
        nonce, ends = random.token_urlsafe(24), now() + LIFE
        head = f"{nonce}.{int(ends.timestamp())}"
        state = f"{head}.{await self._signature(head, caller)}"
        verifier = random.token_urlsafe(VERIFIER_BYTES)
        told = to_json((verifier, come_back_to)).decode()
        async with self._accounts.database.transaction(caller.organization_id) as scope:
            sealed = await self._accounts.secrets.seal(scope, KIND, nonce, told)
            await queries.begin_sign_in(
                scope, _hash(nonce), KeptSignIn(caller.user_id, connector.name, sealed, ends)
            )
        log.info("sign_in_begun", by=caller.user_id, provider=connector.name)
        return sign_in.begin(self._accounts.wire.of(connector.title), come_back_to, state, verifier)

    async def finish(self, caller: Caller, came: CameBack) -> KeptAccount:
        """The account that was signed in to, kept.

        Raises `StateInvalid`, `SignInDenied`, `AccountRefused`, `ProviderAway`, `SecretsLocked`.
        """
        nonce = await self._nonce(caller, came.state)
        async with self._accounts.database.transaction(caller.organization_id) as scope:
            kept = await queries.take_sign_in(scope, _hash(nonce), caller.user_id, now())
            if kept is None:
                raise _invalid()
            told = await self._accounts.secrets.open(scope, KIND, nonce, kept.sealed)
        connector = connector_named(kept.provider)
        if came.error:
            raise SignInDenied(f"{connector.title} did not let us in: it was declined there.")
        if not 0 < len(came.code) <= LONGEST_CODE:
            raise AccountRefused(f"{connector.title} gave no code.")
        verifier, come_back_to = _TOLD.validate_json(told.get_secret_value())
        wire = self._accounts.wire.of(connector.title)
        given = await self._of(connector).finish(wire, come_back_to, came.code, verifier)
        return await self._accounts.keep(caller, connector, given)

    async def _nonce(self, caller: Caller, state: str) -> str:
        """What the state stands for, if it is ours, this user's, and not too old."""
        parts = _STATE.fullmatch(state)
        if parts is None:
            raise _invalid()
        nonce, ends, signature = parts.groups()
        if not hmac.compare_digest(signature, await self._signature(f"{nonce}.{ends}", caller)):
            log.warning("sign_in_state_refused", by=caller.user_id)
            raise _invalid()
        if int(ends) < now().timestamp():
            raise _invalid()
        return nonce

    async def _signature(self, head: str, caller: Caller) -> str:
        text = f"{head} {caller.organization_id} {caller.user_id}".encode()
        signed = await self._accounts.secrets.signature(PURPOSE, text)
        return base64.urlsafe_b64encode(signed).rstrip(b"=").decode()

    def _of(self, connector: Connector) -> SignIn:
        if connector.sign_in is None:
            raise SignInOff(f"{connector.title} is connected with a key, not by signing in.")
        problem = connector.sign_in.problem(self._accounts.wire)
        if problem:
            raise connector.sign_in.off(problem)
        return connector.sign_in


def page(front: str, **told: str) -> str:
    """Where the browser goes afterwards: the accounts in the settings, with what became of it."""
    return f"{front.rstrip('/')}/settings/accounts?{urlencode(told)}"


def _hash(nonce: str) -> bytes:
    return sha256(nonce.encode()).digest()


def _invalid() -> StateInvalid:
    return StateInvalid(
        "This sign-in is not one that you began here in the last ten minutes, or it came back before. Begin again."
    )
