"""What the arrival of an alert means does not depend on retries or disorder."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aurora_rt.alerts.episodes import meaning
from aurora_rt.alerts.models import Alert, KnownAlert

T0 = datetime(2026, 3, 1, 10, tzinfo=UTC)


def at(minutes: float) -> datetime:
    return T0 + timedelta(minutes=minutes)


def known(status: str, started: float = 0, ended: float | None = None) -> KnownAlert:
    return KnownAlert(uuid4(), "f", status, uuid4(), at(started), None if ended is None else at(ended))


def told(status: str, started: float | None = 0, ended: float | None = None) -> Alert:
    return Alert(
        source="alertmanager",
        fingerprint="f",
        title="T",
        status=status,
        started_at=None if started is None else at(started),
        ended_at=None if ended is None else at(ended),
    )


@pytest.mark.parametrize(
    ("before", "arrives", "expected"),
    [
        (known("new"), told("firing"), "begins"),
        (known("firing"), told("firing"), "goes_on"),
        (known("firing"), told("resolved", ended=5), "ends"),
        (known("resolved", 0, 5), told("firing", started=0), "is_over"),
        (known("resolved", 0, 5), told("firing", started=9), "begins"),
        (known("resolved", 0, 5), told("firing", started=None), "begins"),
        (known("resolved", 0, 5), told("resolved", ended=5), "is_over"),
        (known("new"), told("resolved", ended=5), "is_over"),
        (known("firing", started=10), told("resolved", started=0, ended=5), "is_over"),
        (known("firing"), told("resolved", ended=None), "ends"),
    ],
)
def test_what_an_arrival_means(before: KnownAlert, arrives: Alert, expected: str) -> None:
    assert meaning(before, arrives, at(20)) == expected


@given(status=st.sampled_from(["new", "firing", "resolved"]), ended=st.one_of(st.none(), st.floats(0, 60)))
def test_a_recovery_never_begins_anything(status: str, ended: float | None) -> None:
    before = known(status, 0, 5 if status == "resolved" else None)
    assert meaning(before, told("resolved", ended=ended), at(90)) in ("ends", "is_over")
