"""What each route records: little, unequally, and not independently of the others."""

import numpy as np
import pandas as pd
import pytest

from fairpractice.population.synthetic.kinds import ROUTES
from fairpractice.population.synthetic.parameters import Parameters


GIVEN = Parameters()


def existing(made, topic: str) -> pd.DataFrame:
    truth = made["truth"]
    rows = truth[(truth.topic == topic) & truth.need & truth.true_until.isna()]
    return rows.set_index("source_patient_id")


def recorded(made, need, route: str) -> pd.Index:
    """Return who has a statement, by one route, that a need is present."""
    facts = made["social_fact"]
    rows = facts[(facts.topic == need.topic) & (facts.route == route) & (facts.status == "present")]
    people = pd.Index(rows.source_patient_id.unique())
    if route == "asked" and need.codelist:
        people = people.union(made.with_code(need.codelist))
    return people


@pytest.mark.parametrize("need", GIVEN.needs, ids=lambda need: need.topic)
def test_a_tenth_to_a_quarter_of_needs_are_recorded(made, need) -> None:
    who = existing(made, need.topic).index
    for share, route in zip(need.recorded, ROUTES, strict=True):
        found = who.isin(recorded(made, need, route)).mean()
        error = 4 * np.sqrt(share * (1 - share) / len(who)) + 0.08 * share
        assert found == pytest.approx(share, abs=error), route


def test_carers_are_known_as_the_study_found(made) -> None:
    carer = next(need for need in GIVEN.needs if need.topic == "carer")
    who = existing(made, "carer").index
    assert who.isin(recorded(made, carer, "asked")).mean() == pytest.approx(0.27, abs=0.04)


def by_group(made, flag) -> tuple[float, float]:
    """Return the share of existing needs coded among those with a flag and without."""
    shares = []
    for wanted in (True, False):
        known = total = 0
        for need in GIVEN.needs:
            rows = existing(made, need.topic)
            who = rows.index[flag(rows) == wanted]
            total += len(who)
            known += who.isin(recorded(made, need, "asked")).sum()
        shares.append(known / total)
    return shares[0], shares[1]


def test_men_the_young_minorities_and_those_with_poor_english_are_recorded_less(made) -> None:
    white = ["white_british", "white_irish", "other_white"]
    poor = existing(made, "interpreter_need").index
    flags = {
        "men": lambda rows: ~rows.female,
        "young": lambda rows: rows.birth_month > "1997",
        "minority": lambda rows: ~rows.ethnic_group.isin(white),
        "poor English": lambda rows: rows.index.isin(poor),
    }
    for name, flag in flags.items():
        less, more = by_group(made, flag)
        assert less < 0.88 * more, name


def test_coding_differs_by_practice_system(made) -> None:
    practice = made["registration"].groupby("source_patient_id").practice_code.last().astype(str)
    systems = dict(zip(made.of.places.practices, made.of.places.systems, strict=True))
    total = dict.fromkeys(("EMIS", "TPP", "Vision"), 0)
    known = dict(total)
    for need in GIVEN.needs:
        who = existing(made, need.topic).index
        of = practice[who].map(systems)
        for system in total:
            total[system] += (of == system).sum()
            known[system] += who[of == system].isin(recorded(made, need, "asked")).sum()
    share = {system: known[system] / total[system] for system in total}
    assert share["Vision"] < 0.7 * share["EMIS"]
    assert share["EMIS"] < share["TPP"]


def overlap(made) -> float:
    """Return how much more often two routes know of the same need than chance would have it.

    Among needs that both routes reach, so that reach alone does not tie them.
    """
    both = expected = 0.0
    for need in GIVEN.needs:
        rows = existing(made, need.topic)
        rows = rows[rows.reachable_asked & rows.reachable_self_reported]
        first = rows.index.isin(recorded(made, need, "asked"))
        second = rows.index.isin(recorded(made, need, "self_reported"))
        both += (first & second).sum()
        expected += first.mean() * second.mean() * len(rows)
    return both / expected


def test_dependence_between_routes_is_what_was_set(with_dependence) -> None:
    found = [overlap(with_dependence(degree)) for degree in (0.0, 0.4, 0.9)]
    assert 0.8 < found[0] < 1.35, "only what both routes share of who is recorded"
    assert found[0] + 0.4 < found[1] < found[2] - 0.4


def test_dependence_moves_the_overlap_and_not_the_shares(with_dependence) -> None:
    shares = []
    for degree in (0.0, 0.9):
        made = with_dependence(degree)
        known = [
            existing(made, need.topic).index.isin(recorded(made, need, "asked"))
            for need in GIVEN.needs
        ]
        shares.append(np.concatenate(known).mean())
    assert shares[0] == pytest.approx(shares[1], rel=0.06)


def test_some_people_no_route_reaches_and_none_of_them_is_recorded(made) -> None:
    people = made.people()
    reached = people[[f"reachable_{route}" for route in ROUTES]].any(axis=1)
    assert 0.005 < (~reached).mean() < 0.05
    known = pd.Index(made["social_fact"].source_patient_id).union(
        made.with_code(*{need.codelist for need in GIVEN.needs if need.codelist})
    )
    assert not people.index[~reached].isin(known).any()


def test_statements_also_say_no_or_decline_and_are_sometimes_wrong(made) -> None:
    facts = made["social_fact"]
    assert set(facts.status.unique()) == {"present", "absent", "declined"}
    assert set(facts.route[facts.status != "present"].unique()) == {"asked", "self_reported"}
    debt = next(need for need in GIVEN.needs if need.topic == "debt")
    truth = made["truth"]
    never = truth[(truth.topic == "debt") & ~truth.need].source_patient_id
    mistaken = never.isin(recorded(made, debt, "asked")).mean()
    assert 0 < mistaken < 0.003


def test_no_statement_is_older_than_the_need_it_states_but_for_mistakes(made) -> None:
    facts, truth = made["social_fact"], made["truth"]
    debts = facts[(facts.topic == "debt") & (facts.status == "present")]
    needs = truth[(truth.topic == "debt") & truth.need].set_index("source_patient_id")
    joined = debts.join(needs[["true_from", "true_until"]], on="source_patient_id", how="inner")
    assert (joined.recorded_on >= joined.true_from).all()
    ended = joined.dropna(subset="true_until")
    assert (ended.recorded_on < ended.true_until).all()


def test_domestic_abuse_is_sensitive_and_never_a_code(made) -> None:
    facts = made["social_fact"]
    assert set(facts.sensitivity[facts.topic == "domestic_abuse"]) == {"sensitive"}
    assert set(facts.sensitivity[facts.topic != "domestic_abuse"]) == {"ordinary"}
    assert not len(made.with_code("domestic-abuse"))


def test_each_route_has_its_lawful_basis(made) -> None:
    facts = made["social_fact"]
    found = facts[["route", "lawful_basis"]].astype(str).drop_duplicates().to_numpy().tolist()
    assert sorted(found) == [
        ["asked", "direct_care"],
        ["external", "sharing_agreement"],
        ["self_reported", "consent"],
    ]


def test_some_ended_needs_are_coded_as_ended(made) -> None:
    ended = made.with_code("no-longer-carer")
    truth = made["truth"]
    over = truth[(truth.topic == "carer") & truth.true_until.notna()].source_patient_id
    assert len(ended)
    assert ended.isin(over).all()


def test_carers_leave_weak_signs(made) -> None:
    people = made.people()
    cares = people.index.isin(existing(made, "carer").index)
    sign = people.index.isin(made.with_code("carer-support-hint"))
    assert sign[cares].mean() > 10 * sign[~cares].mean()
    assert sign[~cares].any()
