"""Whether the host as a whole is short of processor, memory or storage time."""

from typing import Final

from aurora_rt.investigation.builtin.evidence import Evidence
from aurora_rt.investigation.builtin.families import Family, Kind
from aurora_rt.investigation.builtin.findings.finding import (
    Assessment,
    Cleared,
    Finding,
    Role,
    share_of,
    together,
)
from aurora_rt.investigation.builtin.wording import capital, plain, size
from aurora_rt.toolsets.facts.host import (
    HostState,
    Pressure,
)

BUSY: Final = 80.0
LOADED: Final = 1.5
"""Load for each core."""
STALLED: Final = {"cpu": 20.0, "memory": 5.0, "io": 10.0}
"""Percent of time that work waited, mean of a minute."""
SHORT_OF_MEMORY: Final = 0.1
"""Available share of all memory."""
SWAPPED: Final = 0.5
IO_WAIT: Final = 15.0
STOLEN: Final = 10.0

State = Evidence[HostState]


def machine(seen: State) -> Assessment:
    """What the host's totals say."""
    return together([_processor(seen), _memory(seen), _storage(seen), _stolen(seen)])


def node_of(state: HostState) -> str:
    """How the host is named as a place."""
    return f"host {state.hostname}"


def _processor(seen: State) -> Assessment:
    state = seen.facts
    load = state.load[0] / max(1, state.cores)
    stall = _stall(state, "cpu")
    percent, one = _percent(seen, state.cpu_percent), _number(seen, state.load[0])
    says = f"the processor is {percent} % busy and the load is {one} on {state.cores} cores {seen.cite}"
    if state.cpu_percent >= BUSY or load >= LOADED or (stall and stall.some60 >= STALLED["cpu"]):
        strength = max(share_of(state.cpu_percent, 100), share_of(load, 2 * LOADED))
        return _symptom(seen, "cpu_saturation", says + _waited(seen, stall), strength)
    return _fine("cpu", f"{capital(says)}: not saturated as a whole.")


def _memory(seen: State) -> Assessment:
    state = seen.facts
    share = state.memory_available / max(1, state.memory_total)
    stall = _stall(state, "memory")
    available, total = _size(seen, state.memory_available), _size(seen, state.memory_total)
    says = f"{available} of {total} memory are available {seen.cite}"
    swapped = share_of(state.swap_used, state.swap_total)
    if share < SHORT_OF_MEMORY or (stall and stall.some60 >= STALLED["memory"]) or swapped >= SWAPPED:
        swap = f", and {_size(seen, state.swap_used)} of swap are used {seen.cite}" if state.swap_used else ""
        strength = max(share_of(SHORT_OF_MEMORY * 2 - share, SHORT_OF_MEMORY * 2), 0.8 * swapped, 0.5)
        return _symptom(seen, "memory_pressure", says + swap + _waited(seen, stall), strength)
    return _fine("memory", f"{capital(says)}: memory is not short.")


def _storage(seen: State) -> Assessment:
    state = seen.facts
    stall = _stall(state, "io")
    waiting = _percent(seen, state.iowait_percent)
    says = f"the processor waits for storage {waiting} % of the time {seen.cite}"
    if state.iowait_percent >= IO_WAIT or (stall and stall.some60 >= STALLED["io"]):
        strength = max(share_of(state.iowait_percent, 40), share_of(stall.some60 if stall else 0, 40))
        return _symptom(seen, "io_saturation", says + _waited(seen, stall), strength)
    return _fine("io", f"{capital(says)}: storage keeps up.")


def _stolen(seen: State) -> Assessment:
    state = seen.facts
    if state.steal_percent < STOLEN:
        return Assessment()
    stolen = _percent(seen, state.steal_percent)
    says = f"the hypervisor takes {stolen} % of the processor time away {seen.cite}"
    return _symptom(seen, "cpu_saturation", says, share_of(state.steal_percent, 40), "culprit")


def _symptom(seen: State, kind: Kind, says: str, strength: float, role: Role = "symptom") -> Assessment:
    finding = Finding(kind, node_of(seen.facts), f"{capital(says)}.", min(1.0, strength), role)
    return Assessment(findings=(finding,))


def _fine(family: Family, claim: str) -> Assessment:
    return Assessment(cleared=(Cleared(family, claim),))


def _stall(state: HostState, resource: str) -> Pressure | None:
    return next((pressure for pressure in state.pressure if pressure.resource == resource), None)


def _waited(seen: State, stall: Pressure | None) -> str:
    if stall is None or stall.some60 < 1:
        return ""
    waited = _percent(seen, stall.some60)
    return f"; work waited for it {waited} % of the last minute {seen.cite}"


def _percent(seen: State, value: float) -> str:
    return seen.shown(f"{value:.1f}", f"{value:.0f}", f"{value:.2f}")


def _number(seen: State, value: float) -> str:
    return seen.shown(f"{value:.2f}", plain(value), f"{value:.1f}")


def _size(seen: State, value: float) -> str:
    return seen.shown(size(value))
