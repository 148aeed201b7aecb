"""The built-in investigator: rules over typed facts, no language model, the same words for the same facts.

    reading      what the alert says          families   what alerts and faults are called
    promql       the parts of its expression  deviation  how far a series left its usual range
    measures     what measurements are of     names      names of one thing
    inquiries/   where to look, and why       gathering  looking at it all at the same time
    findings/    from facts to findings       ranking    from findings to causes
    kubernetes/  from a cluster to its faults blame      where in a system the trouble begins
    signs        what lines of logs mean      evidence   a look, with its facts and its citation
    conclusion   the summary                  suggesting what to do next
    consulting   runbooks and past incidents that fit
    answering/   answers to questions         wording    numbers, times and foreign text, written for people
    pieces       how texts are streamed       investigator  all of it, in order

One investigation: the alert is read and said back at once, before any look; hypotheses choose inquiries; all run
side by side, each an opened thought that its outcome finishes; findings about one thing become one candidate; the
best one leads the summary. Everything but `gathering` and the loops around it is pure.

Kinds of cause (`Cause.kind`), closed:

    cpu_saturation          the processor is used up
    memory_leak             memory that grows and is not given back
    memory_pressure         memory is short
    disk_filling            a file system fills up
    io_saturation           storage is too busy
    descriptor_exhaustion   open files run out
    network_fault           the network loses or delays packets
    target_down             something does not answer
    crash                   a program crashed
    error_rate              more errors than before
    latency                 answers take longer than before
    traffic_load            traffic has changed
    config_change           something was started or changed shortly before
    metric_deviation        a measurement left its usual range
    image_pull              an image cannot be had
    out_of_memory           a container is killed at its memory limit
    probe_failure           a probe fails
    bad_command             a command cannot be started
    missing_config          a ConfigMap or Secret that is needed is missing
    config_error            a configuration is wrong
    volume_fault            a volume cannot be used
    permission_denied       a service account may not do what it must
    authentication          credentials are refused
    certificate             a certificate is refused, missing or over
    quota_exceeded          a quota or limit does not allow it
    admission_denied        an admission rule refuses it
    unschedulable           no node takes a pod
    service_misrouted       a way to the pods leads nowhere
    network_policy          a network policy cuts it off
    dns_failure             names cannot be resolved
    node_fault              a node is not well
    node_pressure           a node is short of something
    stuck_rollout           a rollout does not come to its end
    scaled_to_zero          a workload is scaled to nothing
    autoscaler_fault        an autoscaler does not scale
    job_failed              a job failed
    dependency_down         something that is called does not answer
    pool_exhausted          connections are used up
    lock_contention         work waits for a lock
    slow_query              a statement takes long
    replication_lag         a replica lags behind
    table_bloat             a table is full of dead rows
    cache_eviction          the cache drops what is still needed
    queue_growth            a queue grows
    bad_deploy              what was deployed misbehaves
    noisy_neighbour         a neighbour takes what others need
    none                    nothing wrong was found

Promises: no clock, no randomness and no I/O but through the tools that are given; only measures count, never
names; each claim carries the `[n]` of a look that was cited before; foreign text cannot look like a citation; what
could not be seen is said; an analysis ends within `gathering.PATIENCE` and a moment; when its iterator is closed
nothing is left running.
"""

from aurora_rt.investigation.builtin.investigator import BuiltinInvestigator

__all__ = ["BuiltinInvestigator"]
