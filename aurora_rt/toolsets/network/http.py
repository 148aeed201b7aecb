"""One GET over HTTP or HTTPS by hand: each step timed, the certificate read, and nothing followed."""

import asyncio
import ssl
import time
from base64 import b64encode
from dataclasses import dataclass
from typing import Final

import h11
import httpx

from aurora_rt.clock import now
from aurora_rt.toolsets.facts.probes import (
    Certificate,
)
from aurora_rt.toolsets.network.certificates import certificate
from aurora_rt.toolsets.network.opening import Opened, Unreachable, opened, unreachable
from aurora_rt.toolsets.servers import PORTS

BODY_LIMIT: Final = 1024 * 1024
READ_SIZE: Final = 64 * 1024


@dataclass(frozen=True, slots=True)
class Answered:
    """What a server answered."""

    address: str
    connect_seconds: float
    tls_seconds: float | None
    first_byte_seconds: float
    status: int
    size: int
    location: str
    certificate: Certificate | None


class NoTls(Exception):
    """The server does not speak TLS as it should; the message says how."""


class NoHttp(Exception):
    """The server does not speak HTTP; the message says how."""


@dataclass(frozen=True, slots=True)
class _Line:
    """A connection that can be written to."""

    opened: Opened
    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter
    tls_seconds: float | None = None
    certificate: Certificate | None = None


async def get(url: httpx.URL, *, private: bool, timeout: float) -> Answered:
    """Ask for `url`. Raises `Unreachable`, `NoTls`, `NoHttp`, `TimeoutError`, and `ToolFailed` by the guard."""
    async with asyncio.timeout(timeout):
        line = await _line(url, private, timeout)
        try:
            return await _asked(url, line)
        except h11.RemoteProtocolError as error:
            raise NoHttp(str(error)) from error
        except ssl.SSLError as error:
            raise NoTls(_reason(error)) from error
        except OSError as error:
            raise unreachable(error, line.opened.address) from error
        finally:
            line.writer.transport.abort()


async def _line(url: httpx.URL, private: bool, timeout: float) -> _Line:
    port = url.port or PORTS[url.scheme]
    if url.scheme == "http":
        plain = await opened(url.host, port, private=private, timeout=timeout)
        reader, writer = await asyncio.open_connection(sock=plain.socket)
        return _Line(plain, reader, writer)
    refused: ssl.SSLCertVerificationError | None = None
    context = await asyncio.to_thread(httpx.create_ssl_context)
    while True:
        plain = await opened(url.host, port, private=private, timeout=timeout)
        try:
            return await _secured(url.host, plain, context, refused)
        except ssl.SSLCertVerificationError as error:
            # Once more without checking: what is wrong with a certificate is in the certificate.
            refused, context = error, _unchecked()
        except ssl.SSLError as error:
            raise NoTls(_reason(error)) from error
        except OSError as error:
            raise unreachable(error, plain.address) from error


async def _secured(
    host: str, plain: Opened, context: ssl.SSLContext, refused: ssl.SSLCertVerificationError | None
) -> _Line:
    began = time.monotonic()
    try:
        reader, writer = await asyncio.open_connection(sock=plain.socket, ssl=context, server_hostname=host)
    except BaseException:
        plain.socket.close()
        raise
    took = time.monotonic() - began
    der = writer.get_extra_info("ssl_object").getpeercert(binary_form=True)
    return _Line(plain, reader, writer, took, _read(der, refused))


def _read(der: bytes | None, refused: ssl.SSLCertVerificationError | None) -> Certificate | None:
    try:
        return certificate(der, refused, now()) if der else None
    except ValueError:
        return None


def _unchecked() -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context


async def _asked(url: httpx.URL, line: _Line) -> Answered:
    speaking = h11.Connection(h11.CLIENT)
    request = h11.Request(method="GET", target=url.raw_path, headers=_headers(url))
    line.writer.write((speaking.send(request) or b"") + (speaking.send(h11.EndOfMessage()) or b""))
    await line.writer.drain()
    began = time.monotonic()
    head: h11.Response | None = None
    first, size = 0.0, 0
    while size < BODY_LIMIT:
        event = speaking.next_event()
        if event is h11.NEED_DATA:
            speaking.receive_data(await line.reader.read(READ_SIZE))
        elif isinstance(event, h11.Response):
            head, first = event, time.monotonic() - began
        elif isinstance(event, h11.Data):
            size += len(event.data)
        elif not isinstance(event, h11.InformationalResponse):
            break
    if head is None:
        raise NoHttp("it ended the connection without an answer")
    location = dict(head.headers).get(b"location", b"").decode(errors="replace")
    return Answered(
        line.opened.address,
        line.opened.seconds,
        line.tls_seconds,
        first,
        head.status_code,
        size,
        location if 300 <= head.status_code < 400 else "",
        line.certificate,
    )


def _headers(url: httpx.URL) -> list[tuple[bytes, bytes]]:
    headers = [
        (b"Host", url.netloc),
        (b"User-Agent", b"aurora-rt"),
        (b"Accept", b"*/*"),
        (b"Connection", b"close"),
    ]
    if url.userinfo:
        given = f"{url.username}:{url.password}".encode()
        headers.append((b"Authorization", b"Basic " + b64encode(given)))
    return headers


def _reason(error: ssl.SSLError) -> str:
    return (error.reason or str(error)).replace("_", " ").lower()


__all__ = ["Answered", "NoHttp", "NoTls", "Unreachable", "get"]
