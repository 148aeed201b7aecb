"""Asking a server over HTTP: one request, bounded in time and size, and a sentence for each failure.

`ask` reads the answer into a shape: any type that pydantic can validate, `envelope.Answer[…]` for servers that
answer as Prometheus does.
"""

import asyncio
import json
import os
import ssl
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final, TypeVar

import httpx
from pydantic import TypeAdapter, ValidationError

from aurora_rt.toolsets.toolset import ToolFailed

ANSWER_LIMIT: Final = 8 * 1024 * 1024
URL_LIMIT: Final = 2000
"""Characters of parameters up to which a call is a GET, which proxies that only let people read allow."""
SHOWN: Final = 2000
PORTS: Final = {"http": 80, "https": 443}

Shape = TypeVar("Shape")


@dataclass(frozen=True, slots=True)
class Call:
    """One call of the API. `command` is what a person would type to see the same."""

    path: str
    parameters: Mapping[str, str] = field(default_factory=dict)
    command: str = ""
    body: Any = None
    """Sent as JSON, by POST: for servers that are asked so. It must only read."""
    form: bool = False
    """Send the parameters as a form, by POST, however few they are."""

    def failed(self, reason: str, output: str = "") -> ToolFailed:
        """What to raise when the call gave nothing."""
        return ToolFailed(reason, command=self.command or f"GET {self.path}", output=output[:SHOWN])


@dataclass(frozen=True, slots=True)
class Server:
    """Where a server is. Credentials are kept apart from the address, so that no text shows them."""

    base: httpx.URL
    credentials: httpx.Auth | None
    timeout: float
    what: str
    """What it is called in sentences: `metrics server`."""
    setting: str
    """The setting that names it."""
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    """Sent with each call: a token, a tenant."""
    needs: str = ""
    """What to do when it does not let us ask, as the end of a sentence; empty: see to user and password."""

    @property
    def place(self) -> str:
        """`host:port`, for sentences."""
        host = f"[{self.base.host}]" if ":" in self.base.host else self.base.host
        return f"{host}:{self.base.port or PORTS[self.base.scheme]}"

    @property
    def address(self) -> str:
        """The address, without credentials."""
        return str(self.base)

    def url(self, path: str) -> httpx.URL:
        """The address of `path` below the base path; a query string of the base address is kept."""
        return self.base.copy_with(path=self.base.path.rstrip("/") + path)


def meaning(error: OSError) -> str:
    """What the system's error means, without the address that Python adds to some."""
    known = os.strerror(error.errno) if error.errno and error.errno > 0 else error.strerror
    return known or str(error) or type(error).__name__


def complaint(url: str | None, what: str, setting: str) -> str | None:
    """Why there is no server to ask, in a sentence; `None` when there is one."""
    if url is None:
        return f"No {what} is configured: {setting} is not set."
    try:
        parsed = httpx.URL(url)
    except httpx.InvalidURL:
        return f"{setting} is not an address that can be understood."
    if parsed.scheme not in PORTS or not parsed.host:
        return f"{setting} must be an address such as http://host:port."
    return None


def server_at(
    url: str | None,
    what: str,
    setting: str,
    timeout: float,
    *,
    auth: httpx.Auth | None = None,
    headers: Mapping[str, str] | None = None,
) -> Server:
    """The server that a setting names. Raises `ToolFailed` when there is none.

    A user and password in the address are used where no `auth` is given.
    """
    reason = complaint(url, what, setting)
    if reason is not None:
        raise ToolFailed(reason)
    given = httpx.URL(url or "")
    credentials = httpx.BasicAuth(given.username, given.password) if given.userinfo else None
    return Server(
        given.copy_with(userinfo=b""), auth or credentials, timeout, what, setting, dict(headers or {})
    )


async def ask(server: Server, http: httpx.AsyncClient, call: Call, shape: type[Shape]) -> Shape:
    """Make `call` and read the answer's JSON into `shape`. Raises `ToolFailed`."""
    body = await fetch(server, http, call)
    return await asyncio.to_thread(_read, server, call, body, shape)


async def fetch(server: Server, http: httpx.AsyncClient, call: Call) -> bytes:
    """Make `call`: the body of an answer that succeeded. Raises `ToolFailed`."""
    try:
        async with asyncio.timeout(server.timeout):
            response, body = await _fetched(server, http, call)
    except (TimeoutError, httpx.TimeoutException) as error:
        raise call.failed(
            f"The {server.what} at {server.place} did not answer within {server.timeout:g} s."
        ) from error
    except httpx.ConnectError as error:
        raise call.failed(f"The {server.what} at {server.place} cannot be reached: {_why(error)}.") from error
    except httpx.RequestError as error:
        raise call.failed(
            f"What answers at {server.place} does not speak HTTP as it should: {_why(error)}."
        ) from error
    if not response.is_success:
        raise _refused(server, call, response, body)
    return body


async def _fetched(server: Server, http: httpx.AsyncClient, call: Call) -> tuple[httpx.Response, bytes]:
    url, form = server.url(call.path), None
    query = url.copy_merge_params(call.parameters)
    if not call.form and (len(query.query) <= URL_LIMIT or call.body is not None):
        url = query
    else:
        form = dict(call.parameters)
    body = bytearray()
    async with http.stream(
        "GET" if form is None and call.body is None else "POST",
        url,
        data=form,
        json=call.body,
        auth=server.credentials,
        headers={"Accept": "application/json", **server.headers},
        follow_redirects=False,
        timeout=server.timeout,
    ) as response:
        async for piece in response.aiter_bytes():
            body += piece
            if len(body) > ANSWER_LIMIT:
                raise call.failed(
                    f"The answer of the {server.what} at {server.place} is larger than "
                    f"{ANSWER_LIMIT // 1024**2} MiB; a narrower query or a shorter time would be answered."
                )
    return response, bytes(body)


def _why(error: BaseException) -> str:
    """What an error says; of one that others brought about, what the system says of the first."""
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, BaseExceptionGroup):
            cause = cause.exceptions[0]
        if isinstance(cause, OSError) and cause.errno and not isinstance(cause, ssl.SSLError):
            return meaning(cause)
        cause = cause.__cause__ or cause.__context__
    return str(error).rstrip(".") or type(error).__name__


def _read(server: Server, call: Call, body: bytes, shape: type[Shape]) -> Shape:
    try:
        return TypeAdapter(shape).validate_json(body)
    except ValidationError as error:
        text = body[:SHOWN].decode(errors="replace")
        why = _reason(body)
        if why:
            raise call.failed(f"The {server.what} at {server.place} refused: {why}", text) from error
        first = error.errors(include_url=False)[0]
        if first["type"] == "json_invalid":
            reason = (
                f"What answers at {server.place} does not speak JSON; is {server.setting} the right address?"
            )
        else:
            where = ".".join(map(str, first["loc"])) or "the whole"
            reason = (
                f"The answer from {server.place} is not what a {server.what} gives ({where}: {first['msg']})."
            )
        raise call.failed(reason, text) from error


def _refused(server: Server, call: Call, response: httpx.Response, body: bytes) -> ToolFailed:
    """What a status other than 2xx means."""
    status, at = response.status_code, f"The {server.what} at {server.place}"
    why = _reason(body)
    if response.is_redirect:
        reason = (
            f"{at} redirects to another address (HTTP {status}), which is not followed; "
            f"{server.setting} must be the final address."
        )
    elif status == 429:
        reason = f"{at} was asked too often and wants us to wait (HTTP 429). {why}".rstrip()
    elif why:
        reason = f"{at} refused (HTTP {status}): {why}"
    elif status in (401, 403):
        needs = server.needs or f"{server.setting} needs the right user and password"
        reason = f"{at} does not let us ask (HTTP {status}); {needs}."
    elif status == 404:
        reason = (
            f"{at} has no {call.path} (HTTP 404); it may lack this call, or {server.setting} its base path."
        )
    else:
        reason = f"{at} failed with HTTP {status}."
    return call.failed(reason, body[:SHOWN].decode(errors="replace"))


def _reason(body: bytes) -> str:
    """What the server itself says went wrong, as a sentence; `""` when it does not say it in its own JSON.

    Servers write it as `error` or `message`, some within an object or a list of such.
    """
    try:
        said = json.loads(body)
    except ValueError:
        return ""
    text, kind = _complaint(said)
    told = f" ({kind})" if kind else ""
    return f"{text.strip().rstrip('.')[:SHOWN]}{told}." if text.strip() else ""


def _complaint(said: object) -> tuple[str, str]:
    """(what went wrong, its kind), either empty when it is not told."""
    if isinstance(said, list) and said:
        return _complaint(said[0])
    if not isinstance(said, dict):
        return "", ""
    kind = next((said[name] for name in ("errorType", "type", "code") if isinstance(said.get(name), str)), "")
    for name in ("error", "message", "Message", "msg", "reason", "error_description"):
        if isinstance(said.get(name), str):
            return said[name], kind
    for name in ("error", "errors", "Error"):
        if isinstance(said.get(name), dict | list):
            return _complaint(said[name])
    return "", ""
