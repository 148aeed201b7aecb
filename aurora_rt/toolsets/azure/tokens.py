"""Access tokens of an application (https://learn.microsoft.com/entra/identity-platform/v2-oauth2-client-creds-grant-flow)."""

import re
from typing import Final

import httpx

from aurora_rt.toolsets.azure.account import LOGIN, Account
from aurora_rt.toolsets.clouds.secrets import discreet
from aurora_rt.toolsets.clouds.tokens import Granted, Tokens, key_of
from aurora_rt.toolsets.servers import Call, Server, ask
from aurora_rt.toolsets.toolset import ToolFailed

PUBLIC: Final = "https://login.microsoftonline.com"
_TOKENS: Final = Tokens()
_CODE: Final = re.compile(r"AADSTS(\d+)")
_MEANINGS: Final = {
    "7000215": "AZURE_CLIENT_SECRET is not the secret of the application",
    "7000222": "the secret of the application has ended: AZURE_CLIENT_SECRET has to be renewed",
    "700016": "AZURE_CLIENT_ID is no application of this tenant",
    "90002": "AZURE_TENANT_ID is no tenant",
    "700024": "the clock of this machine is wrong",
}


async def token_of(account: Account, http: httpx.AsyncClient, timeout: float, scope: str) -> str:
    """A token for an API that lasts for a while. Raises `ToolFailed`."""

    async def grant() -> Granted:
        server = Server(
            httpx.URL(account.login or PUBLIC).copy_with(userinfo=b""),
            None,
            timeout,
            "sign-in service of Azure",
            LOGIN,
            needs="AZURE_CLIENT_ID and AZURE_CLIENT_SECRET must be those of an application",
        )
        form = {
            "grant_type": "client_credentials",
            "client_id": account.client,
            "client_secret": account.secret,
            "scope": scope,
        }
        call = Call(f"/{account.tenant}/oauth2/v2.0/token", form, "az login --service-principal", form=True)
        try:
            return await ask(server, http, call, Granted)
        except ToolFailed as failed:
            quiet = ToolFailed(failed.reason, command=failed.command)  # what came back may hold a token
            raise discreet(quiet, account.secrets, _sentence(failed)) from None

    return await _TOKENS.get(_key(account, scope), grant)


def forget(account: Account, scope: str) -> None:
    """The token of an account was refused."""
    _TOKENS.forget(_key(account, scope))


def _key(account: Account, scope: str) -> str:
    return key_of(account.login or "", account.tenant, account.client, account.secret, scope)


def _sentence(failed: ToolFailed) -> str:
    found = _CODE.search(failed.output)
    meaning = _MEANINGS.get(found.group(1), "") if found else ""
    return f"Azure does not let us sign in: {meaning} ({found.group()})." if found and meaning else ""
