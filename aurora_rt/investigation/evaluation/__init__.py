"""Does an investigator find the cause? Recorded incidents, played again and scored.

    suite       a folder of recorded incidents: what it must look like, read with an error for each way it may not
    recording   what was recorded of one incident: measurements, call graph, answers of tools
    replay      toolsets that answer from a recording, and from nothing else
    play        an investigator looks into one incident
    live        a testbed: a running system with faults that are caused for real
    outing      an investigator among the cases of a testbed
    measuring   what its metrics server measured meanwhile
    saving      a live case as a recorded one
    score       what all plays of a suite come to

A recorded case is read in two parts, so that nobody who investigates can see the truth: `replay` gets the recording,
`score` the truth; a testbed keeps the truth to itself until the investigator has ended. Investigators are given
ordinary tools. Needs no server, database or Redis; only `saving` writes.
"""
