"""Accounts that an organization connects, and what it trusts us with.

    connector     what a connector is            providers/    one file per provider, found by being there
    accounts      connected, changed, given up   entering      what was entered, read against a connector's fields
    signing_in    signing in at a provider       oauth         OAuth 2.0, through Authlib
    standing      how accounts are               lending       what they let investigations look with
    asking        asking a provider              wires         what is asked over; entered addresses are guarded
    secrets       encrypts                       addresses, guard   where a server that somebody names may be
    sigv4, sts, aws_role, google_keys, xml       what clouds need

`secrets` encrypts: each organization has a data key, kept wrapped under `AURORA_SECRET_KEY`; a secret is sealed under
the data key and bound to the organization, kind and row that it is of, so that no row can be passed off as another's.
Secrets are opened where they are used and nowhere else; they are in no log, event or answer.

An account belongs to the organization; editors and admins change it, and each change is logged with who made it. A
provider may have several accounts. Nothing is kept before the provider was asked with it. Credentials that a provider
lends for an hour (AWS) are in memory alone; tokens that are renewed (Google) are sealed, and renewed by one process at
a time.

Callers: `toolsets.lent` looks with accounts, through `lending`; `alerts` and `llm` use `secrets` and `guard`; `serve`
opens the wire and closes it. Nothing here runs by itself.
"""
