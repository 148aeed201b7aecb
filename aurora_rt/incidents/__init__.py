"""Incidents: what one is, and how it changes.

An incident is opened by alerts (`alerts.ingest`), looked into by an investigation, and resolved when all its
alerts are, or by a person. `lifecycle` holds every verb that changes one; each is called within a caller's change,
says the new list form in the organization's feed and in the incident's own room, and leaves committing to the
caller. Opening one enqueues its investigation in the same transaction: there is no incident that nobody looks at.

`detail` reads everything about one incident, other packages' tables included, at one moment and together with its
position in the log, so that a reader misses nothing between reading and joining. Only the owner writes a table.
"""
