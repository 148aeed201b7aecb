"""Investigation: looking into an incident, and saying what is found as it is found.

An investigator (`investigator.Investigator`) is an iterator of values: it is given a case and something to look
with, and yields what it says. It knows no database, Redis, HTTP or clock, so that it can be tested by reading what
it yields. `run` alone turns what is said into what is written: each step is one change with its event, under an id
that is derived from the investigation and the step's key. A worker that dies is replaced by another that runs the
same investigation again; looks that were already made are given back from the record, and what was already said is
not said twice.

`pictures` reads what the record holds beside its texts, for drawing: series, changes, calls. `builtin/` needs no
language model. Callers: `worker` (the job), `chat` (answers), `incidents` never.
"""
