"""The demo over REST."""

from quart import Blueprint, Response
from quart_schema import document_response

from aurora_rt.demo.schemas import DemoState
from aurora_rt.demo.stage import DemoOff, DemoRunning, Stage
from aurora_rt.identity.http import Callers, needs
from aurora_rt.web.bodies import answer
from aurora_rt.web.openapi.declared import fails


def routes(stage: Stage, callers: Callers) -> Blueprint:
    """The routes of the demo."""
    blueprint = Blueprint("demo", __name__)

    @blueprint.get("/api/demo")
    @document_response(DemoState)
    async def show() -> Response:
        """Whether the demo may be started here, and whether it is running."""
        await callers.current()
        return answer(DemoState(allowed=stage.allowed, running=stage.running))

    @blueprint.post("/api/demo")
    @fails(DemoOff, DemoRunning)
    @document_response(DemoState, 202)
    @needs("admin")
    async def start() -> Response:
        """Cause three small, harmless problems on the server's machine for three minutes, and be alerted of them."""
        await stage.start(await callers.current())
        return answer(DemoState(allowed=True, running=True), 202)

    return blueprint
