"""Knowledge as the API shows and takes it."""

from collections.abc import Sequence
from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_camel

from aurora_rt.incidents.schemas import Moment
from aurora_rt.knowledge.account import cause, resolution
from aurora_rt.knowledge.document_queries import Document, DocumentStatus, Notes, Usage
from aurora_rt.knowledge.feedback_queries import Feedback, FeedbackType
from aurora_rt.knowledge.incidents import Similar
from aurora_rt.knowledge.names import FileType
from aurora_rt.settings import Settings
from aurora_rt.settings.documents import MIB
from aurora_rt.toolsets.toolset import Passage
from aurora_rt.web.bodies import Body, Shape

NOTES_LIMIT = 5000
QUERY_LIMIT = 1000
COMMENT_LIMIT = 2000
MOST_FOUND = 20

FileName = Annotated[str, Field(examples=["payments-runbook.md"])]


class NotesShown(Shape):
    """What an organization notes about itself."""

    content: Annotated[str, Field(examples=["Payments run in eu-west-1. The on-call channel is #payments."])]
    updated_at: Moment | None

    @classmethod
    def of(cls, notes: Notes) -> "NotesShown":
        """Notes as they are shown."""
        return cls(content=notes.content, updated_at=notes.updated_at)


class NewNotes(Body):
    """The notes that an organization shall have."""

    content: Annotated[str, Field(max_length=NOTES_LIMIT, examples=["Payments run in eu-west-1."])]


class DocumentToUpload(BaseModel):
    """A form with one document: Markdown, plain text or PDF. Its type is told by its name."""

    file: Annotated[bytes, Field(json_schema_extra={"type": "string", "format": "binary"})]


class DocumentShown(Shape):
    """A document of an organization."""

    id: UUID
    filename: FileName
    original_filename: FileName
    """As it was called where it comes from."""
    file_type: FileType
    file_size_bytes: int
    status: DocumentStatus
    error_message: str
    """Why it could not be read, in a sentence; `""` otherwise."""
    chunk_count: int
    """Passages that are found in searches."""
    uploaded_by: Annotated[str, Field(examples=["user_0c8e6f1ab5d94c3f9e27d1a04b7c5e68"])]
    created_at: Moment
    updated_at: Moment

    @classmethod
    def of(cls, document: Document) -> "DocumentShown":
        """A document as it is shown."""
        return cls(
            id=document.id,
            filename=document.filename,
            original_filename=document.original_filename,
            file_type=document.file_type,
            file_size_bytes=document.file_size_bytes,
            status=document.status,
            error_message=document.error_message,
            chunk_count=document.chunk_count,
            uploaded_by=document.uploaded_by,
            created_at=document.created_at,
            updated_at=document.updated_at,
        )


class UsageShown(Shape):
    """How much of what it may keep an organization keeps."""

    document_count: int
    document_limit: int
    storage_used_mb: float
    storage_limit_mb: int


class Documents(Shape):
    """The documents of an organization, the newest first."""

    documents: tuple[DocumentShown, ...]
    usage: UsageShown

    @classmethod
    def of(cls, documents: Sequence[Document], usage: Usage, settings: Settings) -> "Documents":
        """Documents as they are shown."""
        return cls(
            documents=tuple(map(DocumentShown.of, documents)),
            usage=UsageShown(
                document_count=usage.count,
                document_limit=settings.documents,
                storage_used_mb=round(usage.size / MIB, 2),
                storage_limit_mb=settings.documents_mb,
            ),
        )


class DocumentRemoved(Shape):
    """A document that is gone, with all its passages."""

    message: str


class KnowledgeQuery(Body):
    """What is searched for in documents and past incidents."""

    query: Annotated[str, Field(min_length=1, max_length=QUERY_LIMIT, examples=["payments queue is stuck"])]
    limit: Annotated[int, Field(ge=1, le=MOST_FOUND, strict=True)] = 5
    kinds: Annotated[
        tuple[Literal["document", "incident"], ...],
        Field(max_length=2, description="Only these; empty: both."),
    ] = ()


class Found(Shape):
    """A passage that fits what was searched for."""

    kind: Literal["document", "incident"]
    id: Annotated[str, Field(examples=["019cb2f3-1c0e-7d5a-b0c4-0b7f2f2a9d11"])]
    """Of the document or the incident."""
    source_filename: Annotated[str, Field(examples=["payments-runbook.md"])]
    """The document's name, or the incident's title."""
    heading_context: Annotated[str, Field(examples=["Payments › Queue is stuck"])]
    content: str
    score: float
    """0 to 1, higher is nearer; comparable within one search only."""

    @classmethod
    def of(cls, passage: Passage) -> "Found":
        """A passage as it is shown."""
        return cls(
            kind=passage.kind,
            id=passage.id,
            source_filename=passage.title,
            heading_context=passage.heading,
            content=passage.text,
            score=round(passage.score, 4),
        )


class FoundKnowledge(Shape):
    """What fits, nearest first."""

    results: tuple[Found, ...]
    note: Annotated[str, Field(examples=[""])] = ""
    """Why it was searched by words alone, in a sentence; `""` when it was searched by meaning, too."""


class _Camel(BaseModel):
    model_config = ConfigDict(frozen=True, alias_generator=to_camel, populate_by_name=True)


class NewFeedback(Body):
    """What a person thinks of an analysis; final."""

    feedback_type: FeedbackType
    comment: Annotated[str, Field(max_length=COMMENT_LIMIT, examples=["It was the recount, as it says."])] = (
        ""
    )


class FeedbackTaken(_Camel):
    """The answer to feedback."""

    success: bool = True
    feedback_id: UUID
    feedback_type: FeedbackType
    stored_for_learning: bool
    """Whether it counts when past incidents are looked for: always."""
    created_at: Moment


class FeedbackShown(_Camel):
    """What somebody thought of an analysis."""

    id: UUID
    feedback_type: FeedbackType
    comment: Annotated[str, Field(examples=["It was the recount, as it says."])]
    created_at: Moment

    @classmethod
    def of(cls, given: Feedback) -> "FeedbackShown":
        """Feedback as it is shown."""
        return cls(
            id=given.id,
            feedback_type=given.feedback_type,
            comment=given.comment,
            created_at=given.created_at,
        )


class OwnFeedback(_Camel):
    """What the caller thought of an incident's analysis, if they said so, and how many found it helpful or not."""

    feedback: FeedbackShown | None
    helpful: int
    not_helpful: int


class SimilarIncident(_Camel):
    """A past incident that is like the one that was asked about."""

    id: UUID
    title: str
    service: str
    severity: str
    status: str
    started_at: Moment
    resolved_at: Moment | None
    score: float
    """0 to 1, higher is more alike."""
    why: Annotated[str, Field(examples=["Both share the alert “QueueStuck” and the service “payments”."])]
    shared_services: tuple[str, ...]
    shared_alerts: tuple[str, ...]
    shared_terms: tuple[str, ...]
    cause: Annotated[str, Field(examples=["The consumer was scaled to nothing."])]
    """What its analysis came to, in short; `""` when it came to nothing."""
    resolution: Annotated[str, Field(examples=["Resolved after 25 min."])]
    helpful: int
    not_helpful: int

    @classmethod
    def of(cls, found: Similar) -> "SimilarIncident":
        """A past incident as it is shown."""
        past = found.past
        return cls(
            id=past.id,
            title=past.title,
            service=past.service,
            severity=past.severity,
            status=past.status,
            started_at=past.started_at,
            resolved_at=past.resolved_at,
            score=round(found.score, 3),
            why=found.likeness.why,
            shared_services=found.likeness.services,
            shared_alerts=found.likeness.alerts,
            shared_terms=found.likeness.terms,
            cause=cause(past),
            resolution=resolution(past),
            helpful=found.votes.helpful,
            not_helpful=found.votes.not_helpful,
        )


class SimilarIncidents(_Camel):
    """Past incidents that are like one, the likest first."""

    incidents: tuple[SimilarIncident, ...]
