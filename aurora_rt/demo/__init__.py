"""The demo: real trouble on this machine, made on purpose, and the alerts that monitoring would send.

`up --demo` runs `play.Demo` beside the server; where it is allowed, an admin has it played by a button, too
(`stage`). It starts one process for each problem (`cpu_hog`,
`memory_leak`, `disk_filler`), waits until each can be seen from outside, and then tells the server's own
webhook in Alertmanager's format, exactly as a stranger would. Nothing else connects the two: the alerts name
symptoms and never the culprit, no log tells a process id, and only `app`, `serve` and `cli` import this package. The
investigator has to find the culprit by looking.

A culprit is polite: it has the lowest priority for processor and disk, and is bounded in what it takes
(`culprit.Bounds`) and in time. It ends by itself when its time is over, when its parent is gone or on
SIGTERM, and takes its files along. When one ends, by itself or because somebody ended it, its alert is
resolved, as in life.

Promises on shutdown: when `Demo.run` is cancelled, its processes are gone and their files removed when it
returns (SIGTERM, and SIGKILL three seconds later). The culprits import nothing heavy: they start in a moment.
"""
