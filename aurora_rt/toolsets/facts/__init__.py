"""What tools tell, typed: the vocabulary that investigators reason about, a module for each subject.

Facts travel beside the text that a person reads, and are kept with the citation as JSON, so that an investigation
which another worker takes over sees again exactly what was seen before. A toolset whose facts fit one of these
kinds uses it, so that rules written for one source of metrics or processes work on all.
"""

from typing import Annotated

from pydantic import Field

from aurora_rt.toolsets.facts.alerting import Silences
from aurora_rt.toolsets.facts.changes import Changes
from aurora_rt.toolsets.facts.cloud import CloudResources
from aurora_rt.toolsets.facts.cluster import Cluster
from aurora_rt.toolsets.facts.containers import ContainerEvents, Containers, ContainersUse
from aurora_rt.toolsets.facts.databases import (
    BigKeys,
    BufferPools,
    CacheState,
    DatabaseReplication,
    DatabaseSessions,
    DatabaseStatements,
    DatabaseTables,
    LockWaits,
)
from aurora_rt.toolsets.facts.host import Filesystems, HostState, LargeFiles, Network, Processes
from aurora_rt.toolsets.facts.knowledge import Passages
from aurora_rt.toolsets.facts.logs import LogLines, LogPatterns
from aurora_rt.toolsets.facts.metrics import FiringAlerts, Rules, SeriesSet, Targets
from aurora_rt.toolsets.facts.places import CallGraph, Telemetry
from aurora_rt.toolsets.facts.probes import Connectivity, NameLookup, ProbeResult, Probes
from aurora_rt.toolsets.facts.traces import Trace, Traces

AnyFacts = Annotated[
    Processes
    | HostState
    | Filesystems
    | LargeFiles
    | Network
    | LogLines
    | LogPatterns
    | SeriesSet
    | Rules
    | Targets
    | FiringAlerts
    | Silences
    | Telemetry
    | CallGraph
    | Traces
    | Trace
    | Cluster
    | CloudResources
    | ProbeResult
    | Probes
    | NameLookup
    | Connectivity
    | Changes
    | Containers
    | ContainersUse
    | ContainerEvents
    | DatabaseSessions
    | LockWaits
    | DatabaseStatements
    | DatabaseTables
    | DatabaseReplication
    | CacheState
    | BigKeys
    | BufferPools
    | Passages,
    Field(discriminator="kind"),
]
"""Everything that a tool may tell."""
