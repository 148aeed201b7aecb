"""Aurora RT: a self-hosted, real-time incident server.

An alert walks in through a source (`alerts`), becomes an incident (`incidents`), a job lets an investigator
(`investigation`) look into it with toolsets (`toolsets`), and everything that happens is written to one event
log (`events`), from which everybody who watches is told (`realtime`). The packages are that sentence; each
package's docstring says what it is for, what it promises and who may call it. Imports point one way only: the
contract stands in `pyproject.toml` and is checked with the tests.
"""

from importlib.metadata import version

__version__ = version("aurora-rt")
