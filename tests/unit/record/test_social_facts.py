"""What of the statements about a person holds on a day."""

import datetime as dt
from collections import defaultdict

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fairpractice.codelists.lists import Code, Codelist
from fairpractice.engines.duckdb import connect
from fairpractice.record import social_facts
from fairpractice.record.dates import months_before
from fairpractice.record.memory import MemoryRecord
from fairpractice.record.social_facts import TOPICS, Current, current
from fairpractice.record.tables import FACT_STATUSES, ROUTES, SENSITIVITIES


def _list(*codes):
    said = ("", "snomed", "", "", "", "full", " ".join(codes))
    return Codelist(" ".join(codes), *said, codes=tuple(Code(code, "") for code in codes))


CODELISTS = defaultdict(_list) | {
    "homeless": _list("homeless"),
    "no-longer-homeless": _list("housed"),
    "carer": _list("carer"),
    "no-longer-carer": _list("no-carer"),
    "domestic-abuse": _list("abuse"),
    "unemployed": _list("unemployed", "shared"),
    "debt": _list("shared"),
}
CODELISTS = defaultdict(_list, CODELISTS)
ON = dt.date(2026, 6, 15)


def _fact(topic, status="present", recorded_on=dt.date(2026, 6, 1), route="asked", **more):
    row = {"topic": topic, "status": status, "recorded_on": recorded_on, "route": route}
    usual = {"true_from": None, "true_until": None, "sensitivity": "ordinary", "patient_id": 1}
    return {**usual, **row, **more}


def _event(code, date=dt.date(2026, 6, 1), system="snomed"):
    return {"patient_id": 1, "code": code, "code_system": system, "date": date}


def _status(topic, *facts, events=(), on=ON):
    return current({"social_fact": facts, "event": events}, topic, on, CODELISTS)


def test_nothing_recorded_is_unknown():
    assert current({}, "debt", ON, CODELISTS) == Current("unknown")
    assert _status("debt", _fact("transport")) == Current("unknown")


@pytest.mark.parametrize(
    ("stated", "status"),
    [("present", "present"), ("absent", "absent"), ("unknown", "unknown"), ("declined", "unknown")],
)
def test_a_declined_answer_is_recorded_but_unknown(stated, status):
    found = _status("debt", _fact("debt", stated))
    assert (found.status, found.stated, found.stale) == (status, stated, False)


def test_the_latest_statement_wins_as_far_as_known_on_the_day():
    facts = [
        _fact("debt", "present", dt.date(2026, 3, 1)),
        _fact("debt", "absent", dt.date(2026, 5, 1)),
        _fact("debt", "present", dt.date(2026, 6, 1)),
    ]
    for on, status in [
        (dt.date(2026, 2, 28), "unknown"),
        (dt.date(2026, 3, 1), "present"),
        (dt.date(2026, 5, 1), "absent"),
        (dt.date(2026, 6, 1), "present"),
    ]:
        assert _status("debt", *facts, on=on).status == status


def test_a_statement_goes_stale_on_the_day_its_months_have_passed():
    fact = _fact("homelessness", recorded_on=dt.date(2026, 1, 15))  # fresh for six months
    assert _status("homelessness", fact, on=dt.date(2026, 7, 14)).status == "present"
    found = _status("homelessness", fact, on=dt.date(2026, 7, 15))
    assert (found.status, found.stated, found.stale) == ("unknown", "present", True)


def test_some_things_are_true_for_life():
    fact = _fact("language_main", recorded_on=dt.date(1950, 1, 1))
    assert _status("language_main", fact).status == "present"


def test_a_statement_holds_until_the_day_it_is_no_longer_true():
    fact = _fact("debt", true_until=dt.date(2026, 6, 10))
    assert _status("debt", fact, on=dt.date(2026, 6, 9)).status == "present"
    found = _status("debt", fact, on=dt.date(2026, 6, 10))
    assert (found.status, found.stale) == ("unknown", False)


def test_one_of_a_family_being_present_says_that_the_others_are_absent():
    facts = [
        _fact("homelessness", recorded_on=dt.date(2026, 5, 1)),
        _fact("temporary_housing", recorded_on=dt.date(2026, 6, 1)),
    ]
    assert _status("homelessness", *facts).status == "absent"
    assert _status("temporary_housing", *facts).status == "present"
    assert _status("settled_home", *facts).status == "absent"


def test_one_of_a_family_being_absent_says_nothing_of_the_others():
    assert _status("homelessness", _fact("temporary_housing", "absent")).status == "unknown"


def test_codes_state_and_end_a_fact():
    events = [_event("carer", dt.date(2026, 1, 1)), _event("no-carer", dt.date(2026, 5, 1))]
    assert _status("carer", events=events[:1]).status == "present"
    assert _status("carer", events=events).status == "absent"
    assert _status("carer", events=[_event("carer", system="ctv3")]).status == "unknown"


def test_no_longer_homeless_ends_every_topic_of_residence():
    facts = [_fact("temporary_housing", recorded_on=dt.date(2026, 5, 1))]
    events = [_event("homeless", dt.date(2026, 4, 1)), _event("housed")]
    assert _status("homelessness", *facts, events=events).status == "absent"
    assert _status("temporary_housing", *facts, events=events).status == "absent"
    assert _status("settled_home", *facts, events=events).status == "present"


@pytest.mark.parametrize(
    ("wins", "loses"),
    [
        ({"true_from": dt.date(2026, 5, 2)}, {"true_from": dt.date(2026, 5, 1)}),
        ({"true_from": dt.date(2026, 5, 2)}, {}),
        ({"route": "asked"}, {"route": "self_reported"}),
        ({"route": "self_reported"}, {"route": "external"}),
        ({"status": "present"}, {"status": "absent"}),
        ({"status": "absent"}, {"status": "unknown"}),
        ({"status": "unknown"}, {"status": "declined"}),
        ({"true_until": None}, {"true_until": dt.date(2027, 1, 1)}),
    ],
)
def test_ties_on_one_day_are_broken(wins, loses):
    wins = {"status": "absent", **wins}
    loses = {"status": "absent" if "status" in loses else "present", **loses}
    if "true_until" in wins:
        loses["status"] = "absent"
    winner, loser = _fact("debt", **wins), _fact("debt", **loses)
    for order in ([winner, loser], [loser, winner]):
        latest = social_facts.person_statements({"social_fact": order}, CODELISTS)[-1]
        assert {name: getattr(latest, name) for name in wins} == wins


def test_homelessness_wins_over_a_settled_home_stated_the_same_day():
    facts = [_fact("settled_home"), _fact("homelessness")]
    assert _status("homelessness", *facts).status == "present"
    assert _status("settled_home", *facts).status == "absent"


def test_routes_that_disagree_stay_side_by_side():
    facts = [
        _fact("debt", "absent", dt.date(2026, 6, 1), "asked"),
        _fact("debt", "present", dt.date(2026, 5, 1), "self_reported"),
        _fact("debt", "absent", dt.date(2026, 4, 1), "external"),
        _fact("debt", "present", dt.date(2026, 3, 1), "external"),
    ]
    found = _status("debt", *facts)
    assert found.status == "absent"
    assert [(s.route, s.recorded_on) for s in found.contradicted_by] == [
        ("self_reported", dt.date(2026, 5, 1))
    ]
    assert _status("debt", *facts, on=dt.date(2027, 5, 1)).contradicted_by == ()


def test_what_was_declined_does_not_hide_what_another_route_says():
    facts = [_fact("debt", "declined"), _fact("debt", route="external")]
    found = _status("debt", *facts)
    assert found.status == "unknown"
    assert [s.route for s in found.contradicted_by] == ["external"]


def test_topics_are_well_formed():
    for name, topic in TOPICS.items():
        assert topic.id == name
        assert topic.label
        assert topic.freshness_months is None or topic.freshness_months > 0
    assert {t for t, topic in TOPICS.items() if topic.family == "residence"} == {
        "homelessness",
        "temporary_housing",
        "settled_home",
    }
    assert set(social_facts.SENSITIVE) == {"domestic_abuse", "asylum_or_refugee", "prison"}


# Few topics and days, so that ties, families, staleness and contradictions come up.
SOME_TOPICS = ["homelessness", "temporary_housing", "settled_home", "debt", "carer"]
SOME_TOPICS += ["language_main", "domestic_abuse", "unemployment"]
EDGES = [months_before(ON, months) for months in (0, 1, 6, 12, 24)]
DAYS = sorted({day + dt.timedelta(n) for day in EDGES for n in (-1, 0, 1)})
MAYBE_DAY = st.none() | st.sampled_from(DAYS)
FACT = st.fixed_dictionaries(
    {
        "topic": st.sampled_from([*SOME_TOPICS, "debt", "debt", "debt", "debt"]),
        "status": st.sampled_from(FACT_STATUSES),
        "route": st.sampled_from(ROUTES),
        "recorded_on": st.sampled_from(DAYS),
        "true_from": MAYBE_DAY,
        "true_until": MAYBE_DAY,
        "sensitivity": st.sampled_from(SENSITIVITIES),
    }
)
CODED = st.fixed_dictionaries(
    {
        "code": st.sampled_from(
            ["homeless", "housed", "carer", "no-carer", "abuse", "shared", "other"]
        ),
        "code_system": st.sampled_from(["snomed", "snomed", "ctv3"]),
        "date": st.sampled_from(DAYS),
    }
)
PERSON = st.tuples(st.lists(FACT, max_size=8), st.lists(CODED, max_size=3))
ENGINE = connect(threads=1)


def _agree(engine, facts, events, on, codelists=CODELISTS):
    record = MemoryRecord(engine, {"social_fact": facts, "event": events})
    view = {
        (row["patient_id"], row["topic"]): row
        for row in engine.to_arrow(social_facts.current_view(record, codelists, on)).to_pylist()
    }
    for patient in sorted({row["patient_id"] for row in [*facts, *events]}):
        person = record.person(patient)
        said = social_facts.person_statements(person, codelists)
        for topic in TOPICS:
            wanted = current(person, topic, on, codelists)
            row = view.pop((patient, topic), None)
            if row is None:
                assert wanted == Current("unknown")
                continue
            assert row["contradicted"] == bool(wanted.contradicted_by)
            for name in ("status", "stated", "route", "since", "stale"):
                assert row[name] == getattr(wanted, name), (topic, name, said)
    assert view == {}


@settings(max_examples=12)
@given(people=st.lists(PERSON, min_size=20, max_size=60), on=st.sampled_from(DAYS))
def test_one_person_and_the_population_agree(people, on):
    numbered = list(enumerate(people))
    facts = [{**fact, "patient_id": n} for n, (facts, _) in numbered for fact in facts]
    events = [{**event, "patient_id": n} for n, (_, events) in numbered for event in events]
    _agree(ENGINE, facts, events, on)


@pytest.mark.spark
def test_the_population_is_the_same_on_spark(spark):
    facts = [
        {
            "patient_id": 1 + n % 4,
            "topic": SOME_TOPICS[n % len(SOME_TOPICS)],
            "status": FACT_STATUSES[n * 7 % 4],
            "route": ROUTES[n * 5 % 3],
            "recorded_on": DAYS[n * 11 % len(DAYS)],
            "true_from": None if n % 3 else DAYS[n % len(DAYS)],
            "true_until": None if n % 4 else DAYS[n * 3 % len(DAYS)],
            "sensitivity": "ordinary",
        }
        for n in range(200)
    ]
    events = [_event(code, day) for code in ("homeless", "housed", "shared") for day in DAYS]
    _agree(spark, facts, events, ON)


def test_outside_direct_care_nothing_sensitive_is_stated():
    facts = [_fact("debt"), _fact("prison"), _fact("transport", sensitivity="sensitive")]
    for purpose, topics in [
        ("direct_care", ["debt", "domestic_abuse", "prison", "transport"]),
        ("planning", ["debt"]),
    ]:
        record = MemoryRecord(ENGINE, {"social_fact": facts, "event": [_event("abuse")]})
        record.purpose = purpose
        found = social_facts.statements(record, CODELISTS)
        assert sorted(found.topic.execute()) == topics


def test_every_answer_is_reached_on_random_people():
    """The agreement above would be empty if random people never got anywhere."""
    reached = set()

    @settings(max_examples=1000, derandomize=True)
    @given(person=PERSON)
    def look(person):
        facts, events = person
        for topic in SOME_TOPICS:
            found = _status(topic, *facts, events=events)
            reached.add((found.status, found.stale, bool(found.contradicted_by)))

    look()
    assert reached >= {
        ("present", False, False),
        ("present", False, True),
        ("absent", False, False),
        ("absent", False, True),
        ("unknown", False, False),
        ("unknown", False, True),
        ("unknown", True, False),
    }
