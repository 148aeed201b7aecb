"""How a webhook proves that its vendor sent it: one small value for each scheme, pure, compared in constant time.

Our own token (in the path, as a bearer token or as a password) is always asked for, and is enough for a source that
signs nothing. Where a vendor signs, its source declares a `Proof`; what a token's owner entered as its secret is then
checked on every call, and a call without a signature is refused like one with a wrong one. A replay is refused, too:
by the time that was signed where there is one, and by the delivery's identity, which is remembered with the delivery.

`call` says what is looked at and how a refusal reads, `schemes` holds the schemes that need a secret, `sns` Amazon's,
which needs a certificate. None of them reads a clock, a database or the network: `alerts.proving` brings what they
ask for.
"""
