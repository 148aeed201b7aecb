"""What tools tell, typed: the vocabulary that investigators reason about, a module for each subject.

Facts travel beside the text that a person reads, and are kept with the citation as JSON, so that an investigation
which another worker takes over sees again exactly what was seen before. A toolset whose facts fit one of these
kinds uses it, so that rules written for one source of metrics or processes work on all.
"""

from typing import Annotated

from pydantic import Field

from aurora_rt.toolsets.facts.cluster import Cluster
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
from aurora_rt.toolsets.facts.logs import LogLines
from aurora_rt.toolsets.facts.metrics import FiringAlerts, Rules, SeriesSet, Targets
from aurora_rt.toolsets.facts.places import CallGraph, Telemetry

AnyFacts = Annotated[
    Processes
    | HostState
    | Filesystems
    | LargeFiles
    | Network
    | LogLines
    | SeriesSet
    | Rules
    | Targets
    | FiringAlerts
    | Telemetry
    | CallGraph
    | Cluster
    | DatabaseSessions
    | LockWaits
    | DatabaseStatements
    | DatabaseTables
    | DatabaseReplication
    | CacheState
    | BigKeys
    | BufferPools,
    Field(discriminator="kind"),
]
"""Everything that a tool may tell."""
