"""Telemetry: what the process tells about itself.

One structlog processor chain writes our own records and those of the libraries: columns on a terminal, one JSON
object a line elsewhere. An event's name is in the past tense (`alert_ingested`), values are fields, and
`request_id`, `incident_id` and `job_id` are bound once into context variables. Never a payload, never a secret.
"""
