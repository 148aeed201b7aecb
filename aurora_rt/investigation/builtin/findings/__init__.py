"""From facts to findings: pure functions, one module for each thing that can be wrong.

Each takes `Evidence` of one kind of facts (and what else it needs to know) and returns an `Assessment`: findings,
each a sentence with its citation and a strength by measure, and what was cleared, that is, looked at and found
usual. Nothing here knows names of programs, nor whether a process belongs to us: only measures count. A low
priority is no excuse either.
"""
