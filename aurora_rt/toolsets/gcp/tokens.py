"""Access tokens of a service account (https://developers.google.com/identity/protocols/oauth2/service-account)."""

import asyncio
from typing import Final

import httpx

from aurora_rt.connectors.google_keys import GRANT, KeyUnusable, assertion
from aurora_rt.toolsets.clouds.secrets import discreet
from aurora_rt.toolsets.clouds.tokens import Granted, Tokens, key_of
from aurora_rt.toolsets.gcp.account import ENDPOINT, SETTING, Account
from aurora_rt.toolsets.servers import Call, Server, ask
from aurora_rt.toolsets.toolset import ToolFailed

SCOPE: Final = "https://www.googleapis.com/auth/cloud-platform"
"""Cloud Run and Cloud SQL know no narrower one; what may be read is up to the account's roles, and we only read."""
_TOKENS: Final = Tokens()


async def token_of(account: Account, http: httpx.AsyncClient, timeout: float) -> str:
    """A token that lasts for a while. Raises `ToolFailed`."""
    if account.token:
        return account.token

    async def grant() -> Granted:
        assertion = await asyncio.to_thread(_signed, account)
        server = Server(
            httpx.URL(account.endpoint or "https://oauth2.googleapis.com"),
            None,
            timeout,
            "token service of Google Cloud",
            ENDPOINT,
            needs=f"the service account of {SETTING} must be enabled",
        )
        call = Call("/token", {"grant_type": GRANT, "assertion": assertion}, "gcloud auth login", form=True)
        try:
            return await ask(server, http, call, Granted)
        except ToolFailed as failed:
            # What came back may hold a token, and what was sent.
            quiet = ToolFailed(failed.reason, command=failed.command)
            raise discreet(quiet, (*account.secrets, assertion), _sentence(failed)) from None

    return await _TOKENS.get(_key(account), grant)


def forget(account: Account) -> None:
    """The token of an account was refused."""
    _TOKENS.forget(_key(account))


def _key(account: Account) -> str:
    return key_of(account.endpoint or "", account.email, account.private_key)


def _sentence(failed: ToolFailed) -> str:
    if "invalid_grant" not in failed.output:
        return ""
    return (
        f"Google Cloud does not accept the service account of {SETTING}: its key was taken away, or the clock of this "
        "machine is wrong (invalid_grant)."
    )


def _signed(account: Account) -> str:
    try:
        return assertion(account.email, account.private_key, account.key_id, SCOPE)
    except KeyUnusable:
        raise ToolFailed(f"The private key in the file that {SETTING} names cannot be used.") from None
