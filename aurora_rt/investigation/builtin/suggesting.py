"""What to do next: one to four suggestions, specific to the culprit. Pure."""

import re
from typing import Final

from aurora_rt.investigation.builtin.candidate import Candidate
from aurora_rt.investigation.builtin.conclusion import Account
from aurora_rt.investigation.builtin.families import Family, Kind
from aurora_rt.investigation.builtin.wording import argument, code, foreign
from aurora_rt.investigation.investigator import Suggestion
from aurora_rt.toolsets.facts.host import ProcessUse
from aurora_rt.toolsets.verdicts.acting import acts

MOST: Final = 4
LOWEST_PRIORITY: Final = 19
CALMED: Final = frozenset[Kind]({"cpu_saturation", "noisy_neighbour"})
"""What a lower priority mends."""
SURE_ENOUGH: Final = 0.5
"""Below this confidence only safe steps are suggested."""

_NEXT: Final[dict[Family, tuple[str, str]]] = {
    "cpu": ("Watch processor use for a minute", "top -b -d 5 -n 12 -o %CPU"),
    "memory": ("Watch the largest processes", "ps -eo pid,ppid,user,rss,etime,args --sort=-rss"),
    "disk": ("Look at file systems again", "df -h"),
    "io": ("Look at what storage does", "cat /proc/pressure/io /proc/diskstats"),
    "descriptors": ("Look at how many files are open", "cat /proc/sys/fs/file-nr"),
    "network": ("Look at the connections by state", "ss -s"),
    "latency": ("Look at what waits", "cat /proc/pressure/cpu /proc/pressure/io /proc/pressure/memory"),
    "errors": ("Read the errors in the log", "journalctl -p err -n 100 --no-pager"),
    "availability": ("Look at what listens", "ss -ltnp"),
    "traffic": ("Look at the connections by state", "ss -s"),
    "general": ("Look at what has failed", "systemctl --failed --no-pager"),
}


def suggestions(account: Account) -> tuple[Suggestion, ...]:
    """What to do about the first candidate, and what to look at about those that it is tied with; never none."""
    if account.reading.heartbeat:
        return (_route_heartbeat(account),)
    made: list[Suggestion] = []
    for candidate in account.verdict.candidates[:1]:
        made.extend(_about(candidate, account))
    for candidate in account.verdict.tied[1:]:
        made.extend(_about(candidate, account)[:1])
    if not made:
        made.append(_next(account))
    return tuple({one.key: one for one in made}.values())[:MOST]


def _about(candidate: Candidate, account: Account) -> list[Suggestion]:
    made: list[Suggestion] = []
    process = candidate.subject.process
    pid = process.pid if process else _pid(candidate.node)
    if candidate.subject.path:
        made.append(_look_at_file(candidate))
    if pid is not None:
        made.append(_look_at_process(candidate, pid))
        if candidate.confidence >= SURE_ENOUGH:
            if process and process.nice < LOWEST_PRIORITY and candidate.kind in CALMED:
                made.append(_calm(candidate, process))
            made.append(_stop(candidate, pid))
    if made:
        return made
    if candidate.kind == "target_down":
        return [_try_target(candidate)]
    if candidate.subject.mount:
        return [_look_at_mount(candidate)]
    if candidate.subject.command:
        return [_look_with(candidate), *_mend(candidate)]
    if candidate.subject.query:
        return [_follow_series(candidate)]
    changed = candidate.kind in ("bad_deploy", "config_change")
    return [_undo(candidate) if changed else _next(account, why=candidate.findings[0].claim)]


def _pid(node: str) -> int | None:
    found = re.match(r"process (\d+) \(", node)
    return int(found.group(1)) if found else None


def _look_at_process(candidate: Candidate, pid: int) -> Suggestion:
    return Suggestion(
        f"look-process-{pid}",
        f"See what {foreign(candidate.node, 80)} is and who started it",
        f"{candidate.findings[0].claim} This shows its owner, parent, age and use. It only reads: nothing to undo.",
        "diagnostic",
        "safe",
        f"ps -p {pid} -o pid,ppid,user,ni,stat,pcpu,pmem,rss,etime,args",
    )


def _calm(candidate: Candidate, process: ProcessUse) -> Suggestion:
    undo = f"To undo, as root: renice -n {process.nice} -p {process.pid}."
    return Suggestion(
        f"renice-{process.pid}",
        f"Let everything else go before {foreign(candidate.node, 80)}",
        f"{candidate.findings[0].claim} It goes on with the lowest priority and yields to others. {undo}",
        "mitigation",
        "low",
        f"renice -n {LOWEST_PRIORITY} -p {process.pid}",
    )


def _stop(candidate: Candidate, pid: int) -> Suggestion:
    process = candidate.subject.process
    again = f" To undo, start it again: {code(process.command or process.name, 200)}." if process else ""
    return Suggestion(
        f"stop-process-{pid}",
        f"Stop {foreign(candidate.node, 80)}",
        f"{candidate.findings[0].claim} Ending it frees what it uses; it is asked to end (SIGTERM) and may clean up. "
        f"What it was doing is lost, and a supervisor may start it again: ask its owner first.{again}",
        "mitigation",
        "medium",
        f"kill {pid}",
    )


def _look_at_file(candidate: Candidate) -> Suggestion:
    path = candidate.subject.path
    deleted = candidate.subject.deleted
    how = (
        "Its space comes back only when the process that holds it closes it or ends."
        if deleted
        else "Seen twice, some seconds apart, it shows how fast it grows. It only reads: nothing to undo."
    )
    return Suggestion(
        f"look-file-{path}",
        f"Look at {foreign(path, 100)} and who writes it",
        f"{candidate.findings[0].claim} {how}",
        "diagnostic",
        "safe",
        "lsof +L1" if deleted else f"ls -l {argument(path)}",
    )


def _look_at_mount(candidate: Candidate) -> Suggestion:
    mount = candidate.subject.mount
    return Suggestion(
        f"look-mount-{mount}",
        f"Find what takes the space of {foreign(mount, 80)}",
        f"{candidate.findings[0].claim} This adds up the directories of that file system. It only reads, but may take "
        "minutes on a large disk.",
        "diagnostic",
        "safe",
        f"du -xhd 1 {argument(mount)}",
    )


def _try_target(candidate: Candidate) -> Suggestion:
    address = candidate.subject.address
    return Suggestion(
        f"try-{address}",
        f"Try to reach {foreign(address, 80)} yourself",
        f"{candidate.findings[0].claim} Refused means that nothing listens there (start the program); a time-out means "
        "that the host or the network is away. It only reads: nothing to undo. The metrics path may differ.",
        "diagnostic",
        "safe",
        f"curl -sS -m 5 {argument(f'http://{address}/metrics')}",
    )


def _look_with(candidate: Candidate) -> Suggestion:
    return Suggestion(
        f"look-at-{candidate.node}",
        f"Look at {foreign(candidate.node, 80)} yourself",
        f"{candidate.findings[0].claim} This shows it with all that belongs to it. It only reads: nothing to undo.",
        "diagnostic",
        "safe",
        candidate.subject.command,
    )


def _undo(candidate: Candidate) -> Suggestion:
    return Suggestion(
        f"undo-change-{candidate.node}",
        f"Take the last change of {foreign(candidate.node, 80)} back",
        f"{candidate.findings[0].claim} Going back to what ran before shows soonest whether it is the cause. To undo, "
        "apply the change again; a migration of data may not go back, so ask whoever made it first.",
        "mitigation",
        "medium",
    )


def _mend(candidate: Candidate) -> list[Suggestion]:
    remedy = candidate.subject.remedy
    if remedy is None or candidate.confidence < SURE_ENOUGH:
        return []
    why = f"{candidate.findings[0].claim} {remedy.explained}"
    return [
        Suggestion(
            f"mend-{candidate.node}",
            remedy.title,
            why,
            "mitigation",
            remedy.risk,
            remedy.command,
            remedy.effect,
            remedy.undo,
            is_action=bool(remedy.effect) and acts(remedy.command.split()),
        )
    ]


def _follow_series(candidate: Candidate) -> Suggestion:
    return Suggestion(
        f"follow-{candidate.node}",
        f"Find out what changed at {foreign(candidate.node, 80)}",
        f"{candidate.findings[0].claim} Look for deployments, restarts and configuration changes at that time, and "
        f"keep an eye on {code(candidate.subject.query, 200)}. It only reads: nothing to undo.",
        "diagnostic",
        "safe",
    )


def _route_heartbeat(account: Account) -> Suggestion:
    return Suggestion(
        "route-heartbeat",
        f"Send {account.reading.name} to a dead man's switch instead of here",
        "It fires always, so as an incident it only distracts. Route it to something that raises the alarm when it "
        "stops coming. To undo, route it here again.",
        "prevent",
        "low",
    )


def _next(account: Account, why: str = "") -> Suggestion:
    title, command = _NEXT[account.reading.families[0]]
    reason = (
        why
        or f"Nothing found so far explains {account.reading.name}; if it comes back, this is the next thing to see"
    )
    if not why and account.cites:
        reason += f", beyond what was looked at already {account.cites[0]}"
    if account.where == "elsewhere":
        reason += f". Run it on {foreign(account.reading.named_host, 80)}, the host that the alert is about"
    return Suggestion(
        "next-look",
        title,
        f"{reason.rstrip('.')}. It only reads: nothing to undo.",
        "diagnostic",
        "safe",
        command,
    )
