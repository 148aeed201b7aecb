"""Accounts that an organization connects, and what it trusts us with.

`secrets` encrypts: each organization has a data key, kept wrapped under `AURORA_SECRET_KEY`; a secret is sealed under
the data key and bound to the organization, kind and row that it is of, so that no row can be passed off as another's.
Secrets are opened where they are used and nowhere else; they are in no log, event or answer. `addresses` and `guard`
say where a server that somebody else names may be.
"""
