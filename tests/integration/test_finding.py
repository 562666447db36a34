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
