"""What tests of investigations share: where recorded incidents are played."""

from collections.abc import AsyncIterator

import httpx
import pytest

from aurora_rt.investigation.builtin import BuiltinInvestigator
from aurora_rt.investigation.evaluation.play import Stage
from aurora_rt.settings import load
from aurora_rt.toolsets.registry import discover

SETTINGS, TOOLSETS = load(), discover()


@pytest.fixture
async def stage() -> AsyncIterator[Stage]:
    """The built-in investigator with all toolsets that are shipped, over what a recording says."""
    async with httpx.AsyncClient() as http:
        yield Stage(BuiltinInvestigator(), TOOLSETS, SETTINGS, http)
