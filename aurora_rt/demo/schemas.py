"""What the demo looks like outside."""

from typing import Annotated

from pydantic import Field

from aurora_rt.web.bodies import Shape


class DemoState(Shape):
    """How the demo stands on this server."""

    allowed: Annotated[bool, Field(description="Whether an admin may start it.")]
    running: bool
