"""Alerts: what a source sends becomes the right number of incidents, and nothing that was answered 2xx is lost.

`routes` takes a webhook, `sources/<vendor>.py` understands it (pure), and `ingest` writes all that follows from it
in one change: the payload word for word, the state of each alert, the incidents that it opens, joins or resolves,
and the jobs that investigate them. An alert's identity is its source's fingerprint, never its text; one row holds
its present state, and `incident_alerts` what it said when it became part of an incident. `episodes` and
`correlation/` decide, purely: is this a new episode of the alert, and which incident does it belong to? `correlating`
reads and keeps what the second needs, `service_maps` knows who calls whom. `merging` makes one incident part of another
on a person's word, or where an alert has shown two to be one; its alerts stay its own, and are shown in both.
`splitting` takes one alert out again. `silencing` holds back what begins while it is silenced, and `waking` lets it go.

What cannot be understood stays with its reason. A person sees it among the `deliveries`, mends the webhook's mapping
while it is tried on that very payload, and has it replayed; or sends a test alert, which goes the way of all others.

What comes to an organization at the same time is one `batch`, kept and dealt with in one transaction (`gathering`); an
alert that says nothing new costs a counter. A batch that fails is gone through one by one (`receiving`), each delivery
kept before it is dealt with, so that a bad one harms nobody; a call is one delivery whatever becomes of the first
attempt. Under a storm nothing is dropped or refused: who finds no `room` for a body is not read until there is some.

Locks are always taken in one order: alerts by source and fingerprint, then the organization's advisory lock of
correlation (only by those who place alerts or merge), then incidents by id, then the organization's lock of turns
(`incidents.queueing`), then rooms by name.
"""
