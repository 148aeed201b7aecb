"""Probes over HTTP. They have no rate limit and ask for no caller."""

from quart import Blueprint, Response
from quart_schema import document_response

from aurora_rt.clock import rfc3339
from aurora_rt.health.checks import Checks
from aurora_rt.health.schemas import Alive, CheckShown, Health, NotReady, Ready
from aurora_rt.web.bodies import answer
from aurora_rt.web.limited import limited
from aurora_rt.web.openapi.declared import public


def routes(checks: Checks) -> Blueprint:
    """The routes below `/health`."""
    blueprint = Blueprint("health", __name__, url_prefix="/health")

    @blueprint.get("")
    @public
    @document_response(Health)
    @document_response(Health, 503)
    @limited("none")
    async def health() -> Response:
        """Everything that we depend on, looked at within the last second."""
        report = await checks.report()
        shown = Health(
            overall_status=report.overall,
            timestamp=rfc3339(report.at),
            response_time_ms=round(report.seconds * 1000, 2),
            checks={
                name: CheckShown(status=one.status, message=one.message)
                for name, one in report.checks.items()
            },
        )
        return answer(shown, 503 if report.overall == "unhealthy" else 200)

    @blueprint.get("/liveness")
    @public
    @document_response(Alive)
    @limited("none")
    async def liveness() -> Response:
        """The process answers."""
        return answer(Alive())

    @blueprint.get("/readiness")
    @public
    @document_response(Ready)
    @document_response(NotReady, 503)
    @limited("none")
    async def readiness() -> Response:
        """Work may be sent here."""
        reason = await checks.why_not_ready()
        return answer(Ready()) if reason is None else answer(NotReady(error=reason), 503)

    return blueprint
