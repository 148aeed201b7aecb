"""How much an organization may keep of documents."""

from pydantic import Field
from pydantic_settings import BaseSettings

MIB = 1024 * 1024


class DocumentSettings(BaseSettings):
    """The part of the settings that bounds documents."""

    documents: int = Field(
        100, alias="AURORA_DOCUMENTS", ge=0, le=100_000, description="Documents of one organization, at most."
    )
    documents_mb: int = Field(
        1000,
        alias="AURORA_DOCUMENTS_MB",
        ge=0,
        description="Mebibytes of all its documents together, at most.",
    )
    document_mb: int = Field(
        50, alias="AURORA_DOCUMENT_MB", ge=1, le=1024, description="Mebibytes of one document, at most."
    )

    @property
    def document_max_bytes(self) -> int:
        """Bytes of one document, at most."""
        return self.document_mb * MIB

    @property
    def documents_max_bytes(self) -> int:
        """Bytes of all documents of an organization, at most."""
        return self.documents_mb * MIB
