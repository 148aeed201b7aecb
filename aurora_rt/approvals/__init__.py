"""Approvals: a person says whether what an investigator proposes is done.

A suggestion that asks for one gets a pending approval in the same change (`proposing.propose`). It keeps the command
word for word: what is shown is what is run, and nothing changes it. Somebody who may write approves or declines it
(`deciding.decide`), once: the row is locked, whoever comes second is told so. One that nobody decided in time expires
(`expiry.Expiry`, beside each worker); when that is due stands in the row, so no restart lengthens or shortens it.

What is approved is run only where the operator set `AURORA_ACTIONS` to `approved`, and only a command whose effect is
known (`toolsets.acting`). It waits in the queue (`jobs.CarryOut`) and is carried out by
`investigation.carrying_out`, at most once: that it begins is committed before it begins, and one whose beginning is
all that is known is shown as interrupted and never begun again. Everything else is for the person to run.

Every step is an event `approval` in the incident's room, which holds the whole state. Callers: `investigation`
(proposing, carrying out), the routes.
"""
