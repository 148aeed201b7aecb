"""All SQL about documents, the bytes that were uploaded, and an organization's notes."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID

from aurora_rt.db.pool import Row, Scope
from aurora_rt.knowledge.names import FileType

DocumentStatus = Literal["uploading", "processing", "ready", "failed"]


@dataclass(frozen=True, slots=True)
class Document:
    """A document as it stands; its bytes are apart."""

    id: UUID
    filename: str
    original_filename: str
    file_type: FileType
    file_size_bytes: int
    status: DocumentStatus
    error_message: str
    chunk_count: int
    uploaded_by: str
    created_at: datetime
    updated_at: datetime


@dataclass(frozen=True, slots=True)
class Usage:
    """How much an organization keeps, uploads under way included."""

    count: int
    size: int
    """Bytes."""


@dataclass(frozen=True, slots=True)
class Notes:
    """What an organization notes about itself."""

    content: str
    updated_at: datetime | None


async def lock_organization(scope: Scope) -> None:
    """Let nobody else begin an upload for the organization until the transaction ends."""
    await scope.connection.execute(
        "SELECT FROM organizations WHERE id = $1 FOR NO KEY UPDATE", scope.organization_id
    )


async def select_usage(scope: Scope) -> Usage:
    """How much the organization keeps."""
    row = await scope.connection.fetchrow(
        """
        SELECT count(*) AS count, coalesce(sum(file_size_bytes), 0)::bigint AS size
        FROM documents WHERE organization_id = $1
        """,
        scope.organization_id,
    )
    return Usage(**row) if row else Usage(0, 0)


async def insert_document(scope: Scope, new: Document) -> bool:
    """Keep a new document's row; False when the organization has one of that name."""
    inserted = await scope.connection.fetchval(
        """
        INSERT INTO documents (id, organization_id, filename, original_filename, file_type, file_size_bytes, status,
                               uploaded_by, created_at, updated_at)
        VALUES ($2, $1, $3, $4, $5, $6, $7, $8, $9, $9)
        ON CONFLICT (organization_id, filename) DO NOTHING RETURNING true
        """,
        scope.organization_id,
        new.id,
        new.filename,
        new.original_filename,
        new.file_type,
        new.file_size_bytes,
        new.status,
        new.uploaded_by,
        new.created_at,
    )
    return bool(inserted)


async def insert_bytes(scope: Scope, document_id: UUID, number: int, piece: bytes, at: datetime) -> bool:
    """Keep a piece of what is uploaded; False when the document was removed meanwhile."""
    inserted = await scope.connection.fetchval(
        """
        WITH touched AS (
            UPDATE documents SET updated_at = $5
            WHERE organization_id = $1 AND id = $2 AND status = 'uploading' RETURNING id
        )
        INSERT INTO document_bytes (organization_id, document_id, number, bytes)
        SELECT $1, id, $3, $4 FROM touched RETURNING true
        """,
        scope.organization_id,
        document_id,
        number,
        piece,
        at,
    )
    return bool(inserted)


async def select_bytes(scope: Scope, document_id: UUID, number: int) -> bytes | None:
    """A piece of what was uploaded; None after the last."""
    piece: bytes | None = await scope.connection.fetchval(
        "SELECT bytes FROM document_bytes WHERE organization_id = $1 AND document_id = $2 AND number = $3",
        scope.organization_id,
        document_id,
        number,
    )
    return piece


async def delete_bytes(scope: Scope, document_id: UUID) -> None:
    """Forget what was uploaded."""
    await scope.connection.execute(
        "DELETE FROM document_bytes WHERE organization_id = $1 AND document_id = $2",
        scope.organization_id,
        document_id,
    )


async def set_uploaded(scope: Scope, document_id: UUID, size: int, at: datetime) -> Document | None:
    """Note that a document has arrived whole; None when it was removed meanwhile."""
    row = await scope.connection.fetchrow(
        """
        UPDATE documents SET status = 'processing', file_size_bytes = $3, updated_at = $4
        WHERE organization_id = $1 AND id = $2 AND status = 'uploading' RETURNING *
        """,
        scope.organization_id,
        document_id,
        size,
        at,
    )
    return _document(row) if row else None


async def set_processing(scope: Scope, document_id: UUID, at: datetime) -> Document | None:
    """Note that a document is read again; None when there is none, or it is still being uploaded."""
    row = await scope.connection.fetchrow(
        """
        UPDATE documents SET status = 'processing', error_message = '', updated_at = $3
        WHERE organization_id = $1 AND id = $2 AND status <> 'uploading' RETURNING *
        """,
        scope.organization_id,
        document_id,
        at,
    )
    return _document(row) if row else None


async def set_read(
    scope: Scope,
    document_id: UUID,
    status: DocumentStatus,
    chunk_count: int,
    error_message: str,
    at: datetime,
) -> None:
    """Note how reading a document ended."""
    await scope.connection.execute(
        """
        UPDATE documents SET status = $3, chunk_count = $4, error_message = $5, updated_at = $6
        WHERE organization_id = $1 AND id = $2
        """,
        scope.organization_id,
        document_id,
        status,
        chunk_count,
        error_message,
        at,
    )


async def lock_document(scope: Scope, document_id: UUID) -> Document | None:
    """A document that nobody else changes or removes until the transaction ends."""
    row = await scope.connection.fetchrow(
        "SELECT * FROM documents WHERE organization_id = $1 AND id = $2 FOR UPDATE",
        scope.organization_id,
        document_id,
    )
    return _document(row) if row else None


async def select_document(scope: Scope, document_id: UUID) -> Document | None:
    """One document."""
    row = await scope.connection.fetchrow(
        "SELECT * FROM documents WHERE organization_id = $1 AND id = $2", scope.organization_id, document_id
    )
    return _document(row) if row else None


async def select_documents(scope: Scope) -> tuple[Document, ...]:
    """All documents, the newest first."""
    rows = await scope.connection.fetch(
        "SELECT * FROM documents WHERE organization_id = $1 ORDER BY created_at DESC, id DESC",
        scope.organization_id,
    )
    return tuple(map(_document, rows))


async def delete_document(scope: Scope, document_id: UUID) -> None:
    """Remove a document with its bytes."""
    await scope.connection.execute(
        "DELETE FROM documents WHERE organization_id = $1 AND id = $2", scope.organization_id, document_id
    )


async def delete_broken_uploads(scope: Scope, before: datetime) -> Sequence[UUID]:
    """Remove what nothing has been added to since: uploads that broke off; returns their ids."""
    rows = await scope.connection.fetch(
        """
        DELETE FROM documents
        WHERE organization_id = $1 AND status = 'uploading' AND updated_at < $2 RETURNING id
        """,
        scope.organization_id,
        before,
    )
    return [row["id"] for row in rows]


async def select_notes(scope: Scope) -> Notes:
    """The organization's notes; empty ones when there are none."""
    row = await scope.connection.fetchrow(
        "SELECT content, updated_at FROM organization_notes WHERE organization_id = $1", scope.organization_id
    )
    return Notes(**row) if row else Notes("", None)


async def upsert_notes(scope: Scope, content: str, at: datetime) -> None:
    """Keep the organization's notes in place of the former ones."""
    await scope.connection.execute(
        """
        INSERT INTO organization_notes (organization_id, content, updated_at) VALUES ($1, $2, $3)
        ON CONFLICT (organization_id) DO UPDATE SET content = $2, updated_at = $3
        """,
        scope.organization_id,
        content,
        at,
    )


def _document(row: Row) -> Document:
    return Document(
        id=row["id"],
        filename=row["filename"],
        original_filename=row["original_filename"],
        file_type=row["file_type"],
        file_size_bytes=row["file_size_bytes"],
        status=row["status"],
        error_message=row["error_message"],
        chunk_count=row["chunk_count"],
        uploaded_by=row["uploaded_by"],
        created_at=row["created_at"],
        updated_at=row["updated_at"],
    )
