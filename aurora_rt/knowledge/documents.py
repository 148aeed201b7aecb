"""Documents: taken in piece by piece, read in the background, found, and removed with everything that was made of them.

A document is a row, its bytes in pieces, and its passages. It goes from `uploading` to `processing` in the transaction
that puts the job of reading it in the queue, and from there to `ready` or, with a reason, to `failed`. The job brings
the passages in line with the document as it then stands, whatever that is: for one that is gone there are none. So it
may be cut off anywhere and done again. Once a document is read its bytes are gone: what stays are its passages, out of
which secrets are taken.
"""

import asyncio
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from typing import BinaryIO, Final
from uuid import UUID

import structlog

from aurora_rt import jobs
from aurora_rt.clock import new_id, now
from aurora_rt.db.pool import Database, Scope
from aurora_rt.errors import Conflict, Invalid, NotFound, TooLarge
from aurora_rt.identity.models import Caller
from aurora_rt.knowledge import document_queries as queries
from aurora_rt.knowledge.chunks import cut
from aurora_rt.knowledge.document_queries import Document, Notes, Usage
from aurora_rt.knowledge.library import Books, Knowledge
from aurora_rt.knowledge.models import Source
from aurora_rt.knowledge.names import file_name, file_type, legible_name, require_content
from aurora_rt.knowledge.queries import delete_passages
from aurora_rt.knowledge.reading import Unreadable, text_of
from aurora_rt.redaction import redacted
from aurora_rt.settings import Settings
from aurora_rt.web.uploads import Incoming

PIECE: Final = 1024 * 1024
"""Bytes of a row of what was uploaded."""
BROKEN_AFTER: Final = timedelta(minutes=10)
"""An upload to which nothing was added for so long has broken off."""

log = structlog.get_logger(__name__)


class DocumentNotFound(NotFound):
    """There is no such document in this organization."""

    code = "document_not_found"


class DocumentExists(Conflict):
    """The organization has a document of that name."""

    code = "document_exists"


class DocumentLimit(Conflict):
    """The organization has as many documents as it may have."""

    code = "document_limit"


class StorageLimit(TooLarge):
    """The document does not fit into what the organization may keep."""

    code = "storage_limit"


class EmptyDocument(Invalid):
    """The file is empty."""

    code = "empty_document"


class DocumentRead(Conflict):
    """The document was read, and its bytes are not kept."""

    code = "document_read"


class UploadRemoved(Conflict):
    """The document was removed while it was being uploaded."""

    code = "upload_removed"


async def upload(database: Database, settings: Settings, caller: Caller, incoming: Incoming) -> Document:
    """Take a document in, and have it read. Nothing of it is kept when this raises.

    Raises `NamelessDocument`, `UnsupportedDocument`, `EmptyDocument`, `DocumentExists`, `DocumentLimit`,
    `StorageLimit`, `UploadRemoved`, and what `Incoming.pieces` raises.
    """
    name = file_name(incoming.filename)
    kind = file_type(name)
    blocks = _blocks(incoming)
    first = await anext(blocks, b"")
    if not first:
        raise EmptyDocument("The file is empty.")
    require_content(kind, first)
    at = now()
    most = settings.document_max_bytes
    document = Document(
        id=new_id(),
        filename=name,
        original_filename=legible_name(incoming.filename),
        file_type=kind,
        file_size_bytes=most if incoming.announced is None else min(incoming.announced, most),
        status="uploading",
        error_message="",
        chunk_count=0,
        uploaded_by=caller.user_id,
        created_at=at,
        updated_at=at,
    )
    async with _kept_only_whole(database, settings, caller, document):
        size, number = 0, 0
        piece: bytes | None = first
        while piece:
            async with database.scope(caller.organization_id) as scope:
                if not await queries.insert_bytes(scope, document.id, number, piece, now()):
                    raise UploadRemoved("The document was removed while it was being uploaded.")
            size, number = size + len(piece), number + 1
            piece = await anext(blocks, None)
        async with database.transaction(caller.organization_id) as scope:
            uploaded = await queries.set_uploaded(scope, document.id, size, now())
            if uploaded is None:
                raise UploadRemoved("The document was removed while it was being uploaded.")
            await _enqueue(scope, document.id)
    return uploaded


async def listed(database: Database, organization_id: UUID) -> tuple[tuple[Document, ...], Usage]:
    """All documents, the newest first, and how much they take."""
    async with database.transaction(organization_id) as scope:
        await queries.delete_broken_uploads(scope, now() - BROKEN_AFTER)
        return await queries.select_documents(scope), await queries.select_usage(scope)


async def shown(database: Database, organization_id: UUID, document_id: UUID) -> Document:
    """One document. Raises `DocumentNotFound`."""
    async with database.scope(organization_id) as scope:
        document = await queries.select_document(scope, document_id)
    if document is None:
        raise _not_found()
    return document


async def read_again(database: Database, organization_id: UUID, document_id: UUID) -> Document:
    """Have a document that could not be read tried once more. Raises `DocumentNotFound`, `DocumentRead`."""
    async with database.transaction(organization_id) as scope:
        before = await queries.lock_document(scope, document_id)
        if before is not None and before.status == "ready":
            raise DocumentRead("This document was read. Delete it and upload it again to have it read anew.")
        document = await queries.set_processing(scope, document_id, now())
        if document is None:
            raise _not_found()
        await _enqueue(scope, document_id)
        return document


async def remove(knowledge: Knowledge, organization_id: UUID, document_id: UUID) -> None:
    """Remove a document, whoever uploaded it, with its bytes and passages at once. Raises `DocumentNotFound`.

    The job that is left behind sees to it that the store of vectors forgets it, too, even when we end right here.
    """
    async with knowledge.database.transaction(organization_id) as scope:
        if await queries.lock_document(scope, document_id) is None:
            raise _not_found()
        await delete_passages(scope, Source("document", document_id))
        await queries.delete_document(scope, document_id)
        await _enqueue(scope, document_id)


async def notes(database: Database, organization_id: UUID) -> Notes:
    """What the organization notes about itself."""
    async with database.scope(organization_id) as scope:
        return await queries.select_notes(scope)


async def note(database: Database, organization_id: UUID, content: str) -> Notes:
    """Keep the organization's notes in place of the former ones, without secrets."""
    async with database.scope(organization_id) as scope:
        await queries.upsert_notes(scope, redacted(content), now())
        return await queries.select_notes(scope)


async def read(knowledge: Knowledge, job: jobs.ReadDocument) -> None:
    """Bring the passages in line with the document as it stands."""
    books, source = knowledge.of(job.organization_id), Source("document", job.document_id)
    async with knowledge.database.scope(job.organization_id) as scope:
        document = await queries.select_document(scope, job.document_id)
    if document is None:
        await books.delete(source)
        return
    if document.status in ("uploading", "ready"):
        return  # a further job comes when it is whole; or this one was done, and cut off before that was noted
    try:
        count = await _put(knowledge.database, books, job.organization_id, document)
    except Unreadable as unreadable:
        await books.delete(source)
        ended = replace(document, status="failed", chunk_count=0, error_message=unreadable.reason)
    else:
        ended = replace(document, status="ready", chunk_count=count, error_message="")
    if not await _end(knowledge.database, job.organization_id, ended):
        await books.delete(source)  # removed while it was read
    log.info("document_read", document_id=str(document.id), status=ended.status, chunks=ended.chunk_count)


async def give_up(knowledge: Knowledge, job: jobs.ReadDocument, reason: str) -> None:
    """Say that a document cannot be read, after several tries."""
    log.error("document_given_up", document_id=str(job.document_id), reason=reason)
    async with knowledge.database.transaction(job.organization_id) as scope:
        if await queries.lock_document(scope, job.document_id) is not None:
            told = "It could not be read because of an error on our side, several times. Try again later."
            await queries.set_read(scope, job.document_id, "failed", 0, told, now())


async def _put(database: Database, books: Books, organization_id: UUID, document: Document) -> int:
    file = await asyncio.to_thread(tempfile.TemporaryFile)  # without a name: it goes when this process does
    try:
        await _fetch(database, organization_id, document.id, file)
        text = await text_of(document.file_type, file)
    finally:
        await asyncio.to_thread(file.close)
    chunks = await asyncio.to_thread(cut, text)
    return await books.put(Source("document", document.id), document.filename, chunks)


async def _fetch(database: Database, organization_id: UUID, document_id: UUID, file: BinaryIO) -> None:
    number = 0
    while True:
        async with database.scope(organization_id) as scope:
            piece = await queries.select_bytes(scope, document_id, number)
        if piece is None:
            break
        await asyncio.to_thread(file.write, piece)
        number += 1
    await asyncio.to_thread(file.flush)


async def _end(database: Database, organization_id: UUID, ended: Document) -> bool:
    """Note how reading ended; False when the document was removed meanwhile."""
    async with database.transaction(organization_id) as scope:
        if await queries.lock_document(scope, ended.id) is None:
            return False
        await queries.set_read(scope, ended.id, ended.status, ended.chunk_count, ended.error_message, now())
        if ended.status == "ready":
            await queries.delete_bytes(scope, ended.id)
        return True


@asynccontextmanager
async def _kept_only_whole(
    database: Database, settings: Settings, caller: Caller, document: Document
) -> AsyncIterator[None]:
    """A document's row that is there from the beginning, and is gone again when the block raises."""
    async with database.transaction(caller.organization_id) as scope:
        await queries.lock_organization(scope)
        await queries.delete_broken_uploads(scope, now() - BROKEN_AFTER)
        if not await queries.insert_document(scope, document):
            raise DocumentExists(
                f"There is a document called {document.filename} already. Delete it first, or rename yours."
            )
        usage = await queries.select_usage(scope)
        if usage.count > settings.documents:
            raise DocumentLimit(f"{settings.documents} documents are kept at most. Delete one first.")
        if usage.size > settings.documents_max_bytes:
            raise StorageLimit(
                f"Documents may take {settings.documents_mb} MB together; this one does not fit any more."
            )
    try:
        yield
    except BaseException:
        async with database.scope(caller.organization_id) as scope:
            await queries.delete_document(scope, document.id)
        raise


async def _blocks(incoming: Incoming) -> AsyncIterator[bytes]:
    """What comes in, in blocks of `PIECE` bytes, the last one shorter."""
    block = bytearray()
    async for piece in incoming.pieces:
        block += piece
        while len(block) >= PIECE:
            yield bytes(block[:PIECE])
            del block[:PIECE]
    if block:
        yield bytes(block)


async def _enqueue(scope: Scope, document_id: UUID) -> None:
    job = jobs.ReadDocument(organization_id=scope.organization_id, document_id=document_id)
    await jobs.enqueue(scope.connection, [job], [jobs.READING_PRIORITY])


def _not_found() -> DocumentNotFound:
    return DocumentNotFound("There is no such document.")
