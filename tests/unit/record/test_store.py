"""Importing, replacing, withdrawing: what is in force after each."""

import datetime as dt
import json
import os
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from fairpractice.errors import FairpracticeError
from fairpractice.record import changing, manifest, store, writing
from fairpractice.record.tables import TABLES


JANUARY, FEBRUARY, MARCH = (dt.date(2026, month, 15) for month in (1, 2, 3))


def test_an_empty_record_has_every_table_and_no_rows(desk):
    record = store.open_record(desk.path)
    for name, table in TABLES.items():
        if name != "identity":
            found = record.engine.to_arrow(record.table(name))
            assert found.schema.names == table.schema().names
            assert found.num_rows == 0
    assert record.last_date() is None
    assert record.person(1) == {name: [] for name in TABLES if name != "identity"}


def test_making_a_record_again_changes_nothing(desk):
    desk.add(patient=[{"patient_id": 1}])
    before = {p: p.read_bytes() for p in desk.path.rglob("*") if p.is_file()}
    store.create(desk.path)
    assert {p: p.read_bytes() for p in desk.path.rglob("*") if p.is_file()} == before


def test_a_folder_with_other_things_in_it_is_refused(tmp_path):
    (tmp_path / "letter.txt").write_text("x", encoding="utf-8")
    with pytest.raises(FairpracticeError, match="not empty and is not a record"):
        store.create(tmp_path)


def test_a_record_that_lost_its_manifest_is_not_begun_anew(desk):
    desk.add(patient=[{"patient_id": 1}])
    (desk.path / "manifest.json").unlink()
    with pytest.raises(FairpracticeError, match="restore its manifest"):
        store.create(desk.path)


def test_the_secret_is_private(desk):
    assert len(store.secret(desk.path)) == 64
    assert (desk.path / "secret").stat().st_mode & 0o077 == 0


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (None, "there is no record here"),
        ("{", "manifest cannot be read"),
        ("[]", "manifest cannot be read"),
        ('{"format": 1}', "manifest cannot be read"),
        ('{"format": 999}', "of format 999"),
    ],
)
def test_what_cannot_be_opened_is_said(desk, text, message):
    (desk.path / "manifest.json").unlink()
    if text is not None:
        (desk.path / "manifest.json").write_text(text, encoding="utf-8")
    with pytest.raises(FairpracticeError, match=message):
        store.open_record(desk.path)
    with pytest.raises(FairpracticeError, match=message):
        desk.add(patient=[{"patient_id": 1}])


def test_unknown_purposes_and_tables_are_refused(desk):
    with pytest.raises(FairpracticeError, match="no purpose 'curiosity'"):
        store.open_record(desk.path, purpose="curiosity")
    with pytest.raises(FairpracticeError, match="Did you mean event"):
        store.open_record(desk.path).table("events")


def test_rows_come_back_with_where_they_came_from(desk):
    batch = desk.add(source="gp", event=[{"patient_id": 7, "value": 48.5}])
    assert desk.rows("event", "patient_id", "value", "source", "batch", "source_row") == [
        (7, 48.5, "gp", batch.number, 2)
    ]
    assert batch.counts["stored"] == {"event": 1}


def test_files_are_sorted_by_person(desk):
    desk.add(event=[{"patient_id": p, "date": d} for p in (3, 1, 2) for d in (MARCH, JANUARY)])
    [file] = store.open_record(desk.path).files("event")
    rows = pq.read_table(desk.path / file, partitioning=None).to_pylist()
    assert [(r["patient_id"], r["date"]) for r in rows] == [
        (p, d) for p in (1, 2, 3) for d in (JANUARY, MARCH)
    ]


def test_the_same_import_twice_changes_nothing(desk):
    first = desk.add("full", fingerprint="same", patient=[{"patient_id": 1}])
    before = (desk.path / "manifest.json").read_bytes()
    again = desk.add("full", fingerprint="same", patient=[{"patient_id": 1}])
    assert again == first
    assert (desk.path / "manifest.json").read_bytes() == before
    assert desk.add(fingerprint="same", source="other", patient=[{"patient_id": 1}]) != first


def test_a_withdrawn_import_can_be_made_again(desk):
    first = desk.add(fingerprint="same", patient=[{"patient_id": 1}])
    store.withdraw(desk.path, first.number)
    assert desk.rows("patient", "patient_id") == []
    again = desk.add(fingerprint="same", patient=[{"patient_id": 1}])
    assert again.number == first.number + 1
    assert desk.rows("patient", "patient_id") == [1]


def test_rows_the_source_already_has_in_force_are_counted_as_duplicates(desk):
    desk.add(event=[{"patient_id": 1}, {"patient_id": 2}])
    batch = desk.add(event=[{"patient_id": 2}, {"patient_id": 3}, {"patient_id": 3}])
    assert batch.counts["stored"] == {"event": 1}
    assert batch.counts["duplicates"] == {"event": 2}
    assert desk.rows("event", "patient_id", "batch") == [(1, 1), (2, 1), (3, 2)]


def test_another_source_may_say_the_same(desk):
    desk.add(event=[{"patient_id": 1}])
    desk.add(source="hospital", event=[{"patient_id": 1}])
    assert desk.rows("event", "source") == ["gp", "hospital"]


def test_a_duplicate_comes_into_force_when_the_batch_with_the_first_is_withdrawn(desk):
    first = desk.add(event=[{"patient_id": 1}, {"patient_id": 2}])
    desk.add(event=[{"patient_id": 2}, {"patient_id": 3}])
    store.withdraw(desk.path, first.number)
    assert desk.rows("event", "patient_id", "batch") == [(2, 2), (3, 2)]


def test_a_later_version_of_a_statement_replaces_the_earlier(desk):
    spell = {"patient_id": 1, "practice_code": "Y00001", "start_date": JANUARY}
    desk.add(registration=[spell, {"patient_id": 2, "end_date": MARCH}])
    later = desk.add(registration=[{**spell, "end_date": FEBRUARY}])
    assert desk.rows("registration", "patient_id", "end_date") == [(1, FEBRUARY), (2, MARCH)]
    store.withdraw(desk.path, later.number)
    assert desk.rows("registration", "patient_id", "end_date") == [(1, None), (2, MARCH)]


def test_a_full_import_replaces_its_practices(desk):
    desk.add(
        event=[
            {"patient_id": 1, "practice_code": "Y00001"},
            {"patient_id": 2, "practice_code": "Y00002"},
            {"patient_id": 3, "practice_code": None},
        ]
    )
    full = desk.add(
        "full", practices=["Y00001"], event=[{"patient_id": 4, "practice_code": "Y00001"}]
    )
    assert desk.rows("event", "patient_id") == [2, 3, 4]
    store.withdraw(desk.path, full.number)
    assert desk.rows("event", "patient_id") == [1, 2, 3]


def test_a_full_import_replaces_its_period_both_days_included(desk):
    days = [dt.date(2026, 1, day) for day in (1, 10, 20, 31)]
    desk.add(event=[{"patient_id": 1, "date": day} for day in days], patient=[{"patient_id": 1}])
    desk.add("full", period=(days[1], days[2]), event=[{"patient_id": 9, "date": days[1]}])
    assert desk.rows("event", "patient_id", "date") == [(1, days[0]), (1, days[3]), (9, days[1])]
    assert desk.rows("patient", "patient_id") == [1]  # a table that it did not bring


def test_a_full_import_without_practices_replaces_all_that_the_source_sent(desk):
    desk.add(event=[{"patient_id": 1, "practice_code": None}], patient=[{"patient_id": 1}])
    desk.add(source="hospital", urgent_contact=[{"patient_id": 1}])
    desk.add("full", event=[], patient=[{"patient_id": 2}], urgent_contact=[])
    assert desk.rows("event", "patient_id") == []
    assert desk.rows("patient", "patient_id") == [2]
    assert desk.rows("urgent_contact", "patient_id") == [1]


def test_tables_without_a_practice_follow_the_people_registered_there(desk):
    def people(*numbers):
        return [{"patient_id": number} for number in numbers]

    # 1 stays, 2 leaves, 3 moved on to the second practice, 4 was always at the second.
    at = [(1, "Y00001"), (2, "Y00001"), (3, "Y00001"), (3, "Y00002"), (4, "Y00002")]
    desk.add(
        "full",
        registration=[{"patient_id": p, "practice_code": c} for p, c in at],
        social_fact=people(1, 2, 3, 4),
    )
    desk.add(
        "full",
        practices=["Y00001"],
        registration=[{"patient_id": 1, "practice_code": "Y00001"}],
        social_fact=[{"patient_id": 1, "topic": "transport"}],
    )
    assert desk.rows("registration", "patient_id", "practice_code") == [
        (1, "Y00001"),
        (3, "Y00002"),
        (4, "Y00002"),
    ]
    assert desk.rows("social_fact", "patient_id", "topic") == [
        (1, "transport"),
        (3, "debt"),
        (4, "debt"),
    ]


def test_whose_rows_are_replaced_must_be_known(desk):
    with pytest.raises(FairpracticeError, match="cannot be told whose rows"):
        desk.add("full", practices=["Y00001"], social_fact=[{"patient_id": 1}])
    assert store.open_record(desk.path).batches == ()


def test_withdrawing_leaves_the_record_as_if_the_batch_had_never_been(desk, tmp_path):
    imports = [
        ("full", {"event": [{"patient_id": p} for p in (1, 2, 3)]}),
        ("addition", {"event": [{"patient_id": p, "value": 2.0} for p in (3, 4)]}),
        ("full", {"event": [{"patient_id": 5}], "patient": [{"patient_id": 5}]}),
        ("addition", {"event": [{"patient_id": p} for p in (1, 5, 6)], "patient": []}),
    ]
    wanted = ("patient_id", "value", "source_row")
    for left_out in range(len(imports)):
        store.create(tmp_path / f"without-{left_out}")
        store.create(tmp_path / f"with-{left_out}")
        found = []
        for folder in ("without", "with"):
            desk.path = tmp_path / f"{folder}-{left_out}"
            for number, (mode, tables) in enumerate(imports):
                if folder == "with" or number != left_out:
                    desk.add(mode, **tables)
            if folder == "with":
                store.withdraw(desk.path, left_out + 1)
            found.append({name: desk.rows(name, *wanted) for name in ("event",)})
            found[-1]["patient"] = desk.rows("patient", "patient_id", "source_row")
        assert found[0] == found[1]


def test_a_batch_is_withdrawn_once(desk):
    desk.add(patient=[{"patient_id": 1}])
    store.withdraw(desk.path, 1)
    with pytest.raises(FairpracticeError, match="was withdrawn on"):
        store.withdraw(desk.path, 1)
    with pytest.raises(FairpracticeError, match="no batch 2"):
        store.withdraw(desk.path, 2)


def test_a_reader_keeps_the_version_it_opened(desk):
    desk.add("full", event=[{"patient_id": 1}, {"patient_id": 2}])
    reader = store.open_record(desk.path)
    desk.add("full", event=[{"patient_id": 3}])
    desk.add(event=[{"patient_id": 4}])
    store.withdraw(desk.path, 1)
    assert reader.table("event").patient_id.execute().tolist() == [1, 2]
    assert len(reader.person(2)["event"]) == 1
    assert desk.rows("event", "patient_id") == [3, 4]


def test_files_that_no_reader_needs_go_after_a_day(desk, monkeypatch):
    desk.add(event=[{"patient_id": 1}, {"patient_id": 2}])
    desk.add("full", practices=["Y00001"], event=[{"patient_id": 3}])
    store.withdraw(desk.path, 2)
    kept = set(manifest.files_on_disk(desk.path))
    store.vacuum(desk.path)
    assert set(manifest.files_on_disk(desk.path)) == kept
    tomorrow = manifest.now() + changing.GRACE
    monkeypatch.setattr(manifest, "now", lambda: tomorrow)
    store.vacuum(desk.path)
    assert set(manifest.files_on_disk(desk.path)) == {"batches/1/event.parquet"}
    assert desk.rows("event", "patient_id") == [1, 2]


@pytest.mark.parametrize(
    ("table", "row", "message"),
    [
        ("event", {"patient_id": 1, "code": None}, "event.code is missing"),
        ("event", {"patient_id": 1, "practice_code": "?"}, "event.practice_code is not"),
        ("patient", {"patient_id": 1, "sex": "x"}, "patient.sex is not one of female"),
        ("social_fact", {"patient_id": 1, "lawful_basis": None}, "lawful_basis is missing"),
        ("social_fact", {"patient_id": 1, "topic": "weather"}, "topic is not one of"),
    ],
)
def test_a_row_that_breaks_the_contract_is_refused(desk, table, row, message):
    with pytest.raises(FairpracticeError, match=message) as refused:
        desk.add(**{table: [{"patient_id": 2}, row]})
    assert f"{table}.csv line 3" in str(refused.value)
    assert list(manifest.files_on_disk(desk.path)) == []
    assert store.open_record(desk.path).batches == ()


def test_two_rows_with_one_key_that_disagree_are_refused(desk):
    born = [dt.date(1980, 1, 1), dt.date(1990, 1, 1)]
    with pytest.raises(FairpracticeError, match="says otherwise"):
        desk.add(patient=[{"patient_id": 1, "birth_month": month} for month in born])


def test_a_file_of_another_shape_is_refused(desk, tmp_path):
    whole = pq.read_table(desk.stage({"patient": [{"patient_id": 1}]})["patient"])
    for changed, message in [
        (whole.drop_columns(["sex"]), "the column sex is missing"),
        (whole.append_column("shoe_size", pa.array([44])), "no column shoe_size"),
        (
            whole.set_column(0, "patient_id", pa.array(["1"])),
            "is of type VARCHAR and should be BIGINT",
        ),
    ]:
        file = tmp_path / "odd.parquet"
        pq.write_table(changed, file)
        with pytest.raises(FairpracticeError, match=message):
            store.add_batch(
                desk.path, source="gp", mode="full", staged={"patient": file}, fingerprint="x"
            )
    with pytest.raises(FairpracticeError, match="no table 'shoes'"):
        store.add_batch(
            desk.path, source="gp", mode="full", staged={"shoes": file}, fingerprint="x"
        )


def test_two_writers_at_once(desk):
    with (
        writing.lock(desk.path),
        pytest.raises(FairpracticeError, match=f"somebody else is writing.*{os.getpid()}"),
    ):
        desk.add(patient=[{"patient_id": 1}])
    desk.add(patient=[{"patient_id": 1}])


def test_staging_goes_when_done_and_when_left_behind(desk):
    with store.staging(desk.path) as stage:
        assert stage.stat().st_mode & 0o077 == 0
        desk.staging = stage
        desk.add(patient=[{"patient_id": 1}])
        assert stage.exists()
    assert not stage.exists()
    left = desk.path / "staging" / "left"
    left.mkdir()
    (left / "x.parquet").write_bytes(b"x")
    store.vacuum(desk.path)
    assert not left.exists()


def test_erased_people_leave_every_file_and_do_not_come_back(desk):
    desk.add(event=[{"patient_id": p} for p in (1, 2)], identity=[{"patient_id": 1}])
    desk.add("full", practices=["Y00001"], event=[{"patient_id": p} for p in (1, 3)])
    reader = store.open_record(desk.path)
    before = set(manifest.files_on_disk(desk.path))
    assert store.erase(desk.path, [1, 99]) == 1
    assert desk.rows("event", "patient_id") == [3]
    for file in manifest.files_on_disk(desk.path):
        if "identity" not in file:
            rows = pq.read_table(desk.path / file, partitioning=None)
            assert 1 not in rows["patient_id"].to_pylist()
    assert desk.rows("identity", "patient_id") == []
    assert not before & set(manifest.files_on_disk(desk.path))
    with pytest.raises(Exception, match="No such file"):
        reader.person(1)

    batch = desk.add(event=[{"patient_id": p, "value": 1.0} for p in (1, 4, 99)])
    assert batch.counts["erased"] == {"event": 2}
    assert batch.counts["stored"] == {"event": 1}
    store.withdraw(desk.path, 2)
    assert desk.rows("event", "patient_id") == [2, 4]


def test_the_erased_are_recognised_by_a_mark_that_holds_no_pseudonym(desk):
    from fairpractice.engines.duckdb import connect

    store.erase(desk.path, [123456789])
    assert "123456789" not in (desk.path / "manifest.json").read_text(encoding="utf-8")
    predicate = store.erased_predicate(desk.path, "p")
    found = connect().execute(f"SELECT p, {predicate} FROM (VALUES (123456789), (5)) t(p)")
    assert found == [(123456789, True), (5, False)]


def test_counts_of_the_importer_are_kept(desk):
    counts = {"read": {"event": 3}, "quarantined": 1}
    store.add_batch(
        desk.path,
        source="gp",
        mode="addition",
        staged=desk.stage({"event": [{"patient_id": 1}]}),
        fingerprint="f",
        practices=["Y00001"],
        period=(JANUARY, MARCH),
        counts=counts,
    )
    [batch] = store.open_record(desk.path).batches
    assert batch.counts["read"] == {"event": 3}
    assert batch.counts["quarantined"] == 1
    assert (batch.practices, batch.period) == (("Y00001",), (JANUARY, MARCH))
    assert json.loads((desk.path / "manifest.json").read_text(encoding="utf-8"))["version"] == 1


def test_nothing_can_be_written_without_a_record(tmp_path):
    with pytest.raises(FairpracticeError, match="there is no record here"):
        store.withdraw(tmp_path / "nowhere", 1)
    with pytest.raises(FairpracticeError, match="secret cannot be read"):
        store.secret(tmp_path)
    assert not list(Path(tmp_path).iterdir())


def test_a_record_from_before_rows_had_an_origin_is_read_and_added_to(desk):
    """Files of the first format lack those columns; they are empty then, and nothing is lost."""
    desk.add(event=[{"patient_id": 1, "code": "44054006"}], source="old")
    for file in desk.path.glob("batches/*/event*.parquet"):
        rows = pq.read_table(file)
        pq.write_table(rows.drop_columns([c.name for c in TABLES["event"].origin]), file)
    path = desk.path / manifest.NAME
    path.write_text(path.read_text("utf-8").replace('"format": 2', '"format": 1'), "utf-8")
    assert desk.rows("event", "code", "recorded_as") == [("44054006", None)]

    more = {"patient_id": 1, "code": "38341003", "recorded_as": "32817"}
    same = {"patient_id": 1, "code": "44054006", "recorded_as": "32810"}
    added = desk.add(event=[more, same], source="old")
    assert added.counts["duplicates"] == {"event": 1}
    expected = [("38341003", "32817"), ("44054006", None)]
    assert desk.rows("event", "code", "recorded_as") == expected
    assert len(store.open_record(desk.path).person(1)["event"]) == 2

    replaced = desk.add("full", event=[more], source="old")
    assert desk.rows("event", "code", "recorded_as") == expected[:1]
    store.withdraw(desk.path, replaced.number)
    assert desk.rows("event", "code", "recorded_as") == expected
    assert store.erase(desk.path, [1]) == 1
    assert desk.rows("event", "code") == []
