"""A small shop of real processes on loopback, with faults that are caused for real, for `aurora-rt eval --live`.

    services/   the shop: gateway → orders (→ payments, PostgreSQL) and catalog (→ Redis, PostgreSQL); its traffic
    culprits/   programs that do harm
    servers/    what it stands on: PostgreSQL, Redis, Prometheus and its rules, a name server, certificates
    children    starting and ending processes, none of which outlives whoever started it
    shop        all of it together, in one temporary directory
    faults      how to cause each fault, and how to undo it
    quiet       alarms without a fault
    cases       fault, alert and truth, by name
    alerting    waiting for an alert; the webhook's body
    measures    what is measured of each place, for whoever keeps a run
    __main__    the program: plays cases when it is told to; `aurora_rt.investigation.evaluation.live` is the other side

By hand: `aurora-rt eval --live tests/testbed --only postgres-lock`.
"""
