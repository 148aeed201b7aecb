"""All rules together: faults that only follow from others count less, and so do those that are far from the alert."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from itertools import chain
from typing import Final

from aurora_rt.investigation.builtin.findings.finding import Assessment, Cleared, Finding, Subject
from aurora_rt.investigation.builtin.kubernetes import (
    admission,
    configuration,
    containers,
    images,
    logs,
    nodes,
    rollouts,
    routing,
)
from aurora_rt.investigation.builtin.kubernetes.fault import Fault, Rule
from aurora_rt.investigation.builtin.kubernetes.past import past
from aurora_rt.investigation.builtin.kubernetes.state import State
from aurora_rt.investigation.builtin.wording import capital, counted

RULES: Final[tuple[Rule, ...]] = (
    images.images,
    containers.out_of_memory,
    containers.near_memory_limit,
    containers.commands,
    containers.crashes,
    containers.probes,
    containers.hooks,
    containers.evicted,
    configuration.configuration_errors,
    configuration.references,
    configuration.addresses,
    configuration.service_accounts,
    configuration.security_context,
    configuration.volumes,
    admission.refused,
    admission.quotas,
    admission.unplaced,
    routing.selectors,
    routing.ports,
    routing.endpoints,
    routing.ingresses,
    routing.policies,
    routing.names,
    nodes.readiness,
    nodes.pressure,
    nodes.sandboxes,
    nodes.kubelets,
    rollouts.scaled_to_nothing,
    rollouts.unscheduled_daemons,
    rollouts.stuck,
    rollouts.autoscalers,
    rollouts.jobs,
    logs.logs,
)
FOLLOWS: Final = 0.55
"""What a fault counts that points at another place which is at fault itself."""
SURE: Final = 0.7
"""From here on a fault is one that others may follow from."""
ELSEWHERE: Final = 0.5
"""What a fault in another namespace than the alert's counts, if something in that namespace points at it."""
UNRELATED: Final = 0.25
"""The same, if nothing does: too little to be a cause."""
BESIDE: Final = 0.9
"""What a fault counts at a place that is not known to have to do with the one that alerts."""
SYSTEM: Final = frozenset({"kube-system", "kube-public", "kube-node-lease"})


@dataclass(frozen=True, slots=True)
class Near:
    """What the alert is about, as far as it says."""

    service: str = ""
    namespace: str = ""
    depends_on: frozenset[str] = frozenset()
    """What the service calls, directly or not, where that is known."""


def judged(state: State, near: Near) -> Assessment:
    """What all rules find, as findings; the best of each kind at each place."""
    faults = list(_weighed(list(chain.from_iterable(rule(state) for rule in RULES)), near))
    best: dict[tuple[str, str], Fault] = {}
    for fault in faults:
        key = (fault.place, fault.kind)
        if key not in best or best[key].strength < fault.strength:
            best[key] = fault
    over = Assessment(cleared=past(state))
    if not best:
        return _calm(state) + over
    ordered = sorted(best.values(), key=lambda one: -one.strength)
    return Assessment(tuple(map(_finding, ordered))) + over


def _weighed(faults: Collection[Fault], near: Near) -> Iterator[Fault]:
    sure = {one.place for one in faults if one.strength >= SURE and not one.blames}
    chains = {one.place: set(one.blames) for one in faults if one.blames}
    pointed = {place for one in faults if one.namespace in ("", near.namespace) for place in one.blames}
    for one in faults:
        blamed = set(one.blames) & (sure | {place for place in chains if one.place not in chains[place]})
        strength = one.strength * (FOLLOWS if blamed - {one.place} else 1.0) * _nearness(one, near, pointed)
        yield replace(one, strength=min(1.0, strength))


def _nearness(fault: Fault, near: Near, pointed: Collection[str]) -> float:
    if fault.place == near.service or fault.place in near.depends_on:
        return 1.0
    if near.namespace and fault.namespace and fault.namespace not in (near.namespace, *SYSTEM):
        return ELSEWHERE if fault.place in pointed else UNRELATED
    return BESIDE if near.service else 1.0


def _finding(fault: Fault) -> Finding:
    return Finding(
        kind=fault.kind,
        node=fault.place,
        claim=f"{capital(fault.says)} {fault.cite}.",
        strength=fault.strength,
        role=fault.role,
        subject=Subject(command=fault.command, remedy=fault.remedy),
        on_host=False,
        own=True,
    )


def _calm(state: State) -> Assessment:
    """That the cluster looks well, if enough was seen of it to say so."""
    if not state.pods:
        return Assessment()
    cites = state.cite(*state.pods[:1])
    claim = f"{counted(len(state.pods), 'pod')} looked at: each is as it should be {cites}."
    return Assessment(cleared=(Cleared("availability", claim),))
