"""What an organization knows, over REST: notes, documents, and searching them and past incidents."""

from uuid import UUID

from quart import Blueprint, Response
from quart_schema import DataSource, document_request, document_response

from aurora_rt.errors import Unavailable
from aurora_rt.identity.http import Callers, needs
from aurora_rt.knowledge import documents
from aurora_rt.knowledge.judged import JudgedBooks
from aurora_rt.knowledge.library import Knowledge
from aurora_rt.knowledge.names import NamelessDocument, UnsupportedDocument
from aurora_rt.knowledge.schemas import (
    DocumentRemoved,
    Documents,
    DocumentShown,
    DocumentToUpload,
    Found,
    FoundKnowledge,
    KnowledgeQuery,
    NewNotes,
    NotesShown,
)
from aurora_rt.settings import Settings
from aurora_rt.toolsets.toolset import ToolFailed
from aurora_rt.web.bodies import answer, read_json
from aurora_rt.web.openapi.declared import fails
from aurora_rt.web.uploads import incoming_file


class SearchAway(Unavailable):
    """What is known cannot be searched just now."""

    code = "search_unavailable"


def routes(settings: Settings, knowledge: Knowledge, callers: Callers) -> Blueprint:
    """The routes below `/api/knowledge-base`."""
    blueprint = Blueprint("knowledge", __name__, url_prefix="/api/knowledge-base")
    database = knowledge.database

    @blueprint.get("/memory")
    @document_response(NotesShown)
    async def show_notes() -> Response:
        """What the organization notes about itself."""
        caller = await callers.current()
        return answer(NotesShown.of(await documents.notes(database, caller.organization_id)))

    @blueprint.put("/memory")
    @document_request(NewNotes)
    @document_response(NotesShown)
    async def change_notes() -> Response:
        """Keep notes in place of the former ones."""
        caller = await callers.current()
        wanted = await read_json(NewNotes)
        return answer(NotesShown.of(await documents.note(database, caller.organization_id, wanted.content)))

    @blueprint.get("/documents")
    @document_response(Documents)
    async def list_documents() -> Response:
        """The organization's documents, the newest first, and how much of its limits they take."""
        caller = await callers.current()
        found, usage = await documents.listed(database, caller.organization_id)
        return answer(Documents.of(found, usage, settings))

    @blueprint.get("/documents/<uuid:document_id>")
    @document_response(DocumentShown)
    async def show_document(document_id: UUID) -> Response:
        """One document: whether it is read already, or why it could not be."""
        caller = await callers.current()
        return answer(DocumentShown.of(await documents.shown(database, caller.organization_id, document_id)))

    @blueprint.delete("/documents/<uuid:document_id>")
    @document_response(DocumentRemoved)
    async def remove_document(document_id: UUID) -> Response:
        """Remove a document, whoever uploaded it, and everything that was made of it."""
        caller = await callers.current()
        await documents.remove(knowledge, caller.organization_id, document_id)
        return answer(DocumentRemoved(message="Document removed"))

    @blueprint.post("/documents/<uuid:document_id>/read")
    @fails(documents.DocumentRead)
    @document_response(DocumentShown, 202)
    async def read_document_again(document_id: UUID) -> Response:
        """Try once more to read a document that could not be read."""
        caller = await callers.current()
        document = await documents.read_again(database, caller.organization_id, document_id)
        return answer(DocumentShown.of(document), 202)

    @blueprint.post("/upload")
    @fails(
        documents.DocumentExists,
        documents.DocumentLimit,
        documents.StorageLimit,
        documents.EmptyDocument,
        NamelessDocument,
        UnsupportedDocument,
    )
    @document_request(DocumentToUpload, source=DataSource.FORM_MULTIPART)
    @document_response(DocumentShown, 201)
    async def upload_document() -> Response:
        """Take in a document: Markdown, plain text or PDF. It is read in the background; poll its status."""
        caller = await callers.current()
        async with incoming_file("file", limit=settings.document_max_bytes) as incoming:
            document = await documents.upload(database, settings, caller, incoming)
        return answer(DocumentShown.of(document), 201)

    @blueprint.post("/search")
    @document_request(KnowledgeQuery)
    @document_response(FoundKnowledge)
    @needs("viewer")
    async def search_knowledge() -> Response:
        """Passages of documents and past incidents that fit, by meaning and by words, nearest first."""
        caller = await callers.current()
        wanted = await read_json(KnowledgeQuery)
        here = caller.organization_id
        try:
            found = await JudgedBooks(knowledge, here).search(
                wanted.query, limit=wanted.limit, kinds=wanted.kinds
            )
        except ToolFailed as failed:
            raise SearchAway(failed.reason) from failed
        return answer(
            FoundKnowledge(results=tuple(map(Found.of, found)), note=knowledge.words_alone.get(here, ""))
        )

    return blueprint
