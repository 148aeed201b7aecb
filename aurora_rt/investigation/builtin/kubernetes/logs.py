"""What the log of a failing container says of why."""

from collections.abc import Iterator

from aurora_rt.investigation.builtin.kubernetes.fault import Fault
from aurora_rt.investigation.builtin.kubernetes.state import Log, State, place_of
from aurora_rt.investigation.builtin.signs import Told
from aurora_rt.investigation.builtin.signs import telling as told_by
from aurora_rt.investigation.builtin.wording import code
from aurora_rt.toolsets.kubernetes.names import owner_of


def telling(log: Log) -> Told | None:
    """The line that best tells why a container fails; `None` when none does."""
    return told_by([one.text for one in log.seen.facts.lines])


def logs(state: State) -> Iterator[Fault]:
    """What logs of containers say that are not failing as such: errors that tell of a fault elsewhere, too."""
    for log in state.logs:
        told = telling(log)
        if told is None:
            continue
        pod = next((one for one in state.pods if one.name == log.pod), None)
        place = place_of(pod) if pod else owner_of(log.pod)
        known = {one.name for one in state.services} | {one.name for one in state.workloads}
        hosts = tuple(host for host in told.hosts if host != place)
        namespace = pod.namespace if pod else ""
        often = f", {told.times} lines alike" if told.times > 1 else ""
        says = f"the log of {code(log.pod)} says that {told.sign.says}{often}: {code(told.line, 220)}"
        where = f" -n {namespace}" if namespace else ""
        command = f"kubectl logs {log.pod}{where}{' --previous' if log.previous else ''}"
        calm = 1.0 if _is_failing(state, log) else 0.85
        yield Fault(
            told.sign.kind,
            place,
            says,
            log.seen.cite,
            told.sign.strength * calm,
            namespace,
            command,
            blames=hosts,
        )
        if told.sign.kind in ("dependency_down", "dns_failure"):
            for host in hosts:
                missing = "services" in state.listed and host not in known
                gone = f"; there is no Service {host}" if missing else ""
                yield Fault(
                    "dependency_down",
                    host,
                    f"{code(log.pod)} cannot reach {code(host)}{gone}: {code(told.line, 220)}",
                    log.seen.cite,
                    0.6,
                    namespace,
                    f"kubectl get endpoints {host}{where}",
                    role="culprit",
                )


def _is_failing(state: State, log: Log) -> bool:
    pod = next((one for one in state.pods if one.name == log.pod), None)
    return log.previous or (pod is not None and (pod.ready or 0) < (pod.total or 1))
