"""People made by other means than ours: the strategies and the list, from files to a choice."""

import csv
import datetime as dt
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from fairpractice import cli, codelists
from fairpractice.case_finding.strategy import shipped
from fairpractice.population import deprivation
from fairpractice.population.synthetic.extract import mapping
from fairpractice.population.synthetic.population import nhs_numbers
from fairpractice.record.topics import TOPICS


ON = "2022-07-31"
EDITION = "area_code,rank,decile,score,population\n" + "".join(
    f"E0199000{n},{n},{-(-10 * n // 9)},{10 - n}.5,100\n" for n in range(1, 10)
)
STATED = ("social_isolation", "housing_problem", "transport")  # what their conditions tell of
STRATEGIES = {*shipped(), "social-prescribing"}
Run = Callable[..., str]


def resources(file: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]


def truth_of(export: Path) -> pa.Table:
    """What the conditions of an export say was so: theirs, since nobody made a truth of ours."""
    topic_of = {
        code.code: topic
        for topic in STATED
        for code in codelists.load()[str(TOPICS[topic].codelist)].codes
    }
    said = resources(export / "Condition.000.ndjson")
    spells: dict[tuple[str, str], tuple[dt.date, dt.date | None]] = {}
    for condition in sorted(said, key=lambda each: each["onsetDateTime"]):
        topic = topic_of.get(condition["code"]["coding"][0]["code"])
        if topic:
            person = condition["subject"]["reference"].removeprefix("Patient/")
            ended = condition.get("abatementDateTime", "")[:10]
            spells[person, topic] = (
                dt.date.fromisoformat(condition["onsetDateTime"][:10]),
                dt.date.fromisoformat(ended) if ended else None,
            )
    rows = []
    for person in resources(export / "Patient.000.ndjson"):
        for topic in STATED:
            since, until = spells.get((person["id"], topic), (dt.date(1900, 1, 1), None))
            rows.append(
                {
                    "source_patient_id": person["id"],
                    "topic": topic,
                    "need": (person["id"], topic) in spells,
                    "true_from": since,
                    "true_until": until,
                    "fifth": "",
                    "female": person["gender"] == "female",
                    "birth_month": dt.date.fromisoformat(person["birthDate"]).replace(day=1),
                    "ethnic_group": "Z",
                    "english_main": True,
                }
            )
    table = pa.Table.from_pylist(rows)
    until = table.schema.get_field_index("true_until")
    return table.set_column(until, "true_until", table["true_until"].cast(pa.date32()))


@pytest.fixture
def run(tmp_path: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Run:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("FAIRPRACTICE_KEY_FILE", str(tmp_path / "key"))
    monkeypatch.setenv("FAIRPRACTICE_DEFINITIONS", str(tmp_path / "definitions"))
    (tmp_path / "areas.csv").write_text(EDITION, encoding="utf-8")
    deprivation.add("fictional2025", tmp_path / "areas.csv", tmp_path / "definitions")

    def say(*arguments: str) -> str:
        status = cli.run([*arguments, "--record", "a.record"])
        said = capfd.readouterr()
        assert status == 0, said.err
        return said.out

    return say


def places(file: str) -> list[dict[str, str]]:
    with Path(file).open(encoding="utf-8-sig", newline="") as rows:
        return list(csv.DictReader(rows))


def test_all_strategies_and_the_list_run_on_the_people_of_a_fhir_export(
    reference: Callable[..., Path], run: Run
) -> None:
    export = reference("fhir", "bulk-synthea-10")
    run("import", "fhir", str(export), "--practice", "Y01234", "--today", "2024-08-06")
    told = truth_of(export)
    pq.write_table(told, "truth.parquet")

    for capacity in (1, 3, 50):
        run(
            "reach", "--on", ON, "--edition", "fictional2025", "--synthetic-truth", "truth.parquet",
            "--capacity", str(capacity), "--out", "reach.csv",
        )  # fmt: skip
        reached = pd.read_csv("reach.csv")
        everybody = reached[reached.grouping == "all"].set_index("strategy")
        assert set(everybody.index) == STRATEGIES
        assert (everybody["people"] == 8).all(), "eight are registered and grown up"
        assert (everybody["reached"] <= min(capacity, 8)).all()
        # Lots are drawn of everybody, so that nothing but places bounds them.
        assert everybody.at["at-random", "reached"] == min(capacity, 8)
        now = told.to_pandas()
        now = now[now.need & (now.true_until.isna() | (now.true_until > dt.date(2022, 7, 31)))]
        assert (everybody["in_need"] <= now.source_patient_id.nunique()).all()
        assert everybody["in_need"].nunique() == 1

    for capacity in (2, 50):
        said = run(
            "worklist", "social-prescribing", "--capacity", str(capacity), "--on", ON,
            "--purpose", "direct-care", "--out", "places.csv",
        )  # fmt: skip
        listed = places("places.csv")
        assert 0 < len(listed) <= min(capacity, 8)
        assert all("(+" in row["Because"] for row in listed), "nobody is listed without a reason"
        points = [float(row["Points"]) for row in listed]
        assert points == sorted(points, reverse=True)
        assert "no appointments" in said, "this export has no appointment book"
    # Whom the conditions say to be isolated are among them, and why is said.
    assert any("social isolation" in row["Because"] for row in listed)


def test_the_list_runs_on_people_of_whom_hardly_anything_is_said(
    reference: Callable[..., Path], run: Run
) -> None:
    """UK Core's examples: three people, an observation or two each."""
    examples = reference("fhir", "uk-core-r4", "examples")
    run("import", "fhir", str(examples), "--practice", "Y01234", "--today", "2024-08-06")
    said = run(
        "worklist", "social-prescribing", "--capacity", "2", "--on", ON, "--purpose",
        "direct-care", "--out", "places.csv",
    )  # fmt: skip
    listed = places("places.csv")
    assert len(listed) <= 2
    assert all(row["Because"] for row in listed)
    assert f"{len(listed)} of 2 places given" in said


PEOPLE = 32
YOUNG, FROM_THE_OTHER_PRACTICE = range(24, 28), range(24, 32)
REFERRED, DECLINED, DECLINED_LONG_AGO, OBJECTS, NO_TELEPHONE = range(5)
IMPOSSIBLE = """
from dataclasses import replace

from fairpractice.case_finding.priorities.social_prescribing import PRIORITY as SHIPPED
from fairpractice.case_finding.priority import AtLeast
from fairpractice.criteria import age

PRIORITY = replace(
    SHIPPED,
    title="More for the young than there are",
    minima=(AtLeast("the young", age(18, 29), 4),),
)
"""


def numbers() -> list[str]:
    return [str(number) for number in nhs_numbers(1)[:PEOPLE]]


def write_extract(folder: Path) -> None:
    """People in debt, eight of them at another practice; the young have less, and so come last."""
    lists = codelists.load()
    referral, declined = (
        lists[f"social-prescribing-{what}"].codes[0].code for what in ("referral", "declined")
    )
    number = numbers()
    everybody = range(PEOPLE)
    practice = ["Y99002" if n in FROM_THE_OTHER_PRACTICE else "Y99001" for n in everybody]
    born = ["28/02/2000" if n in YOUNG else "28/02/1978" for n in everybody]
    files = {
        "patients": [
            "Patient ID,NHS Number,Date of Birth,Sex,Date of Death,Mobile Telephone,E-mail"
        ]
        + [
            f"{n},{number[n]},{born[n]},{'MF'[n % 2]},,{'07700900007' * (n != NO_TELEPHONE)},"
            for n in everybody
        ],
        "registrations": ["Patient ID,Practice Code,Registration Date,Deduction Date"]
        + [f"{n},{practice[n]},01/04/2015," for n in everybody],
        "addresses": ["Patient ID,LSOA21CD,From,To", "5,E01990001,01/04/2015,"],
        "coded_entries": [
            "Patient ID,Event Date,SNOMED Code,Value1,Practice Code",
            f"{REFERRED},01/03/2026,{referral},,Y99001",
            f"{DECLINED},01/06/2026,{declined},,Y99001",
            f"{DECLINED_LONG_AGO},01/02/2026,{declined},,Y99001",
        ],
        "issues": [
            "Patient ID,Issue Date,Product,Product Dictionary,Course Length,Practice Code",
            "5,01/01/2026,amlodipine-5mg-tablets,Practice formulary,28,Y99001",
        ],
        "appointments": [
            "Patient ID,Date Booked,Appt Date,Appt Time,Actual Duration,HCP Type,Clinician,"
            "Appt Status,Practice Code"
        ]
        + [
            f"{n},01/01/2026,05/01/2026,10:00,10,GP,{practice[n]}-GP01,Arrived,{practice[n]}"
            for n in everybody
        ],
        "urgent_care": [
            "NHS Number,Arrival Date,Department Type,Site Code",
            f"{number[5]},01/01/2026,A&E,Y99901",
        ],
        "social_needs": [
            "Patient ID,Topic,Answer,How Known,Organisation,Recorded By,Date Recorded,Lawful Basis,"
            "Sensitivity"
        ]
        + [
            f"{n},{'transport' if n in YOUNG else 'debt'},Yes,Asked,{practice[n]},practice nurse,"
            "01/09/2026,Direct care,ordinary"
            for n in everybody
        ],
        "opt_outs": [
            "NHS Number,Type,Purpose,From,Withdrawn",
            f"{number[OBJECTS]},Objection,direct_care,01/01/2026,",
        ],
    }
    folder.mkdir()
    for name, lines in files.items():
        (folder / f"{name}.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    (folder / "mapping.toml").write_text(mapping(csv=True), encoding="utf-8")


def test_every_limit_of_a_list_is_kept_or_named_from_the_command_line(
    tmp_path: Path, run: Run
) -> None:
    write_extract(tmp_path / "extract")
    own = tmp_path / "definitions" / "priorities"
    own.mkdir(parents=True)
    (own / "impossible.py").write_text(IMPOSSIBLE, encoding="utf-8")
    run("import", "csv", "extract", "--today", "2026-10-31")

    def listed(name: str, capacity: int) -> tuple[str, dict[int, dict[str, str]]]:
        said = run(
            "worklist", name, "--capacity", str(capacity), "--on", "2026-10-31", "--purpose",
            "direct-care", "--out", "places.csv",
        )  # fmt: skip
        return said, {numbers().index(row["NHS number"]): row for row in places("places.csv")}

    # Room for everybody: whoever may not be listed is not, whatever the room.
    said, everybody = listed("social-prescribing", 100)
    assert set(everybody) == set(range(PEOPLE)) - {REFERRED, DECLINED, OBJECTS}
    assert "Set aside, referred in the last 12 months: 1." in said
    assert "Set aside, declined in the last 6 months: 1." in said
    assert "of 31 people whom it is about" in said, "who objects is not in the record as it is read"
    assert "Not kept: places: 29 of 100, since no more people could be listed" in said
    assert everybody[NO_TELEPHONE]["Also recorded"] == "no telephone or e-mail"
    assert all("Leave no message" in row["What to do first"] for row in everybody.values())

    # Half of them: practices share in proportion, and a place is kept for those under 30, who
    # have fewer points than the twenty-five others.
    said, some = listed("social-prescribing", 14)
    assert len(some) == 14
    assert sum(n in FROM_THE_OTHER_PRACTICE for n in some) == round(14 * 8 / 29)
    assert "Not kept" not in said
    assert sum(n in YOUNG for n in some) == 0, "0.5 of 4 in 29 of 14 places is less than one"
    said, more = listed("social-prescribing", 16)
    assert sum(n in YOUNG for n in more) == 1
    assert "Not kept" not in said

    # The same record gives the same list; what cannot be is named with its reason.
    assert listed("social-prescribing", 16) == (said, more)
    said, young = listed("impossible", 20)
    assert sum(n in YOUNG for n in young) == 4
    assert "Not kept: the young: 4 of 11, since only 4 such people could be listed." in said
    assert len(young) == 20
