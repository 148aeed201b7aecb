"""What looks like trouble in a cluster and is not: restarts and warnings of long ago, jobs that are done. Pure."""

from collections.abc import Iterator
from typing import Final

from aurora_rt.investigation.builtin.findings.finding import Cleared
from aurora_rt.investigation.builtin.kubernetes.state import State, is_well
from aurora_rt.investigation.builtin.wording import code, counted, duration

MOST: Final = 3
"""Of each sort that are told."""


def past(state: State) -> tuple[Cleared, ...]:
    """What was looked at and cannot be the cause, with why."""
    found: list[Cleared] = []
    for sort in (_restarts(state), _warnings(state), _done(state)):
        found += list(sort)[:MOST]
    return tuple(found)


def _restarts(state: State) -> Iterator[Cleared]:
    for pod in state.pods:
        ended = [one.last_ended_at for one in pod.containers if one.last_ended_at is not None]
        if not pod.restarts or not is_well(pod) or not state.is_old(max(ended, default=None), pod.restarted):
            continue
        when = f", the last {duration(pod.restarted)} ago" if pod.restarted is not None else ", long ago"
        says = f"Pod {code(pod.name)} had {counted(pod.restarts, 'restart')}{when}, and runs since"
        yield Cleared("availability", f"{says}: that is not the cause {state.cite(pod)}.")


def _warnings(state: State) -> Iterator[Cleared]:
    for one in state.events:
        if one.event.type == "Warning" and state.is_over(one.event):
            says = f"The warning {code(one.event.reason)} of {code(one.event.name)} is of long ago"
            yield Cleared("availability", f"{says}, and it is well now: that is not the cause {one.cite}.")


def _done(state: State) -> Iterator[Cleared]:
    for pod in state.pods:
        if pod.status in ("Completed", "Succeeded"):
            says = f"Pod {code(pod.name)} is {pod.status} because its work is done"
            yield Cleared("availability", f"{says}: that is not the cause {state.cite(pod)}.")
