"""Language models: which there are, who pays for asking one, and what it costs. Knows nothing of incidents.

Whoever wants to ask a model gets `ReadyModel`s from `Models.ready`, best first; none when no model is configured. A
ready model is a pydantic-ai model that is already paced, retried, metered and held to its limits: asking it more than
the organization may spend raises `Refused`, with a sentence for a person. No model is ever asked without a setting
that names it.
"""
