"""A testbed: a running system that somebody else wrote, with faults that are caused for real.

It is a folder that Python can run as a package (`python -m NAME`, from the folder above), and speaks JSON lines:

    it says first    {"hello": {"name", "cases": [id, …], "calls": [[caller, callee], …], "measures": [{"metric",
                     "statistic", "query"}, …]}}; measures are PromQL whose series are labelled `service`
    we ask           {"play": id, "settle": seconds of quiet before the fault}
    it answers       {"case": {"id", "start": RFC 3339, "alert": <Alertmanager webhook body>, "settings": {environment
                     variable of ours: text}}} once the alert fires, or {"failed": reason}
    we ask           {"tell": id} when the investigator has ended
    it answers       {"truth": …} as in `case.json`, and undoes the fault

When its input ends it ends everything that it started, and itself. Settings that we do not have are left out.
"""

import asyncio
import json
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from pydantic import AwareDatetime, BaseModel, ConfigDict, ValidationError

from aurora_rt.errors import Unavailable
from aurora_rt.investigation.evaluation.recording import first
from aurora_rt.investigation.evaluation.suite import Truth
from aurora_rt.settings import Settings, child_environment, load

GRACE: Final = 30.0
"""Seconds that a testbed has to end what it started."""
CASE_SECONDS: Final = 300.0
"""Seconds within which a case must be ready, beyond its time to settle."""
LINE_LIMIT: Final = 1024 * 1024


class Measure(BaseModel):
    """One measurement of every place: PromQL whose series are labelled `service`."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    metric: str
    statistic: str = ""
    query: str


class Hello(BaseModel):
    """What a testbed tells of itself."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    name: str
    cases: tuple[str, ...]
    calls: tuple[tuple[str, str], ...] = ()
    measures: tuple[Measure, ...] = ()


class LiveCase(BaseModel):
    """A fault that lasts, and the alert that it brought; what it is stays untold."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    id: str
    start: AwareDatetime
    alert: dict[str, Any]
    settings: dict[str, str] = {}

    def applied(self, settings: Settings) -> Settings:
        """`settings` with those of the case that there are."""
        fields = {str(one.alias): name for name, one in Settings.model_fields.items()}
        known = {fields[name]: value for name, value in self.settings.items() if name in fields}
        given = {name: getattr(settings, name) for name in settings.model_fields_set}
        return load(**{**given, **known})


class NotPlayed(Unavailable):
    """A testbed could not bring a case about."""

    code = "case_not_played"


class _Line(BaseModel):
    model_config = ConfigDict(extra="ignore")

    hello: Hello | None = None
    case: LiveCase | None = None
    truth: Truth | None = None
    failed: str | None = None


@dataclass(slots=True)
class Testbed:
    """A running testbed."""

    hears: asyncio.StreamWriter
    """Its input."""
    tells: asyncio.StreamReader
    """Its output."""
    hello: Hello = field(default_factory=lambda: Hello(name="", cases=()))

    async def cause(self, name: str, settle: float) -> LiveCase:
        """Let it cause a case, after `settle` seconds of quiet. Raises `NotPlayed`."""
        await self._say({"play": name, "settle": settle})
        told = (await self._heard(settle + CASE_SECONDS)).case
        if told is None:
            raise NotPlayed(f"The testbed did not answer with a case when asked for {name}.")
        return told

    async def truth(self, name: str) -> Truth:
        """What really was the matter; the fault is undone. Raises `NotPlayed`."""
        await self._say({"tell": name})
        told = (await self._heard(CASE_SECONDS)).truth
        if told is None:
            raise NotPlayed(f"The testbed did not tell the truth of {name}.")
        return told

    async def greeted(self) -> None:
        """Wait until it says what it is. Raises `NotPlayed`."""
        told = (await self._heard(CASE_SECONDS)).hello
        if told is None:
            raise NotPlayed("The testbed did not say what it is.")
        self.hello = told

    async def _say(self, what: Mapping[str, object]) -> None:
        with suppress(ConnectionError):  # it has ended, which the next line tells
            self.hears.write(json.dumps(what).encode() + b"\n")
            await self.hears.drain()

    async def _heard(self, within: float) -> _Line:
        try:
            async with asyncio.timeout(within):
                line = await self.tells.readline()
        except TimeoutError:
            raise NotPlayed(f"The testbed said nothing for {within:.0f} s.") from None
        if not line:
            raise NotPlayed("The testbed has ended.")
        try:
            told = _Line.model_validate_json(line)
        except ValidationError as error:
            raise NotPlayed(f"The testbed said what cannot be understood: {first(error)}") from None
        if told.failed is not None:
            raise NotPlayed(told.failed)
        return told


@asynccontextmanager
async def opened(folder: Path) -> AsyncIterator[Testbed]:
    """The testbed in `folder`, running until the end of the block. Raises `NotPlayed`."""
    where = await asyncio.to_thread(folder.resolve)
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", where.name),
        cwd=where.parent,
        env=child_environment(),
        stdin=PIPE,
        stdout=PIPE,
        limit=LINE_LIMIT,
        start_new_session=True,  # Ctrl-C is for us; the testbed ends when its input does
    )
    if process.stdin is None or process.stdout is None:
        raise NotPlayed("The testbed cannot be talked to.")
    testbed = Testbed(process.stdin, process.stdout)
    try:
        await testbed.greeted()
        yield testbed
    finally:
        process.stdin.close()
        await _ended(process)


async def _ended(process: Process) -> None:
    """Let it end by itself, since its input does; then less kindly."""
    for end in (process.terminate, process.kill):
        with suppress(TimeoutError):
            async with asyncio.timeout(GRACE):
                await process.wait()
            return
        with suppress(ProcessLookupError):
            end()
    await process.wait()
