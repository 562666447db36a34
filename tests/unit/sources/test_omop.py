"""OMOP on its way into a record: the same tables as CSV, Parquet and DuckDB, and what they lack."""

from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from fairpractice.engines.duckdb import connect
from fairpractice.errors import FairpracticeError
from fairpractice.interoperability.omop import cdm
from fairpractice.record.store import open_record
from fairpractice.sources.importing import Outcome
from fairpractice.sources.omop import import_omop, table_of
from tests.unit.sources.conftest import TODAY, faults


PERSON = ("person_id", "gender_concept_id", "year_of_birth", "month_of_birth", "care_site_id")
PEOPLE = [("1", "8532", "1970", "5", "10"), ("2", "8507", "1980", "", "")]
SITES = [("10", "Y01234"), ("11", "RR8"), ("12", "A PRACTICE")]
CONDITION = (
    "person_id",
    "condition_concept_id",
    "condition_start_date",
    "condition_type_concept_id",
    "condition_source_concept_id",
    "condition_source_value",
)
CONCEPTS = [
    ("201826", "SNOMED", "44054006"),
    ("5000", "Read", "C10F."),
    ("5001", "SNOMED", "38341003"),
    ("77", "PCORNet", "AA"),
]


class Trial:
    """Tables in a folder, and a record to import them into."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder / "cdm"
        self.folder.mkdir()
        self.record = folder / "a.record"
        self.tables: dict[str, tuple[tuple[str, ...], list[tuple[str, ...]]]] = {
            "person": (PERSON, PEOPLE)
        }

    def add(self, table: str, columns: tuple[str, ...], *rows: tuple[str, ...]) -> None:
        self.tables[table] = (columns, list(rows))

    def conditions(self, *rows: tuple[str, str, str]) -> None:
        """Add conditions: the concept, the source's, and the source's value."""
        filled = [("1", one, "2020-03-04", "32817", other, said) for one, other, said in rows]
        self.add("condition_occurrence", CONDITION, *filled)

    def write(self, form: str = "csv") -> None:
        engine = connect()
        if form == "duckdb":
            engine.execute(f"ATTACH '{self.folder / 'cdm.duckdb'}' AS d")
        for name, (columns, rows) in self.tables.items():
            listed = [",".join(columns), *(",".join(row) for row in rows)]
            path = self.folder / f"{name}.csv"
            path.write_text("\n".join(listed) + "\n", encoding="utf-8")
            # The engine reads numbers and dates as what they are.
            if form == "parquet":
                path.rename(self.folder / "x")
                engine.execute(
                    f"COPY (FROM read_csv('{self.folder / 'x'}')) TO "
                    f"'{self.folder / name.upper()}.parquet' (FORMAT parquet)"
                )
                (self.folder / "x").unlink()
            elif form == "duckdb":
                engine.execute(f"CREATE TABLE d.{name} AS FROM read_csv('{path}')")
                path.unlink()
        if form == "duckdb":
            engine.execute("CREATE VIEW d.note AS SELECT 1 AS note_id")
        engine.connection.close()

    def run(self, **options: Any) -> Outcome:
        return import_omop([self.folder], self.record, **{"today": TODAY, **options})

    def rows(self, table: str, columns: str) -> list[tuple[Any, ...]]:
        record = open_record(self.record, purpose="direct_care")
        [file] = record.files(table)
        return connect().execute(
            f"SELECT {columns} FROM read_parquet('{self.record / file}') ORDER BY ALL"
        )


@pytest.fixture
def trial(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Trial:
    monkeypatch.setenv("FAIRPRACTICE_KEY_FILE", str(tmp_path / "key"))
    return Trial(tmp_path)


@pytest.mark.parametrize("form", ["csv", "parquet", "duckdb"])
def test_the_whole_of_a_small_cdm(trial: Trial, form: str) -> None:
    trial.add("care_site", ("care_site_id", "care_site_source_value"), *SITES)
    trial.add("death", ("person_id", "death_date"), ("2", "2021-05-06"))
    trial.add(
        "observation_period",
        ("person_id", "observation_period_start_date", "observation_period_end_date"),
        ("1", "2010-01-02", "2015-06-30"),
        ("1", "2016-01-02", "2025-12-31"),
        ("2", "2010-01-02", "2021-05-06"),
    )
    trial.add(
        "visit_occurrence",
        ("person_id", "visit_concept_id", "visit_start_date", "care_site_id"),
        ("1", "9203", "2020-03-04", "11"),
        ("1", "9202", "2020-03-04", "10"),
    )
    trial.add(
        "measurement",
        (
            "person_id",
            "measurement_concept_id",
            "measurement_date",
            "value_as_number",
            "operator_concept_id",
        ),
        ("1", "5001", "2020-03-04", "48.5", "0"),
        ("1", "5001", "2020-03-05", "90", "4172704"),
    )
    trial.add(
        "drug_exposure",
        ("person_id", "drug_concept_id", "drug_exposure_start_date", "days_supply"),
        ("1", "201826", "2020-03-04", "28"),
    )
    trial.add("concept", ("concept_id", "vocabulary_id", "concept_code"), *CONCEPTS)
    trial.conditions(("201826", "5000", "C10F."))
    trial.write(form)
    outcome = trial.run()
    assert outcome.causes == []
    assert trial.rows("patient", "birth_month::VARCHAR, sex, death_month::VARCHAR") == [
        ("1970-05-01", "female", None),
        ("1980-01-01", "male", "2021-05-01"),
    ]
    assert trial.rows("registration", "practice_code, start_date::VARCHAR, end_date::VARCHAR") == [
        ("Y01234", "2010-01-02", "2015-07-01"),
        ("Y01234", "2016-01-02", None),  # the data end there, not the registration
    ]
    assert trial.rows("urgent_contact", "kind, organisation_code") == [
        ("emergency_department", "RR8")
    ]
    assert trial.rows("medication", "issued_on::VARCHAR, code, days_supply") == [
        ("2020-03-04", "44054006", 28)
    ]
    assert trial.rows("event", "code, code_system, date::VARCHAR, value") == [
        ("38341003", "snomed", "2020-03-04", 48.5),
        ("38341003", "snomed", "2020-03-05", None),
        ("44054006", "snomed", "2020-03-04", None),
    ]
    set_aside = sum((t.set_aside for t in outcome.tallies), start=Counter[str]())
    expected = {
        "care_site": 3,
        "visit_occurrence: 9202": 1,
        "observation_period: of no practice with an ODS code": 1,
        "another row of the same person, which agrees": 1,
    }
    if form == "duckdb":
        expected["note"] = 1
    assert set_aside == expected
    for tally in outcome.tallies:
        tally.check()


def test_rows_say_where_they_are_from_and_the_account_what_of(trial: Trial) -> None:
    trial.add("concept", ("concept_id", "vocabulary_id", "concept_code"), *CONCEPTS)
    trial.conditions(("201826", "5000", "C10F."), ("201826", "5000", "C10F0"))
    trial.write()
    [events] = [t for t in trial.run().tallies if t.table == "event"]
    assert events.notes == {"of type concept 32817": 2, "whose source concept is of Read": 2}
    assert trial.rows("event", "source_file, source_row") == [("condition_occurrence.csv", 2)]


@pytest.mark.parametrize("form", ["csv", "parquet", "duckdb"])
def test_a_row_keeps_what_its_source_called_it(trial: Trial, form: str) -> None:
    trial.add("concept", ("concept_id", "vocabulary_id", "concept_code"), *CONCEPTS)
    sent = [
        # mapped to, the source's concept and value; then what is kept of the source's
        (("201826", "5000", "C10F."), ("C10F.", "Read")),
        (("201826", "77", "x"), ("AA", "PCORNet")),  # though the record has no name for it
        (("201826", "999", "C10F0"), ("C10F0", None)),
        (("201826", "999", "seen by her sister"), ("999", "concept")),
        (("201826", "0", "seen by her sister"), (None, None)),
        (("201826", "", ""), (None, None)),
    ]
    kinds = ["32817", "32810", "0", "", "32817", "32865"]
    rows = [
        ("1", one, f"2020-03-0{day}", kind, other, said)
        for day, (((one, other, said), _), kind) in enumerate(zip(sent, kinds, strict=True), 1)
    ]
    trial.add("condition_occurrence", CONDITION, *rows)
    trial.write(form)
    trial.run()
    expected = [
        (code, system, kind if kind not in ("0", "") else None)
        for (_, (code, system)), kind in zip(sent, kinds, strict=True)
    ]
    found = trial.rows("event", "date, source_code, source_system, recorded_as")
    assert [row[1:] for row in found] == expected


def test_periods_visits_and_issues_keep_their_type_concept(trial: Trial) -> None:
    trial.add(
        "observation_period",
        (
            "person_id",
            "observation_period_start_date",
            "observation_period_end_date",
            "period_type_concept_id",
        ),
        ("1", "2010-01-02", "2015-06-30", "32817"),
    )
    trial.add(
        "visit_occurrence",
        ("person_id", "visit_concept_id", "visit_start_date", "visit_type_concept_id"),
        ("1", "9203", "2020-03-04", "32810.0"),
    )
    trial.add(
        "drug_exposure",
        (
            "person_id",
            "drug_concept_id",
            "drug_exposure_start_date",
            "drug_type_concept_id",
            "drug_source_value",
        ),
        ("1", "0", "2020-03-04", "32838", "38341003"),
    )
    trial.write()
    trial.run(practice="Y01234")
    for table, kind in (("registration", "32817"), ("urgent_contact", "32810")):
        assert trial.rows(table, "recorded_as") == [(kind,)]
    assert trial.rows("medication", "source_code, source_system, recorded_as") == [
        ("38341003", None, "32838")
    ]


def test_the_same_entry_of_another_kind_is_the_same_entry(trial: Trial) -> None:
    rows = [("1", "0", "2020-03-04", kind, "0", "38341003") for kind in ("32817", "32810")]
    trial.add("condition_occurrence", CONDITION, *rows)
    trial.write()
    [events] = [t for t in trial.run().tallies if t.table == "event"]
    assert (events.stored, events.set_aside) == (1, {"duplicate": 1})
    assert trial.rows("event", "recorded_as") == [("32817",)]  # of the line read first


@pytest.mark.parametrize(
    ("row", "found"),
    [
        (("201826", "5000", "x"), ("44054006", "snomed")),
        (("5000", "201826", "x"), ("44054006", "snomed")),
        (("201826", "5001", "x"), ("44054006", "snomed")),
        (("5000", "0", "x"), ("C10F.", "read2")),
        (("77", "5000", "x"), ("C10F.", "read2")),
        (("0", "0", "38341003"), ("38341003", "snomed")),
        (("", "", "38341004"), ("38341004", "local")),
        (("999", "", "E11.9"), ("E11.9", "local")),
        (("77", "", "E11.9"), "condition_occurrence: of vocabulary PCORNet"),
        (("0", "0", "seen by her sister"), "condition_occurrence: no concept, and a source value"),
        (("0", "0", ""), "condition_occurrence: no concept, and a source value"),
    ],
)
def test_which_code_is_kept(
    trial: Trial, row: tuple[str, str, str], found: tuple[str, str] | str
) -> None:
    trial.add("concept", ("concept_id", "vocabulary_id", "concept_code"), *CONCEPTS)
    trial.conditions(row, ("201826", "", ""))
    trial.write()
    [events] = [t for t in trial.run().tallies if t.table == "event"]
    if isinstance(found, str):
        [kind] = events.set_aside
        assert kind.startswith(found)
    elif found == ("44054006", "snomed"):  # two alike
        assert trial.rows("event", "code, code_system") == [found]
    else:
        assert found in trial.rows("event", "code, code_system")


def test_without_a_vocabulary_the_sources_own_codes_are_kept(trial: Trial) -> None:
    trial.conditions(("201826", "5000", "38341003"), ("201826", "5000", "C10F."))
    trial.write()
    trial.run()
    assert trial.rows("event", "code, code_system") == [
        ("38341003", "snomed"),
        ("C10F.", "local"),
    ]


def test_an_answer_of_no_is_not_what_was_asked_about(trial: Trial) -> None:
    columns = (
        "person_id",
        "observation_concept_id",
        "observation_date",
        "value_as_concept_id",
        "observation_source_value",
    )
    trial.add(
        "observation",
        columns,
        ("1", "0", "2020-03-04", str(cdm.NO[0]), "38341003"),
        ("1", "0", "2020-03-05", "", "38341003"),
    )
    trial.write()
    [events] = [t for t in trial.run().tallies if t.table == "event"]
    assert events.set_aside == {"observation: answered no": 1}


def test_vocabularies_come_with_tabs_and_stray_quotation_marks(trial: Trial) -> None:
    trial.conditions(("201826", "", ""))
    trial.write()
    lines = ["concept_id\tconcept_name\tvocabulary_id\tconcept_code"]
    lines += [f'{id}\t6" or "more\t{vocabulary}\t{code}' for id, vocabulary, code in CONCEPTS]
    (trial.folder / "CONCEPT.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    trial.run()
    assert trial.rows("event", "code, code_system") == [("44054006", "snomed")]


def test_everybody_may_be_of_the_practice_that_sent_it(trial: Trial) -> None:
    trial.add(
        "observation_period",
        ("person_id", "observation_period_start_date", "observation_period_end_date"),
        ("1", "20100102", "20251231"),
        ("2", "2012-01-02 00:00:00", "2020-06-30"),
    )
    trial.write()
    trial.run(practice="Y01234")
    assert trial.rows("registration", "start_date::VARCHAR, end_date::VARCHAR") == [
        ("2010-01-02", None),
        ("2012-01-02", "2020-07-01"),
    ]


def test_every_row_is_accounted_for(trial: Trial) -> None:
    codes = ("38341003", "38341003", "44054006", "195967001")
    trial.conditions(*(("", "", code) for code in codes))
    trial.write()
    path = trial.folder / "condition_occurrence.csv"
    lines = path.read_text("utf-8").splitlines()
    lines += ["", "1,2", lines[1].replace("2020-03-04", "2020-02-31"), '1,"']
    path.write_text("\n".join(lines), encoding="utf-8")
    (trial.folder / "note.csv").write_text('note_id,note_text\n1,x\n2,"y', encoding="utf-8")
    (trial.folder / "cohort.csv").write_text("a\n1\n", encoding="utf-8")
    outcome = trial.run()
    [events] = [t for t in outcome.tallies if t.table == "event"]
    assert (events.read, events.stored, events.set_aside, events.quarantined.total()) == (
        8, 3, {"blank row": 1, "duplicate": 1}, 3,
    )  # fmt: skip
    assert ("event", "line", "too_few", 1, 7) in faults(outcome)
    [notes] = [t for t in outcome.tallies if t.file == "note.csv"]
    assert (notes.read, notes.set_aside) == (2, {"note": 2})
    assert outcome.unused == ["cohort.csv"]


@pytest.mark.parametrize(
    ("file", "content", "says"),
    [
        ("condition_occurrence.csv", "person_id\n1\n", "no column condition_start_date"),
        ("cdm_source.csv", "cdm_version\nv6.0\n", "OMOP CDM 6.0; 5.3 and 5.4 are read"),
        ("cdm.duckdb", "nonsense, not a database", "cannot be opened as a DuckDB file"),
        ("person.parquet", "PAR1 nonsense", "damaged"),
    ],
)
def test_what_cannot_be_imported_says_why_and_leaves_nothing(
    trial: Trial, file: str, content: str, says: str
) -> None:
    trial.write()
    (trial.folder / file).write_text(content, encoding="utf-8")
    with pytest.raises(FairpracticeError, match=says):
        trial.run()
    assert not trial.record.exists()


def test_a_cdm_without_people_is_none(trial: Trial) -> None:
    trial.tables.clear()
    trial.conditions(("201826", "", ""))
    trial.write()
    with pytest.raises(FairpracticeError, match="There is no table person"):
        trial.run()


@pytest.mark.parametrize(
    ("file", "table"),
    [
        ("PERSON.csv", "person"),
        ("a/person.csv.gz", "person"),
        ("condition_occurrence_001.csv", "condition_occurrence"),
        ("drug_exposure-part-3.parquet", "drug_exposure"),
        ("drug_exposure/part-00000-0a1b.snappy.parquet", "drug_exposure"),
        ("note.csv", "note"),
        ("people.csv", ""),
    ],
)
def test_files_are_called_by_their_tables(file: str, table: str) -> None:
    assert table_of(file) == table


def test_the_model_names_each_table_once() -> None:
    kinds = (set(cdm.COLUMNS), set(cdm.NOT_KEPT), set(cdm.ABOUT_DATA))
    assert kinds[0] & kinds[1] == {"care_site"}
    assert kinds[0] & kinds[2] == {"concept", "cdm_source"}
    assert not kinds[1] & kinds[2]
