"""Sources: one module for each vendor whose webhooks we take.

A module here exports `SOURCE: Final = Source(...)` (`alerts.source`): the name in the webhook's path, what to
do at the vendor's side, a sample, and `parse`, a pure function from a payload to alerts. Start-up imports the
folder, so adding a vendor is adding a file here and payloads to `tests/alerts/sources/payloads/`
(`<source>-<what>.json` with `<source>-<what>.expected.json`); removing one is deleting them.

What every source promises: `parse` does no I/O and never asks for the time; it raises nothing but
`PayloadNotUnderstood`, whose sentence names the field; an alert keeps its fingerprint when it changes and
when it resolves; what it returns is bounded and can be stored as it is.

What several vendors share lives one folder up: `wire` (types of payloads' fields), `labels` (what well-known
labels mean), `text` (cutting, URLs), `webhook_v4` (the shape that Alertmanager made common). Callers:
`alerts.ingest`, `alerts.routes` and the command line, all through `alerts.source.sources()`.
"""
