"""How alerts end, and which of them belong together."""

from pydantic import Field
from pydantic_settings import BaseSettings


class AlertSettings(BaseSettings):
    """The part of the settings that says when what alerts tell of is over, and what is one trouble."""

    quiet_seconds: float = Field(
        30.0,
        alias="AURORA_QUIET_SECONDS",
        ge=0,
        le=86_400,
        description="Seconds after the end of its last alert at which an incident is resolved. An alert that fires "
        "again within them goes on with the same incident.",
    )
    flapping_changes: int = Field(
        6,
        alias="AURORA_FLAPPING_CHANGES",
        ge=0,
        le=20,
        description="How often an alert begins or ends within AURORA_FLAPPING_SECONDS before it is flapping: then it "
        "goes on with its last incident and nothing is investigated anew. 0: never.",
    )
    flapping_seconds: float = Field(
        3600.0, alias="AURORA_FLAPPING_SECONDS", ge=60, description="The time in which that is counted."
    )
    correlation_seconds: float = Field(
        600.0,
        alias="AURORA_CORRELATION_SECONDS",
        ge=0,
        le=86_400,
        description="How far apart alerts of one cause begin at most; the further, the less they have to do with each "
        "other. 0: only what a source sends together, of one rule and service, is put into one incident.",
    )
