"""Lines of looking: which looks are made together, why, and which rules weigh them.

`host` looks at the machine that we run on, `metrics` at the metrics server, `logs` and `traces` at what services say
of their own work, `alerting` at other alerts and silences; `plan` chooses by what the alert is about. Each inquiry
asks for tools by name and is left out when its tool cannot be used.
"""
