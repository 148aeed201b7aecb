"""From facts to findings: pure functions, one module for each thing that can be wrong.

Each takes `Evidence` of one kind of facts (and what else it needs to know) and returns an `Assessment`: findings,
each a sentence with its citation and a strength by measure, and what was cleared, that is, looked at and found
usual. `finding` says what those are.

    machine, processes, neighbours, storage, network, journal, starts
                     this host: what is short, who takes it and from whom, what fills, what was started
    measure, crossing, series
                     the alert's own expression, and what moved with it
    targets, alerting
                     what is not scraped, what else fires, what is silenced
    places, standing, departure, origins, settled
                     all places of a system by their measurements: which of them the trouble comes from
    searched, patterns, traces
                     what services say: lines of logs, requests step by step
    probes           what is seen from outside
    containers, databases/, cloud
                     containers of an engine, databases and caches, what clouds run
    changes          what was changed before

Nothing here knows names of programs, nor whether a process belongs to us: only measures count. A low
priority is no excuse either.
"""
