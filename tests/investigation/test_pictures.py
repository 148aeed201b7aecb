"""What is drawn: series ranked by what they did when the alert began, and the neighbourhood of the services."""

from datetime import UTC, datetime

from aurora_rt.investigation import pictures
from aurora_rt.toolsets.facts.metrics import Series, SeriesSet
from aurora_rt.toolsets.facts.places import CallGraph, Measured, Telemetry

ANCHOR = datetime.fromtimestamp(1000, UTC)


def series(name: str, before: float, since: float) -> Series:
    points = tuple((float(at), before if at < 1000 else since) for at in range(0, 2000, 100))
    return Series(labels={"pod": name}, points=points)


def test_the_series_that_changed_most_when_the_alert_began_comes_first() -> None:
    facts = SeriesSet(
        query="up",
        step=100,
        series=(series("calm", 100, 101), series("grew", 1, 40), series("fell", 5, 0)),
        truncated=False,
    )
    told = pictures.drawn(facts, ANCHOR)
    assert [one.labels["pod"] for one in told.series] == ["grew", "fell", "calm"]
    assert (told.query, told.step, told.found, told.truncated) == ("up", 100, 3, False)


def test_no_more_series_are_drawn_than_a_person_can_tell_apart() -> None:
    many = tuple(series(str(number), 1, number) for number in range(100))
    told = pictures.drawn(SeriesSet(query="", step=1, series=many, truncated=True), ANCHOR)
    assert len(told.series) == pictures.MOST_SERIES
    assert (told.found, told.truncated) == (100, True)
    assert told.series[0].labels["pod"] == "99"


def test_measurements_of_places_are_drawn_like_series() -> None:
    measured = Measured(node="cart", metric="latency", statistic="p99", usual=None, points=((1.0, 2.0),))
    told = pictures.drawn(Telemetry(measured=(measured,), truncated=False), ANCHOR)
    assert told.series[0].labels == {"__name__": "latency", "node": "cart", "statistic": "p99"}


def test_facts_of_another_kind_and_none_at_all_have_no_series() -> None:
    assert pictures.drawn(None, ANCHOR).series == ()
    assert pictures.drawn(CallGraph(calls=(("a", "b"),), truncated=False), ANCHOR).series == ()


def test_series_without_samples_around_the_alert_do_not_depart() -> None:
    assert pictures.departure((), 5) == 0
    assert pictures.departure(((1.0, 1.0), (2.0, 9.0)), 5) == 0


def test_only_the_neighbours_of_the_affected_and_the_suspected_are_drawn() -> None:
    calls = [("web", "checkout"), ("checkout", "db"), ("db", "disk"), ("search", "catalogue"), ("cart", "db")]
    services, pairs = pictures.neighbourhood(calls, ["checkout", "unknown"], {"db": 0.8})
    assert {one.name for one in services} == {"checkout", "db", "web", "disk", "cart"}
    assert {one.name: (one.affected, one.suspicion) for one in services}["db"] == (False, 0.8)
    assert ("search", "catalogue") not in pairs
    assert len(pairs) == 4


def test_a_wide_neighbourhood_is_cut_but_keeps_what_it_is_about() -> None:
    calls = [(f"caller{number}", "hub") for number in range(200)] + [("hub", "db")]
    services, pairs = pictures.neighbourhood(calls, ["hub"], {"db": 0.5})
    assert len(services) == pictures.MOST_SERVICES
    assert {"hub", "db"} <= {one.name for one in services}
    assert all({caller, callee} <= {one.name for one in services} for caller, callee in pairs)


def test_services_without_any_known_call_are_no_picture() -> None:
    assert pictures.neighbourhood([("a", "b")], ["checkout"], {}) == ((), ())
