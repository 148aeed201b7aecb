"""Incidents: what one is, and how it changes.

An incident is opened by alerts (`alerts.ingest`) or by hand, looked into by an investigation, and resolved when all its
alerts are, or by a person. `lifecycle` holds every verb that changes one; each is called within a caller's change,
says the new list form in the organization's feed and in the incident's own room, and leaves committing to the
caller. Opening one enqueues its investigation in the same transaction: there is no incident that nobody looks at.

`merging` puts one incident into another and takes it out again. A merged incident keeps its alerts, and the other shows
them too (the view `shown_alerts`), so that unmerging gives back exactly what was brought.

`detail` reads an incident with all that belongs to it, other packages' tables included, in one statement, and so at
one moment together with its position in the log: a reader misses nothing between reading and joining. `page` says
which incidents a list holds, and where the next page begins. Only the owner writes a table.
"""
