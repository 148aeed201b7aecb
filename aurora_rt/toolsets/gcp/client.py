"""Asking Google Cloud: a request with a token, and the answer read into a shape."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Final, TypeVar

import httpx
from pydantic import ConfigDict, Field
from pydantic.alias_generators import to_camel

from aurora_rt.toolsets.clouds.secrets import discreet
from aurora_rt.toolsets.clouds.shapes import Answered
from aurora_rt.toolsets.gcp.account import ENDPOINT, SETTING, Account, account_of
from aurora_rt.toolsets.gcp.tokens import forget, token_of
from aurora_rt.toolsets.servers import Call, Server, ask
from aurora_rt.toolsets.toolset import Access, ToolFailed

PAGES: Final = 4
_PERMISSION: Final = re.compile(r"[Pp]ermission[^'\"]{0,60}['\"\\]+([a-z]+\.[A-Za-z.]+)")
_DISABLED: Final = re.compile(r"SERVICE_DISABLED|has not been used in project|accessNotConfigured")

Shape = TypeVar("Shape")
PageT = TypeVar("PageT", bound="Page")


class Part(Answered):
    """A part of an answer."""

    model_config = ConfigDict(frozen=True, alias_generator=to_camel)


class Page(Part):
    """A page of an answer."""

    next: str = Field("", alias="nextPageToken")


@dataclass(frozen=True, slots=True)
class Google:
    """Google Cloud, as one service account sees it."""

    account: Account
    http: httpx.AsyncClient = field(repr=False)
    timeout: float

    async def ask(self, api: str, call: Call, shape: type[Shape]) -> Shape:
        """Ask an API, such as `monitoring`. Raises `ToolFailed`."""
        token = await token_of(self.account, self.http, self.timeout)
        server = Server(
            httpx.URL(self.account.endpoint or f"https://{api}.googleapis.com").copy_with(userinfo=b""),
            None,
            self.timeout,
            f"{api} API of Google Cloud",
            ENDPOINT,
            {"Authorization": f"Bearer {token}"},
            f"the service account of {SETTING} needs a role that may read it",
        )
        try:
            return await ask(server, self.http, call, shape)
        except ToolFailed as failed:
            if "(HTTP 401)" in failed.reason:
                forget(self.account)
            raise discreet(failed, (token, *self.account.secrets), _sentence(failed, api)) from None

    async def pages(
        self, api: str, call: Call, shape: type[PageT], most: int = PAGES
    ) -> tuple[list[PageT], bool]:
        """The first pages of an answer, and whether there are more. Raises `ToolFailed`."""
        found = [await self.ask(api, call, shape)]
        while found[-1].next and len(found) < most:
            found.append(await self.ask(api, _following(call, found[-1].next), shape))
        return found, bool(found[-1].next)


async def google_of(access: Access) -> Google:
    """Google Cloud as the settings' account sees it. Raises `ToolFailed`."""
    return Google(await account_of(access.settings), access.http, access.settings.tool_timeout)


def _following(call: Call, token: str) -> Call:
    if isinstance(call.body, Mapping):
        return replace(call, body={**call.body, "pageToken": token})
    return replace(call, parameters={**call.parameters, "pageToken": token})


def _sentence(failed: ToolFailed, api: str) -> str:
    """What a refusal means, where it is one of those that are common; else `""`."""
    said = failed.output
    if _DISABLED.search(said):
        return f"The {api} API is not enabled in the Google Cloud project ({api}.googleapis.com)."
    if "RESOURCE_EXHAUSTED" in said or "rateLimitExceeded" in said:
        return f"The {api} API of Google Cloud was asked too often and wants us to wait (RESOURCE_EXHAUSTED)."
    if "PERMISSION_DENIED" in said or '"forbidden"' in said:
        named = _PERMISSION.search(said)
        lacks = f"the permission {named.group(1)}" if named else f"a role that may read {api}"
        return f"Google Cloud does not let us ask: the service account lacks {lacks} (PERMISSION_DENIED)."
    if "UNAUTHENTICATED" in said:
        return f"Google Cloud does not accept our token; see to the key of {SETTING} (UNAUTHENTICATED)."
    return ""
