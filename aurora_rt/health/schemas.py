"""What health looks like outside."""

from typing import Annotated

from pydantic import BaseModel, Field


class CheckShown(BaseModel):
    """One check."""

    status: Annotated[str, Field(examples=["healthy"])]
    message: str


class Health(BaseModel):
    """The answer of `/health`."""

    overall_status: Annotated[str, Field(examples=["healthy"])]
    timestamp: str
    response_time_ms: Annotated[float, Field(examples=[12.5])]
    checks: Annotated[
        dict[str, CheckShown],
        Field(examples=[{"database": {"status": "healthy", "message": "Database connection successful"}}]),
    ]


class Alive(BaseModel):
    """The answer of the liveness probe."""

    status: str = "alive"


class Ready(BaseModel):
    """The answer of the readiness probe."""

    status: str = "ready"


class NotReady(BaseModel):
    """The answer of the readiness probe while no work should be sent."""

    status: str = "not_ready"
    error: Annotated[str, Field(examples=["The database is not reachable just now."])]
    code: str = "not_ready"
