"""Did help reach those who needed it most? Counts of a small world, worked out by hand."""

import csv
import io
import random
from itertools import accumulate
from operator import and_
from typing import Any
from uuid import uuid4

import pandas as pd
import pytest
from django.urls import reverse
from django.utils import timezone

from fairpractice.record.reading import ID
from fairpractice.statistics.disclosure import RULE, audit, refuse
from fairpractice.web.cases.models import Case
from fairpractice.web.core.access import Role
from fairpractice.web.organisations.models import Organisation
from fairpractice.web.patients.models import Patient
from fairpractice.web.population import reached, telling
from fairpractice.web.population.models import Reached
from fairpractice.web.referrals import actions
from fairpractice.web.worklists import rules
from fairpractice.web.worklists.models import Place, Run
from tests.web import referring, support


STEPS = list(telling.STEPS)
NO_LIMITS = dict.fromkeys(("value", "lower", "upper", "status"))
WORLD = {
    # (arm, fifth): how many were found, spoken to, in need, agreed, were referred, accepted, have
    # an outcome, had their need met.
    ("proactive", "1"): (40, 30, 20, 20, 20, 10, 10, 10),
    ("proactive", "5"): (20, 10, 10, 10, 10, 0, 0, 0),
    ("ad hoc", "1"): (10, 10, 10, 10, 10, 10, 10, 10),
    ("ad hoc", "5"): (30, 30, 30, 30, 30, 20, 20, 10),
}


def world(changed: dict[tuple[str, str], tuple[int, ...]] | None = None) -> pd.DataFrame:
    """Return the occasions of the world: each came as far as its number says."""
    rows = [
        {
            "arm": arm,
            "imd_quintile": fifth,
            "ethnic_group": "white",
            "sex": sex,
            "age_band": "30-39",
        }
        | {step: number < came for step, came in zip(STEPS, far, strict=True)}
        for (arm, fifth), far in (WORLD | (changed or {})).items()
        for number in range(far[0])
        for sex in ("female" if number % 2 else "male",)
    ]
    return pd.DataFrame(rows)


def needs(rows: int = 20, met: int = 10) -> pd.DataFrame:
    """Return needs of one topic, all of them referred."""
    columns = ["arm", "topic", "referred", "accepted", "resolved"]
    return pd.DataFrame(
        [("ad hoc", "debt", True, n < met, n < met) for n in range(rows)], columns=columns
    )


def counted(rows: list[dict[str, Any]], arm: str, by: str, group: str) -> list[int | None]:
    here = {r["step"]: r["numerator"] for r in rows
            if (r["arm"], r["grouping"], r["group"]) == (arm, by, group)}  # fmt: skip
    return [here[step] for step in STEPS if step in here]


def test_a_world_is_counted_as_by_hand() -> None:
    rows = reached.released(world(), needs())
    for (arm, fifth), far in WORLD.items():
        group = "1" if fifth == "1" else "rest"
        main = [far[STEPS.index(step)] for step in reached.APART]
        assert counted(rows, arm, "imd_quintile", group) == main
    assert counted(rows, "proactive", "all", "all") == [60, 40, 30, 30, 30, 10, 10, 10]
    assert counted(rows, "ad hoc", "all", "all") == [40, 40, 40, 40, 40, 30, 30, 20]
    assert counted(rows, "all", "imd_quintile", "1") == [50, 40, 30, 20]
    assert counted(rows, "all", "all", "all") == [100, 80, 70, 70, 70, 40, 40, 30]
    of_debt = {r["step"]: (r["denominator"], r["numerator"]) for r in rows
               if (r["arm"], r["group"]) == ("all", "debt")}  # fmt: skip
    assert of_debt == {"need referred": (20, 20), "need accepted": (20, 10),
                       "need resolved": (20, 10)}  # fmt: skip


def test_where_many_were_spoken_to_groups_are_shown_by_every_step(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(reached, "FEW", 80)
    rows = reached.released(world(), needs())
    assert counted(rows, "all", "imd_quintile", "1") == [50, 40, 30, 30, 30, 20, 20, 20]
    assert counted(rows, "ad hoc", "imd_quintile", "1") == [10, 10, 10]


def test_lists_and_requests_are_told_apart_by_two_groups_and_those_who_did_not_say() -> None:
    grouped = world()
    grouped["ethnic_group"] = ["black", "asian", "not_stated", "", "white"] * 20
    kept = needs().rename(columns={"topic": telling.NEED})
    rows = [row for table, _ in reached._tables(grouped, kept, "black") for row in table]
    found = {
        (row["arm"], row["group"]): row["numerator"]
        for row in rows
        if row["grouping"] == "ethnic_group" and row["step"] == "found"
    }
    apart = {key: number for key, number in found.items() if key[0] != "all"}
    assert apart == {
        (arm, group): of * share
        for arm, of in (("proactive", 12), ("ad hoc", 8))
        for group, share in (("black", 1), ("others", 2), ("unknown", 2))
    }
    assert found["all", "others"] == found["all", "asian"] + found["all", "white"] == 40
    page = telling.page([reached._stored({**row, **NO_LIMITS}) for row in rows], reached.GROUPS)
    [table] = [
        each["table"]
        for section in page["groups"]
        for each in section["tables"]
        if each["table"]["id"] == "reach-ethnic_group-apart"
    ]
    assert table["headings"] == ["Whom", "Found, or asked for", "Referred", "Need met"]
    assert table["rows"][-1] == [
        "Not stated or not recorded: asked for ad hoc", "16", "16 (100\N{NO-BREAK SPACE}%)",
        "8 (50\N{NO-BREAK SPACE}%)",
    ]  # fmt: skip


@pytest.mark.soak
@pytest.mark.parametrize("seed", [1, 2])
def test_of_any_network_nothing_hidden_can_be_worked_out(seed: int) -> None:
    chance = random.Random(seed)
    far = chance.choices(range(1, len(STEPS) + 1), [60, 4, 3, 6, 8, 5, 6, 8], k=600)
    grouped = pd.DataFrame(
        {
            "arm": chance.choices(["proactive", "ad hoc"], [8, 2])[0],
            "imd_quintile": chance.choices(["1", "2", "3", "4", "5", ""], [4, 3, 2, 2, 1, 0.1])[0],
            "ethnic_group": chance.choices(
                ["white", "asian", "black", "other", "not_stated", ""], [6, 2, 1, 0.3, 0.2, 1]
            )[0],
            "sex": chance.choice(["female", "male"]),
            "age_band": chance.choice(["0-19", "20-39", "40-59", "80+"]),
        }
        | {step: number < came for number, step in enumerate(STEPS)}
        for came in far
    )
    rows = pd.DataFrame(reached.released(grouped, needs(20, 18)))
    refuse(audit(reached.as_table(rows)))
    assert 0 < (rows["status"] == "hidden").sum() < len(rows) / 2


def test_the_page_answers_in_words() -> None:
    said = telling.page(reached.released(world(), needs()), reached.GROUPS)["said"]
    assert said[0].startswith("Of 60 who were found by a list, 66.7\N{NO-BREAK SPACE}% (")
    assert said[1].startswith("Of 40 who were asked for ad hoc, 25.0\N{NO-BREAK SPACE}% (")
    assert said[2].startswith("In the most deprived fifth 60.0\N{NO-BREAK SPACE}% (")
    assert "80.0\N{NO-BREAK SPACE}%" in said[2]
    assert "can hardly tell apart" in said[2], "30 of 50 and 40 of 50"


def test_small_numbers_are_hidden_and_cannot_be_worked_out() -> None:
    changed = {("ad hoc", "5"): (30, 30, 30, 30, 30, 20, 20, 3)}
    rows = reached.released(world(changed), needs(20, 18))
    assert counted(rows, "ad hoc", "imd_quintile", "rest")[-1] is None
    hidden = [row for row in rows if row["status"] == "hidden"]
    assert all(row["numerator"] is row["denominator"] is row["value"] is None for row in hidden)
    for row in rows:
        for name in ("numerator", "denominator"):
            assert not RULE.small(row[name])
            assert row[name] is None or row[name] % 5 == 0
    refuse(audit(reached.as_table(pd.DataFrame(rows))))


def test_nobody_at_all_is_said_to_be_nobody() -> None:
    nobody, nothing = world().head(0), needs(0)
    page = telling.page(reached.released(nobody, nothing), reached.GROUPS)
    assert page["said"][0] == "Nobody was found by a list."
    assert page["groups"] == page["needs"] == []


@pytest.fixture
def worker(sign_in_as: Any, practice: Organisation) -> Any:
    """A link worker of the network."""
    return sign_in_as(Role.LINK_WORKER, practice.network)


@pytest.mark.django_db
def test_an_occasion_is_at_a_step_when_it_came_through_those_before(
    worker: Any, practice: Organisation, people: dict[str, list[Patient]], sign_in_as: Any
) -> None:
    first, second, third = people[support.PRACTICE]
    service = referring.of_charity()
    partner = sign_in_as(Role.COMMUNITY_PARTNER, service.organisation)
    case = support.has_case(worker.viewer, first)
    referral = referring.referred(worker.viewer, case, service)
    for to, more in (
        ("accepted", {}),
        ("in_progress", {}),
        ("completed", {"outcome": "resolved", "why": "Done"}),
    ):
        referral.refresh_from_db()
        actions.move(partner.viewer, referral, referral.version, to, uuid4(), **more)
    secret = support.has_case(worker.viewer, second)
    referring.referred(worker.viewer, secret, service, sensitive=True)
    now, today = timezone.now(), timezone.localdate()
    run = Run.objects.create(
        state="current", on=today, began_at=now, reads_since=now, finished_at=now, process="a test"
    )
    listed = next(name for name, rule in rules.rules().items() if rule.link_workers)
    other = next(name for name, rule in rules.rules().items() if not rule.link_workers)
    words: dict[str, Any] = {"because": [], "outcomes": [], "comes_off_when": []}
    for patient, rule in ((third, listed), (third, other), (second, other)):
        Place.objects.create(
            run=run, practice=practice, rule=rule, sensitive=False, patient=patient, reasons=0,
            **words,
        )  # fmt: skip
    found = reached.occasions(practice.network, support.ago(365)).set_index(ID)
    came = {
        patient: (
            found["arm"][patient.record_id],
            int(found.loc[patient.record_id, STEPS].astype(int).sum()),
        )
        for patient in (first, second, third)
    }
    assert came[first] == ("ad hoc", 8)
    assert came[second] == ("ad hoc", 1), "a sensitive referral leaves no trace"
    assert came[third] == ("proactive", 1), "of a list for link workers, once"
    assert len(found) == 3
    ordered = found[STEPS].to_numpy(bool).tolist()
    assert all(row == list(accumulate(row, and_)) for row in ordered)


@pytest.mark.django_db
def test_everybody_on_the_record_has_their_groups_and_few_are_hidden(
    worker: Any, practice: Organisation, person: Patient, sign_in_as: Any
) -> None:
    support.has_case(worker.viewer, person)
    [made] = reached.make()
    assert made.network == practice.network
    assert {row["grouping"] for row in made.rows} == {"all", *reached.GROUPS}
    assert all(row["numerator"] in (None, 0) for row in made.rows)
    lead = sign_in_as(Role.NETWORK_LEAD, practice.network)
    text = lead.get(reverse("population:reached")).content.decode()
    assert "is hidden: they are few" in text
    assert person.name not in text
    Case.objects.update(rule="custody")
    assert reached.make()[0].pk == made.pk, "it takes the place of the one before"


@pytest.mark.django_db
def test_a_download_has_the_figures_of_the_page(
    worker: Any, practice: Organisation, sign_in_as: Any
) -> None:
    changed = {("ad hoc", "5"): (30, 30, 30, 30, 30, 20, 20, 3)}
    rows = reached.released(world(changed), needs())
    shown = telling.page(rows, reached.GROUPS) | {
        "load": reached.load(practice.network, support.TODAY)
    }
    Reached.objects.create(
        network=practice.network, on=support.TODAY, made_at=timezone.now(), rows=rows, shown=shown
    )
    lead = sign_in_as(Role.NETWORK_LEAD, practice.network)
    text = lead.get(reverse("population:reached")).content.decode()
    answer = lead.get(reverse("population:reached-download"))
    downloaded = list(csv.DictReader(io.StringIO(answer.content.decode())))
    assert len(downloaded) == len(rows)
    numbers = {row["numerator"] for row in downloaded if row["numerator"]}
    assert numbers == {str(row["numerator"]) for row in rows if row["numerator"] is not None}
    for words in ("Of 60 who were found by a list", "hidden", "30 (60\N{NO-BREAK SPACE}%)"):
        assert words in text
