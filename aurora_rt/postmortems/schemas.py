"""What postmortems look like outside: the event, and the bodies of REST."""

from typing import Annotated, ClassVar
from uuid import UUID

from pydantic import Field

from aurora_rt.events.envelope import CamelEventData
from aurora_rt.incidents.schemas import Camel, Moment
from aurora_rt.postmortems.models import Postmortem
from aurora_rt.web.bodies import Body

TEXT_LIMIT = 200_000
"""Characters of a postmortem."""
Version = Annotated[int, Field(ge=1, le=2**31 - 1)]


class PostmortemChanged(CamelEventData):
    """The event `postmortem`: there is a new version, and who wrote it. The text is read over REST."""

    event: ClassVar[str] = "postmortem"

    version: int
    updated_at: Moment
    updated_by: str
    updated_by_name: str

    @classmethod
    def of(cls, postmortem: Postmortem) -> "PostmortemChanged":
        """The event of this version."""
        return cls(
            version=postmortem.version,
            updated_at=postmortem.updated_at,
            updated_by=postmortem.updated_by,
            updated_by_name=postmortem.updated_by_name,
        )


class PostmortemShown(Camel):
    """A postmortem as it stands."""

    incident_id: UUID
    markdown: str
    version: int
    created_at: Moment
    updated_at: Moment
    updated_by: str
    updated_by_name: str

    @classmethod
    def of(cls, postmortem: Postmortem) -> "PostmortemShown":
        """The outside form of `postmortem`."""
        return cls(
            incident_id=postmortem.incident_id,
            markdown=postmortem.markdown,
            version=postmortem.version,
            created_at=postmortem.created_at,
            updated_at=postmortem.updated_at,
            updated_by=postmortem.updated_by,
            updated_by_name=postmortem.updated_by_name,
        )


class PostmortemDraft(Body, extra="forbid"):
    """Asks for a draft. With `version` it takes the place of that version; without, what is there already stays."""

    version: Version | None = None


class PostmortemText(Body):
    """A new text, and the version that its writer has read."""

    markdown: Annotated[str, Field(max_length=TEXT_LIMIT)]
    version: Version
