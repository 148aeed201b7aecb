"""Lines of looking: which looks are made together, why, and which rules weigh them.

`host` looks at the machine that we run on, `metrics` at the metrics server, `places` at the measurements of all places
of a system, `logs` and `traces` at what services say of their own work, `alerting` at other alerts and silences,
`probes` from outside, `kubernetes`, `docker`, `databases` and `cloud` at what runs there, `changes` at what was changed
before; `plan` chooses by what the alert is about, and `outcomes` says how a thought goes on. Each inquiry asks for
tools by name and is left out when its tool cannot be used.
"""
