"""Bodies come in no faster than they are read, and forms are taken apart whatever is in them."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from quart import Quart
from werkzeug.datastructures import Headers

from aurora_rt.errors import Invalid, UnsupportedMedia
from aurora_rt.web import pacing
from aurora_rt.web.pacing import MOST_WAITING, PacedBody
from aurora_rt.web.uploads import incoming_file

APP = Quart("forms")
pacing.install(APP)


async def taken(body: bytes, content_type: str = "multipart/form-data; boundary=b") -> tuple[str, bytes]:
    """The name and the content of the file in a form."""
    headers = Headers({"Content-Type": content_type, "Content-Length": str(len(body))})
    async with (
        APP.test_request_context("/", method="POST", headers=headers, data=body),
        incoming_file("file", limit=1_000_000) as incoming,
    ):
        return incoming.filename, b"".join([piece async for piece in incoming.pieces])


def form(content: bytes, before: bytes = b"") -> bytes:
    head = b'--b\r\nContent-Disposition: form-data; name="file"; filename="a.md"\r\n\r\n'
    return before + head + content + b"\r\n--b--\r\n"


async def test_a_file_comes_out_as_it_went_in() -> None:
    for content in (b"", b"x", b"\r\n", b"--", b"\r\n--c\r\n", bytes(range(256)) * 2000, b"\r" * 200_000):
        assert await taken(form(content)) == ("a.md", content)
    field = b'--b\r\nContent-Disposition: form-data; name="note"\r\n\r\nhello\r\n'
    assert await taken(form(b"x", before=field)) == ("a.md", b"x")


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"nothing like a form",
        b"--b--\r\n",
        b"--b\r\nNo-Disposition: x\r\n\r\nx\r\n--b--\r\n",
        b'--b\r\nContent-Disposition: form-data; name="file"\r\n\r\nno file\r\n--b--\r\n',
        form(b"x")[:-8],
        b"--b\r\nX: " + b"y" * 300_000,
        b'--b\r\nContent-Disposition: form-data; name="x"\r\n\r\n\r\n' * 40 + form(b"x"),
        b"--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"\xff\xfe\"\r\n\r\nx\r\n--b--\r\n",
    ],
    ids=["empty", "none", "closed", "headless", "a field", "cut", "endless header", "many fields", "bad name"],
)  # fmt: skip
async def test_a_form_that_is_none_is_refused(body: bytes) -> None:
    with pytest.raises(Invalid):
        await taken(body)


async def test_anything_else_than_a_form_is_another_media_type() -> None:
    for content_type in ("application/json", "multipart/form-data", "text/plain; boundary=b"):
        with pytest.raises(UnsupportedMedia):
            await taken(form(b"x"), content_type)


async def test_who_sends_faster_than_is_read_has_to_wait() -> None:
    body, most, size = PacedBody(None, None), 0, 256 * 1024

    async def send() -> None:
        nonlocal most
        for _ in range(40):
            body.append(b"x" * size)
            most = max(most, len(body._data))
            await body.room()
        body.set_complete()

    async def slowly() -> AsyncIterator[bytes]:
        async for piece in body:
            await asyncio.sleep(0)
            yield piece

    async with asyncio.TaskGroup() as together:
        together.create_task(send())
        read = sum([len(piece) async for piece in slowly()])
    assert read == 40 * size
    assert most <= MOST_WAITING + size
