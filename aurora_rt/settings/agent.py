"""How long and how far a language model may look."""

from pydantic import Field
from pydantic_settings import BaseSettings


class AgentSettings(BaseSettings):
    """The part of the settings that bounds what a language model does in one investigation or one answer."""

    agent_seconds: float = Field(
        240.0,
        alias="AURORA_AGENT_SECONDS",
        gt=0,
        le=7200,
        description="Seconds in which a language model may look, until it has to conclude.",
    )
    agent_steps: int = Field(
        16,
        alias="AURORA_AGENT_STEPS",
        ge=1,
        le=200,
        description="Steps in which a language model may look, each with one or several tools.",
    )
