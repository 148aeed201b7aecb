"""What health looks like outside."""

from pydantic import BaseModel


class CheckShown(BaseModel):
    """One check."""

    status: str
    message: str


class Health(BaseModel):
    """The answer of `/health`."""

    overall_status: str
    timestamp: str
    response_time_ms: float
    checks: dict[str, CheckShown]


class Alive(BaseModel):
    """The answer of the liveness probe."""

    status: str = "alive"


class Ready(BaseModel):
    """The answer of the readiness probe."""

    status: str = "ready"


class NotReady(BaseModel):
    """The answer of the readiness probe while no work should be sent."""

    status: str = "not_ready"
    error: str
    code: str = "not_ready"
