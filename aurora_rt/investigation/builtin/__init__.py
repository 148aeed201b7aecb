"""The built-in investigator: rules over typed facts, no language model, the same words for the same facts.

    reading      what the alert says          families   what alerts and faults are called
    promql       the parts of its expression  deviation  how far a series left its usual range
    inquiries/   where to look, and why       gathering  looking at it all at the same time
    findings/    from facts to findings       ranking    from findings to causes
    conclusion   the summary                  suggesting what to do next
    answering/   answers to questions         wording    numbers, times and foreign text, written for people

One investigation: the alert is read and said back at once, before any look; hypotheses choose inquiries; all run
side by side, each an opened thought that its outcome finishes; findings about one thing become one candidate; the
best one leads the summary. Everything but `gathering` and the loops around it is pure.

Kinds of cause (`Cause.kind`), closed: `cpu_saturation`, `memory_leak`, `memory_pressure`, `disk_filling`,
`io_saturation`, `descriptor_exhaustion`, `network_fault`, `target_down`, `crash`, `error_rate`, `latency`,
`traffic_load`, `config_change`, `metric_deviation`, `none`.

Promises: no clock, no randomness and no I/O but through the tools that are given; only measures count, never
names; each claim carries the `[n]` of a look that was cited before; foreign text cannot look like a citation; what
could not be seen is said; an analysis ends within `gathering.PATIENCE` and a moment; when its iterator is closed
nothing is left running.
"""

from aurora_rt.investigation.builtin.investigator import BuiltinInvestigator

__all__ = ["BuiltinInvestigator"]
