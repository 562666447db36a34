"""The shares that come out are those that were put in, within sampling error."""

import math

import numpy as np
import pandas as pd
import pytest

from fairpractice.population.synthetic.parameters import Parameters
from fairpractice.population.synthetic.population import SAMPLE


GIVEN = Parameters()


def allowed(share: float, people: int) -> float:
    """Four standard errors: of the people, and of the sample that the constants are from."""
    return 4 * math.sqrt(share * (1 - share) * (1 / people + 1 / SAMPLE))


def now(made, topic: str) -> pd.Series:
    truth = made["truth"]
    rows = truth[truth.topic == topic].set_index("source_patient_id")
    return rows.need & rows.true_until.isna()


@pytest.mark.parametrize("need", GIVEN.needs, ids=lambda need: need.topic)
def test_each_need_is_as_common_as_published(made, need) -> None:
    has = now(made, need.topic)
    assert has.mean() == pytest.approx(need.prevalence, abs=allowed(need.prevalence, len(has)))


def test_about_a_third_of_adults_have_a_need_more_where_it_is_poor(made) -> None:
    has = pd.concat([now(made, need.topic) for need in GIVEN.needs], axis=1).any(axis=1)
    assert 0.15 < has.mean() < 0.35
    by_fifth = has.groupby(made.people().fifth).mean()
    assert by_fifth.is_monotonic_decreasing


@pytest.mark.parametrize("need", GIVEN.needs, ids=lambda need: need.topic)
def test_need_exists_in_less_deprived_areas_too(made, need) -> None:
    has = now(made, need.topic)
    fifth = made.people().fifth
    assert has[fifth >= 4].any()
    if need.topic != "homelessness":
        assert (fifth[has] >= 3).mean() > 0.15, "the area's deprivation alone would miss them"


def test_disability_and_poor_english(made) -> None:
    assert now(made, "disability").mean() == pytest.approx(GIVEN.disabled, abs=0.015)
    assert now(made, "interpreter_need").mean() == pytest.approx(GIVEN.poor_english, abs=0.004)
    speaks_little = now(made, "interpreter_need")
    assert now(made, "language_main")[speaks_little].all()


@pytest.mark.parametrize("condition", GIVEN.conditions, ids=lambda condition: condition.codelist)
def test_each_condition_is_as_common_as_its_register(made, condition) -> None:
    patients = made["patient"].set_index("source_patient_id")
    age = (pd.Timestamp("2026-10-31") - patients.birth_month).dt.days / 365.25
    counted = age.index[age >= condition.youngest]
    has = counted.isin(made.with_code(condition.codelist)).mean()
    expected = condition.prevalence
    # Age is that on the last day written about; people who left were younger then.
    assert has == pytest.approx(expected, abs=allowed(expected, len(counted)) + 0.03 * expected)


def test_illness_comes_earlier_in_deprived_areas(made) -> None:
    people = made.people()
    middle_aged = people[people.birth_month.between("1966", "1986")]
    ill = middle_aged.index.isin(made.with_code("copd", "diabetes", "coronary-heart-disease"))
    by_fifth = pd.Series(ill, middle_aged.index).groupby(middle_aged.fifth).mean()
    assert by_fifth[1] > 1.7 * by_fifth[5]


def kept_or_not(made) -> pd.DataFrame:
    booked = made["appointment"]
    return booked[booked.status != "cancelled"].assign(
        missed=lambda rows: rows.status == "did_not_attend",
        delay=lambda rows: (rows.start_date - rows.booked_on).dt.days,
    )


def test_missed_appointments_by_booking_delay(made) -> None:
    rows = kept_or_not(made)
    kind = pd.cut(rows.delay, [-1, 0, 1, 7, 100], labels=False)
    found = rows.groupby(kind).missed.mean()
    assert found.to_numpy() == pytest.approx(GIVEN.missed_by_delay, rel=0.06)
    assert rows.missed.mean() == pytest.approx(0.0534, abs=0.002), "England, 2018"


def test_missed_appointments_pile_up_on_some_people_and_places(made) -> None:
    rows = kept_or_not(made)
    fifth = rows.source_patient_id.map(made.people().fifth)
    assert rows.groupby(fifth).missed.mean().is_monotonic_decreasing
    each = rows.groupby("source_patient_id").missed.agg(["sum", "count"])
    independent = each["count"].map(lambda n: n * 0.0534)
    assert each["sum"].var() > 1.5 * independent.mean(), "more unequal than by chance"


def test_appointments_and_urgent_contacts_a_year(made) -> None:
    spells = made["registration"].fillna({"end_date": pd.Timestamp("2026-11-01")})
    start = spells.start_date.clip(lower=pd.Timestamp("2021-11-01"))
    years = (spells.end_date - start).dt.days.clip(lower=0).sum() / 365.25
    assert len(made["appointment"]) / years == pytest.approx(GIVEN.appointments, rel=0.06)
    urgent = sum(rate for _, rate in GIVEN.urgent)
    assert len(made["urgent_contact"]) / years == pytest.approx(urgent, rel=0.06)
    stayed = made["registration"].end_date.isna().sum()
    left = made.of.count - stayed
    assert left / years == pytest.approx(GIVEN.turnover + 0.008, abs=0.012), "and deaths"


def test_emergency_attendance_has_its_gradient(made) -> None:
    contacts = made["urgent_contact"]
    emergency = contacts[contacts.kind == "emergency_department"]
    people = made.people()
    rate = (
        emergency.source_patient_id.map(people.fifth).value_counts() / people.fifth.value_counts()
    )
    assert 1.3 < rate[1] / rate[5] < 2.3, "1.7 between tenths"


def test_consultations_are_shorter_in_the_most_deprived_fifth(made) -> None:
    rows = made["appointment"].dropna(subset="minutes")
    assert rows.minutes.mean() == pytest.approx(10.9, abs=0.1)
    fifth = rows.source_patient_id.map(made.people().fifth)
    by_fifth = rows.groupby(fifth).minutes.mean()
    assert by_fifth[[2, 3, 4, 5]].mean() - by_fifth[1] == pytest.approx(0.5, abs=0.15)


def test_continuity_is_less_in_deprived_areas(made) -> None:
    rows = made["appointment"]
    rows = rows[rows.status == "attended"]
    counts = rows.groupby(["source_patient_id", "clinician_id"], observed=True).size()
    each = counts.groupby("source_patient_id").agg(["max", "sum"])
    each = each[each["sum"].between(4, 8)]
    usual = (each["max"] / each["sum"]).groupby(made.people().fifth).mean()
    assert usual[5] - usual[1] > 0.015
    assert 0.3 < usual.mean() < 0.7


def test_ethnicity_is_recorded_for_78_per_cent_and_not_at_random(made) -> None:
    everybody = made["patient"].set_index("source_patient_id")
    stated = {c.code for c in made.of.codelists["ethnicity"].codes if c.category != "not_stated"}
    events = made["event"]
    known = everybody.index.isin(events.source_patient_id[events.code.isin(stated)])
    assert known.mean() == pytest.approx(0.782, abs=allowed(0.782, len(known)))
    female = (everybody.sex == "female").to_numpy()
    assert known[female].mean() > known[~female].mean() + 0.02
    young = everybody.birth_month.between("1994", "2008").to_numpy()
    assert known[young].mean() < known[~young].mean() - 0.05


def test_recorded_ethnicity_is_the_true_one(made) -> None:
    group_of = {code.code: code.category for code in made.of.codelists["ethnicity"].codes}
    events = made["event"]
    coded = events.assign(group=events.code.astype(str).map(group_of)).dropna(subset="group")
    coded = coded[coded.group != "not_stated"]
    true = coded.source_patient_id.map(made.people().ethnic_group.astype(str)).dropna()
    assert (coded.group[true.index] == true).all()
    assert true.nunique() == len(GIVEN.ethnic_groups)


def test_opt_outs(made) -> None:
    objections = made["objection"]
    share = objections.groupby("kind", observed=True).source_patient_id.nunique() / made.of.count
    assert share["national_data_opt_out"] == pytest.approx(0.055, abs=allowed(0.055, 50_000))
    assert share["type_1_opt_out"] == pytest.approx(0.03, abs=allowed(0.03, 50_000))
    about_one = objections.kind == "objection"
    assert objections.purpose[about_one].notna().all()
    assert objections.purpose[~about_one].isna().all()


def test_there_are_about_twenty_entries_a_person(made) -> None:
    assert 18 < len(made["event"]) / made.of.count < 23


def test_blood_pressure_is_controlled_in_most_and_worse_where_it_is_poor(made) -> None:
    codes = {c.code for c in made.of.codelists["systolic-blood-pressure"].codes}
    events = made["event"]
    readings = events[events.code.isin(codes)]
    assert readings.value.between(80, 230).all()
    ill = made.with_code("hypertension")
    last = readings[readings.source_patient_id.isin(ill)].groupby("source_patient_id").value.last()
    controlled = last <= 140
    assert 0.55 < controlled.mean() < 0.80
    by_fifth = controlled.groupby(made.people().fifth).mean()
    assert 0.01 < by_fifth[5] - by_fifth[1] < 0.12


def test_screening_coverage_and_the_never_screened(made) -> None:
    people = made.people()
    women = people[people.female & people.birth_month.between("1962", "1996")]
    ever = pd.Series(women.index.isin(made.with_code("cervical-screening")), women.index)
    by_fifth = ever.groupby(women.fifth).mean()
    assert by_fifth[5] - by_fifth[1] > 0.05
    assert 0.80 < ever.mean() < 0.95
    minority = ~women.ethnic_group.isin(["white_british", "white_irish", "other_white"])
    assert ever[minority].mean() < ever[~minority].mean() - 0.05


def test_ad_hoc_referral_is_rare_and_leaves_the_same_people_out(made) -> None:
    people = made.people()
    referred = people.index.isin(
        made.with_code("social-prescribing-referral", "social-prescribing-declined")
    )
    share = referred.sum() / made.of.count
    assert share == pytest.approx(GIVEN.referred, abs=0.006)
    women = np.average(people.female[referred])
    assert 0.53 < women < 0.68, "60 % women, Bu 2025"
    young = people.birth_month > "1996-11"
    assert referred[young].mean() < 0.75 * referred[~young].mean()


def test_known_needs_are_as_common_on_an_earlier_day_as_on_the_last(made) -> None:
    """What is recorded must not seem to rise only because the extract ends."""
    facts, truth = made["social_fact"], made["truth"]
    shares = []
    for day in (pd.Timestamp("2024-10-31"), pd.Timestamp("2026-10-31")):
        known = total = 0
        for topic in ("debt", "financial_hardship", "transport"):
            rows = truth[(truth.topic == topic) & truth.need & (truth.true_from <= day)]
            rows = rows[(rows.true_until.isna() | (rows.true_until > day)) & (rows.as_of >= day)]
            stated = facts[(facts.topic == topic) & (facts.status == "present")]
            stated = stated[stated.recorded_on <= day].source_patient_id
            total += len(rows)
            known += rows.source_patient_id.isin(stated).sum()
        shares.append(known / total)
    assert shares[0] == pytest.approx(shares[1], rel=0.25)


@pytest.mark.parametrize(
    ("codelist", "youngest", "oldest", "years", "share"),
    [
        ("bowel-screening", 54, 74, 2.5, 0.70),
        ("influenza-vaccination", 65, 120, 1.0, 0.78),
        ("covid-vaccination", 76, 120, 1.0, 0.60),
        ("mmr-vaccination", 5, 17, 18, 0.90),
    ],
)
def test_prevention_reaches_the_share_set_and_fewer_where_it_is_poor(
    made, codelist, youngest, oldest, years, share
) -> None:
    on = pd.Timestamp("2026-10-31")
    here = made["registration"]
    here = here[here.end_date.isna()].source_patient_id
    patients = made["patient"].set_index("source_patient_id").loc[here.unique()]
    age = (on - patients.birth_month).dt.days / 365.25
    meant = age.index[(age >= youngest) & (age < oldest + 1)]
    codes = {code.code for code in made.of.codelists[codelist].codes}
    events = made["event"]
    done = events[events.code.isin(codes) & (events.date > on - pd.Timedelta(365.25 * years, "D"))]
    came = pd.Series(meant.isin(done.source_patient_id), meant)
    # An autumn half over leaves a little less; two rounds in a window reach a little more.
    assert share - 0.14 < came.mean() < share + 0.10
    areas = made["address"].groupby("source_patient_id").area_code.last().astype(str)
    places = made.of.places
    fifth = dict(zip(np.array(places.area_codes())[places.area], places.fifth, strict=True))
    by_fifth = came.groupby(areas.loc[meant].map(fifth)).mean()
    assert by_fifth[1] < by_fifth[5]


def test_statins_alone_have_codes_of_the_dictionary(made) -> None:
    issues = made["medication"]
    statins = {code.code for code in made.of.codelists["statin"].codes}
    listed = issues.code.astype(str).isin(statins)
    assert (listed == (issues.code_system.astype(str) == "dmd")).all()
    assert 0.05 < listed.mean() < 0.4


def test_being_in_care_is_said_of_the_young_by_the_council(made) -> None:
    facts = made["social_fact"]
    said = facts[facts.topic == "care_leaver"]
    born = made["patient"].set_index("source_patient_id").birth_month
    assert len(said) > 30
    assert set(said.route.astype(str)) == {"external"}
    assert (said.source_patient_id.map(born) > pd.Timestamp("1994-01-01")).all()
