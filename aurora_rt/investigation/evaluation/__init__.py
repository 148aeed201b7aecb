"""Does an investigator find the cause? Recorded incidents, played again and scored.

    suite       a folder of recorded incidents: what it must look like, read with an error for each way it may not
    recording   what was recorded of one incident: measurements, call graph, answers of tools
    replay      toolsets that answer from a recording, and from nothing else
    play        an investigator looks into one recorded incident
    support     whether a claim's citation bears it
    score       what all plays of a suite come to

A case is read in two parts, so that nobody who investigates can see the truth: `replay` gets the recording, `score`
the truth. Investigators are given ordinary tools. Needs no server, database or Redis; nothing here writes.
"""
