"""Asking Azure: a request with a token, and the answer read into a shape."""

import re
from dataclasses import dataclass, field, replace
from typing import Final, TypeVar

import httpx
from pydantic import ConfigDict
from pydantic.alias_generators import to_camel

from aurora_rt.toolsets.azure.account import ENDPOINT, Account, account_of
from aurora_rt.toolsets.azure.tokens import forget, token_of
from aurora_rt.toolsets.clouds.secrets import discreet
from aurora_rt.toolsets.clouds.shapes import Answered
from aurora_rt.toolsets.servers import Call, Server, ask
from aurora_rt.toolsets.toolset import Access, ToolFailed

PAGES: Final = 4
MANAGEMENT: Final = "https://management.azure.com"
LOG_ANALYTICS: Final = "https://api.loganalytics.io"
_ACTION: Final = re.compile(r"perform action '([\w./*-]+)'")

Shape = TypeVar("Shape")
PageT = TypeVar("PageT", bound="Page")


class Part(Answered):
    """A part of an answer."""

    model_config = ConfigDict(frozen=True, alias_generator=to_camel)


class Page(Part):
    """A page of an answer."""

    next_link: str | None = None


@dataclass(frozen=True, slots=True)
class Azure:
    """Azure, as one application sees it."""

    account: Account
    http: httpx.AsyncClient = field(repr=False)
    timeout: float

    async def ask(self, call: Call, shape: type[Shape], api: str = MANAGEMENT) -> Shape:
        """Make a call. Raises `ToolFailed`."""
        scope = f"{api}/.default"
        token = await token_of(self.account, self.http, self.timeout, scope)
        server = Server(
            httpx.URL(self.account.endpoint or api).copy_with(userinfo=b""),
            None,
            self.timeout,
            "API of Azure",
            ENDPOINT,
            {"Authorization": f"Bearer {token}"},
            "the application of AZURE_CLIENT_ID needs a role that may read it",
        )
        try:
            return await ask(server, self.http, call, shape)
        except ToolFailed as failed:
            if "(HTTP 401)" in failed.reason:
                forget(self.account, scope)
            raise discreet(failed, (token, *self.account.secrets), _sentence(failed)) from None

    async def pages(self, call: Call, shape: type[PageT], most: int = PAGES) -> tuple[list[PageT], bool]:
        """The first pages of an answer, and whether there are more. Raises `ToolFailed`."""
        found = [await self.ask(call, shape)]
        while (after := found[-1].next_link) and len(found) < most:
            found.append(await self.ask(_following(call, after), shape))
        return found, bool(found[-1].next_link)

    @property
    def subscription(self) -> str:
        """Where the subscription is, as paths begin."""
        return f"/subscriptions/{self.account.subscription}"


def azure_of(access: Access) -> Azure:
    """Azure as the settings' application sees it. Raises `ToolFailed`."""
    return Azure(account_of(access.settings), access.http, access.settings.tool_timeout)


def _following(call: Call, link: str) -> Call:
    """The next page. Only the parameters of its address are taken: our token goes to no other place."""
    try:
        parameters = dict(httpx.URL(link).params)
    except httpx.InvalidURL as error:
        raise call.failed("Azure names a next page that is no address.") from error
    return replace(call, parameters={**call.parameters, **parameters})


def _sentence(failed: ToolFailed) -> str:
    """What a refusal means, where it is one of those that are common; else `""`."""
    said = failed.output
    if "AuthorizationFailed" in said or "InsufficientAccessError" in said:
        named = _ACTION.search(said)
        lacks = f"the permission {named.group(1)}" if named else "a role that may read it"
        return f"Azure does not let us ask: the application lacks {lacks} (AuthorizationFailed)."
    if "ExpiredAuthenticationToken" in said or "InvalidAuthenticationToken" in said:
        return "Azure does not accept our token; a new one is asked for the next time (InvalidAuthenticationToken)."
    if "SubscriptionNotFound" in said:
        return "Azure does not know the subscription of AZURE_SUBSCRIPTION_ID (SubscriptionNotFound)."
    if "TooManyRequests" in said or "Throttled" in said:
        return "Azure was asked too often and wants us to wait (TooManyRequests)."
    return ""
