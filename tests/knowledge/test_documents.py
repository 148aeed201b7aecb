"""Documents over the API, with a whole server: taken in, read, found, removed with everything that was made of them."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress
from typing import Any

import httpx
import pytest
from papers import RUNBOOK, locked, pdf
from people import PASSWORD, Person, eventually

from aurora_rt.db.pool import Database, Scope
from aurora_rt.knowledge import document_queries, documents
from aurora_rt.settings import Settings

BASE = "/api/knowledge-base"


async def upload(person: Person, name: str, content: bytes | str) -> httpx.Response:
    sent = content.encode() if isinstance(content, str) else content
    return await person.http.post(f"{BASE}/upload", files={"file": (name, sent)})


async def read(person: Person, document_id: str) -> dict[str, Any]:
    """The document, once it is read or known to be unreadable."""

    async def look() -> dict[str, Any]:
        return (await person.http.get(f"{BASE}/documents/{document_id}")).json()

    return await eventually(look, lambda one: one["status"] in ("ready", "failed"))


async def uploaded(person: Person, name: str, content: bytes | str) -> dict[str, Any]:
    answer = await upload(person, name, content)
    assert answer.status_code == 201, answer.text
    return await read(person, answer.json()["id"])


async def found(person: Person, query: str) -> list[dict[str, Any]]:
    answer = await person.http.post(f"{BASE}/search", json={"query": query})
    assert answer.status_code == 200, answer.text
    return answer.json()["results"]


async def left(database: Database, document_id: str) -> int:
    """Rows that anything of the document is in."""
    async with database.connection() as connection:
        return await connection.fetchval(
            """
            SELECT (SELECT count(*) FROM documents WHERE id = $1) + (SELECT count(*) FROM passages WHERE source_id = $1)
                 + (SELECT count(*) FROM document_bytes WHERE document_id = $1)
            """,
            document_id,
        )


@pytest.fixture
def settings(settings: Settings) -> Settings:
    """A little room only, so that limits are reached with little."""
    return settings.model_copy(update={"documents": 4, "documents_mb": 3, "document_mb": 2})


async def test_a_runbook_is_uploaded_read_found_and_deleted_by_a_colleague_with_all_its_passages(
    person: Person, database: Database
) -> None:
    answer = await upload(person, "payments.md", RUNBOOK + "\nadmin_password: hunter22\n")
    sent = answer.json()
    assert (answer.status_code, sent["status"], sent["file_type"]) == (201, "processing", "md")
    assert sent["original_filename"] == sent["filename"] == "payments.md"
    assert sent["file_size_bytes"] == len(RUNBOOK) + 26
    ready = await read(person, sent["id"])
    assert (ready["status"], ready["error_message"]) == ("ready", "")
    assert ready["chunk_count"] >= 1
    listed = (await person.http.get(f"{BASE}/documents")).json()
    assert [one["id"] for one in listed["documents"]] == [sent["id"]]
    assert listed["usage"]["document_count"] == 1
    assert (listed["usage"]["document_limit"], listed["usage"]["storage_limit_mb"]) == (4, 3)
    best = (await found(person, "the payments queue does not move"))[0]
    assert (best["kind"], best["source_filename"], best["id"]) == ("document", "payments.md", sent["id"])
    assert "consumer" in best["content"]
    assert 0 < best["score"] <= 1
    assert "hunter22" not in str(await found(person, "admin password"))
    # the original keeps the passages when somebody else deletes the document
    colleague = await joined(person)
    answer = await colleague.http.delete(f"{BASE}/documents/{sent['id']}")
    assert answer.status_code == 200
    assert await left(database, sent["id"]) == 0
    assert await found(person, "the payments queue does not move") == []
    assert (await person.http.get(f"{BASE}/documents/{sent['id']}")).json()["code"] == "document_not_found"
    # its name is free again, and pdf works
    again = await uploaded(person, "payments.md", RUNBOOK)
    assert again["status"] == "ready"
    paper = await uploaded(person, "broker.pdf", pdf("Restart the broker\nwhen the lag of the queue grows."))
    assert (paper["status"], paper["file_type"]) == ("ready", "pdf")
    assert (await found(person, "restart broker"))[0]["source_filename"] == "broker.pdf"
    closed = await uploaded(person, "closed.pdf", locked(pdf("nothing to see")))
    assert (closed["status"], closed["chunk_count"]) == ("failed", 0)
    assert "password" in closed["error_message"]
    answer = await person.http.post(f"{BASE}/documents/{closed['id']}/read")
    assert (answer.status_code, answer.json()["status"]) == (202, "processing")
    assert (await read(person, closed["id"]))["status"] == "failed"
    # what is read is not kept as it was uploaded; there is nothing to read again
    async with database.connection() as connection:
        kept = await connection.fetch("SELECT DISTINCT document_id::text AS id FROM document_bytes")
    assert [one["id"] for one in kept] == [closed["id"]]
    answer = await person.http.post(f"{BASE}/documents/{paper['id']}/read")
    assert (answer.status_code, answer.json()["code"]) == (409, "document_read")


async def joined(person: Person) -> Person:
    """A colleague, by invitation."""
    answer = await person.http.post("/api/organization/invitations", json={"role": "editor"})
    assert answer.status_code == 201, answer.text
    token = answer.json()["link"].partition("invitation=")[2]
    return await Person.registered(person.base_url, invitation=token)


async def test_two_organizations_may_have_a_document_of_the_same_name_and_see_only_their_own(
    person: Person,
) -> None:
    other = await Person.registered(person.base_url)
    mine = await uploaded(
        person, "runbook.md", "# Ours\n\nWhen the turbine hums, call Ada in the harbour office."
    )
    theirs = await uploaded(
        other, "runbook.md", "# Theirs\n\nWhen the turbine hums, call Grace at the airfield."
    )
    assert mine["status"] == theirs["status"] == "ready"
    assert "Ada" in str(await found(person, "turbine hums"))
    assert "Grace" not in str(await found(person, "turbine hums"))
    for method, path in (("GET", ""), ("DELETE", ""), ("POST", "/read")):
        answer = await other.http.request(method, f"{BASE}/documents/{mine['id']}{path}")
        assert (answer.status_code, answer.json()["code"]) == (404, "document_not_found")
    again = await upload(person, "runbook.md", "something else")
    assert (again.status_code, again.json()["code"]) == (409, "document_exists")


async def test_what_is_too_much_or_no_document_is_refused_with_its_code_and_leaves_nothing(
    onlooker: Person, database: Database
) -> None:
    for name, content, status, code in (
        ("run.exe", "MZ", 415, "unsupported_document"),
        ("run.pdf", "MZ", 415, "unsupported_document"),
        ("run.md", b"\x7fELF\x00\x01", 415, "unsupported_document"),
        ("empty.md", "", 400, "empty_document"),
        ("..", "x", 400, "invalid_file_name"),
    ):
        answer = await upload(onlooker, name, content)
        assert (answer.status_code, answer.json()["code"]) == (status, code), answer.text
    answer = await onlooker.http.post(f"{BASE}/upload", json={"file": "x"})
    assert (answer.status_code, answer.json()["code"]) == (415, "unsupported_media_type")
    answer = await onlooker.http.post(f"{BASE}/upload", files={"other": ("a.md", b"x")})
    assert (answer.status_code, answer.json()["code"]) == (400, "invalid_request")
    # announced: refused before it is sent; not announced: cut off where it becomes too much
    answer = await upload(onlooker, "large.md", b"x" * (2 * 1024 * 1024 + 100_000))
    assert (answer.status_code, answer.json()["code"]) == (413, "too_large")
    answer = await onlooker.http.post(
        f"{BASE}/upload",
        content=endless("large.md"),
        headers={"Content-Type": "multipart/form-data; boundary=b"},
    )
    assert (answer.status_code, answer.json()["code"]) == (413, "too_large")
    assert (await upload(onlooker, "first.md", b"x" * 1_800_000)).status_code == 201
    answer = await upload(onlooker, "second.md", b"x" * 1_800_000)
    assert (answer.status_code, answer.json()["code"]) == (413, "storage_limit")
    for name in ("a.md", "b.md", "c.md"):
        assert (await upload(onlooker, name, "x")).status_code == 201
    answer = await upload(onlooker, "d.md", "x")
    assert (answer.status_code, answer.json()["code"]) == (409, "document_limit")
    async with database.connection() as connection:
        assert await connection.fetchval("SELECT count(*) FROM documents") == 4
        assert await connection.fetchval("SELECT count(DISTINCT document_id) FROM document_bytes") == 4


async def endless(name: str) -> AsyncIterator[bytes]:
    yield f'--b\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n\r\n'.encode()
    for _ in range(40):
        yield b"x" * 65_536


async def test_an_upload_that_breaks_off_leaves_nothing(onlooker: Person, database: Database) -> None:
    async def breaking() -> AsyncIterator[bytes]:
        pieces = endless("broken.md")
        for _ in range(18):
            yield await anext(pieces)
        raise ConnectionResetError

    headers = {"Content-Type": "multipart/form-data; boundary=b"}
    with suppress(httpx.HTTPError, ConnectionResetError):
        await onlooker.http.post(f"{BASE}/upload", content=breaking(), headers=headers)

    async def kept() -> int:
        async with database.connection() as connection:
            return await connection.fetchval("SELECT count(*) FROM documents")

    await eventually(kept, lambda count: count == 0)
    whole = b'--b\r\nContent-Disposition: form-data; name="file"; filename="a.md"\r\n\r\nhalf a fi'
    answer = await onlooker.http.post(f"{BASE}/upload", content=whole, headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (400, "invalid_request")
    assert await kept() == 0


async def test_a_process_that_dies_while_it_takes_in_or_reads_leaves_nothing_undone(
    onlooker: Person, database: Database, settings: Settings
) -> None:
    """What a kill -9 leaves: an upload without an end, and a job in the queue whose document is half read."""
    answer = await upload(onlooker, "half.md", RUNBOOK)
    document_id = answer.json()["id"]
    async with database.connection() as connection:
        await connection.execute(
            "INSERT INTO documents SELECT gen_random_uuid(), organization_id, 'cut.md', 'cut.md', 'md', 5, 'uploading',"
            " '', 0, '', now(), now() - interval '1 hour' FROM documents"
        )
    listed = (await onlooker.http.get(f"{BASE}/documents")).json()["documents"]
    assert [one["filename"] for one in listed] == ["half.md"]
    from whole import serving

    async with serving(settings):  # another process, with workers, goes on
        assert (await read(onlooker, document_id))["status"] == "ready"
        assert (await upload(onlooker, "cut.md", "whole now")).status_code == 201


async def test_a_document_that_is_deleted_while_it_is_read_leaves_no_passages(
    person: Person, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    reached, go_on = asyncio.Event(), asyncio.Event()
    put = documents._put

    async def slow(*arguments: Any) -> int:
        count = await put(*arguments)
        reached.set()
        await go_on.wait()
        return count

    monkeypatch.setattr(documents, "_put", slow)
    document_id = (await upload(person, "gone.md", RUNBOOK)).json()["id"]
    await reached.wait()
    assert await left(database, document_id) > 2
    assert (await person.http.delete(f"{BASE}/documents/{document_id}")).status_code == 200
    go_on.set()
    assert await left(database, document_id) == 0

    async def jobs_left() -> int:
        async with database.connection() as connection:
            return await connection.fetchval("SELECT count(*) FROM pgqueuer")

    await eventually(jobs_left, lambda count: count == 0)
    assert await left(database, document_id) == 0


async def test_a_document_that_fails_again_and_again_is_given_up_visibly(
    onlooker: Person, database: Database
) -> None:
    document_id = (await upload(onlooker, "cursed.md", RUNBOOK)).json()["id"]
    async with database.connection() as connection:
        organization = await connection.fetchval("SELECT organization_id FROM documents")
    from types import SimpleNamespace

    from aurora_rt import jobs

    job = jobs.ReadDocument(organization_id=organization, document_id=document_id)
    await documents.give_up(SimpleNamespace(database=database), job, "it is cursed")  # type: ignore[arg-type]
    async with database.connection() as connection:
        kept = await document_queries.select_document(Scope(connection, organization), job.document_id)
    assert kept is not None
    assert (kept.status, "several times" in kept.error_message) == ("failed", True)


async def test_an_organization_notes_what_everybody_knows(onlooker: Person) -> None:
    assert (await onlooker.http.get(f"{BASE}/memory")).json() == {"content": "", "updated_at": None}
    answer = await onlooker.http.put(f"{BASE}/memory", json={"content": "Ask Ada. token=abcdef123456"})
    assert answer.status_code == 200
    kept = (await onlooker.http.get(f"{BASE}/memory")).json()
    assert kept["content"] == "Ask Ada. token=[redacted]"
    assert kept["updated_at"]
    answer = await onlooker.http.put(f"{BASE}/memory", json={"content": "x" * 5001})
    assert (answer.status_code, answer.json()["code"]) == (400, "invalid_request")
    assert PASSWORD not in kept["content"]
