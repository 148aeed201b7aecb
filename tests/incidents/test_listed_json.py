"""The list's JSON is put together from remembered pieces; it has to be what the model says."""

from dataclasses import replace
from datetime import UTC, datetime

from aurora_rt.clock import new_id
from aurora_rt.incidents.models import Incident
from aurora_rt.incidents.schemas import IncidentListed, Incidents, incidents_json

AT = datetime(2026, 3, 1, 10, 0, 5, 120_999, tzinfo=UTC)


def incident() -> Incident:
    return Incident(
        id=new_id(),
        source="grafana",
        source_alert_id="f",
        title='Wörter, "quoted" \u2028',
        service="api",
        severity="critical",
        environment="",
        source_url="",
        status="investigating",
        aurora_status="running",
        summary="",
        active_tab="thoughts",
        correlated_alert_count=0,
        affected_services=("api",),
        started_at=AT,
        created_at=AT,
        updated_at=AT,
        analyzed_at=None,
        resolved_at=None,
        severity_weight=9,
        description="",
        flapping=False,
        acknowledged_at=None,
        acknowledged_by=None,
        merged_into=None,
    )


def as_the_model_says(*incidents: Incident) -> str:
    listed = tuple(map(IncidentListed.of, incidents))
    return Incidents(incidents=listed, next_cursor=None, epoch="e", seq=7).model_dump_json(by_alias=True)


def test_a_reader_sees_what_the_model_says_for_none_one_and_several() -> None:
    some = [incident() for _ in range(3)]
    for shown in ([], some[:1], some):
        assert incidents_json(shown, None, "e", 7).decode() == as_the_model_says(*shown)


def test_a_reader_sees_a_change_at_once_even_one_of_the_same_moment() -> None:
    before = incident()
    incidents_json([before], None, "e", 7)
    after = replace(before, summary="The disk is full.")
    assert incidents_json([after], None, "e", 7).decode() == as_the_model_says(after)
