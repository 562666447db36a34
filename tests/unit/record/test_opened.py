"""What a record shows for a purpose: objections, identity, sensitive facts, one person."""

import datetime as dt
import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fairpractice.errors import FairpracticeError
from fairpractice.record import audit, identity, store
from fairpractice.record.by_key import SortedFile
from fairpractice.record.tables import OBJECTION_KINDS, PURPOSES, TABLES


PAST, TODAY, FUTURE = dt.date(2026, 5, 1), dt.date(2026, 6, 1), dt.date(2026, 7, 1)

OBJECTIONS = [
    # kind, purpose, withdrawn on, and the purposes that it keeps the person from
    ("national_data_opt_out", None, None, {"planning", "research"}),
    ("type_1_opt_out", None, None, {"planning", "research"}),
    ("objection", "direct_care", None, {"direct_care"}),
    ("objection", "planning", None, {"planning"}),
    ("objection", "research", None, {"research"}),
    ("objection", None, None, {"planning", "research"}),
    ("national_data_opt_out", None, FUTURE, {"planning", "research"}),
    ("national_data_opt_out", None, TODAY, set()),
    ("objection", "direct_care", PAST, set()),
]


@pytest.fixture
def objecting(desk):
    people = range(1, len(OBJECTIONS) + 2)  # the last objects to nothing
    desk.add(
        objection=[
            {"patient_id": person, "kind": kind, "purpose": purpose, "withdrawn_on": withdrawn}
            for person, (kind, purpose, withdrawn, _) in enumerate(OBJECTIONS, start=1)
        ],
        patient=[{"patient_id": person} for person in people],
        identity=[{"patient_id": person, "given_name": "Person"} for person in people],
    )
    return desk


@pytest.mark.parametrize("purpose", PURPOSES)
def test_objections_apply_to_their_purposes(objecting, purpose):
    kept = [
        person
        for person, (*_, keeps_from) in enumerate(OBJECTIONS, start=1)
        if purpose not in keeps_from
    ] + [len(OBJECTIONS) + 1]
    record = store.open_record(objecting.path, purpose=purpose, today=TODAY)
    for name in ("patient", "objection"):
        found = record.table(name).patient_id.execute().tolist()
        assert sorted(found) == [p for p in kept if name == "patient" or p <= len(OBJECTIONS)]
    for person in range(1, len(OBJECTIONS) + 2):
        assert bool(record.person(person)["patient"]) == (person in kept)
    if purpose == "direct_care":
        assert record.identity()["patient_id"].to_pylist() == kept


def test_every_kind_and_purpose_is_tried():
    assert {kind for kind, *_ in OBJECTIONS} == set(OBJECTION_KINDS)
    assert {purpose for _, purpose, *_ in OBJECTIONS} == {None, *PURPOSES}


def test_one_sources_objection_stands_against_anothers_silence(desk):
    desk.add(patient=[{"patient_id": 1}], objection=[{"patient_id": 1, "withdrawn_on": PAST}])
    assert desk.rows("patient", "patient_id", purpose="planning") == [1]
    desk.add(source="hospital", objection=[{"patient_id": 1}])
    assert desk.rows("patient", "patient_id", purpose="planning") == []


def test_sensitive_facts_leave_no_trace_outside_direct_care(desk):
    desk.add(
        social_fact=[
            {"patient_id": 1, "topic": "debt"},
            {"patient_id": 1, "topic": "domestic_abuse"},
            {"patient_id": 1, "topic": "homelessness", "sensitivity": "sensitive"},
        ]
    )
    topics = ["debt", "domestic_abuse", "homelessness"]
    for purpose in PURPOSES:
        shown = topics if purpose == "direct_care" else ["debt"]
        record = store.open_record(desk.path, purpose=purpose)
        assert sorted(record.table("social_fact").topic.execute()) == shown
        assert sorted(row["topic"] for row in record.person(1)["social_fact"]) == shown


NAMES = ["Seedling", "Oakapple"]


@pytest.fixture
def named(desk):
    desk.add(
        patient=[{"patient_id": 1}, {"patient_id": 2}],
        identity=[
            {
                "patient_id": n,
                "family_name": name,
                "nhs_number": "9990000018",
                "postcode": "ZZ99 3VZ",
            }
            for n, name in enumerate(NAMES, start=1)
        ],
    )
    return desk


def test_identity_is_for_direct_care_and_every_opening_is_in_the_audit_trail(named):
    for purpose in ("planning", "research"):
        record = store.open_record(named.path, purpose=purpose)
        with pytest.raises(FairpracticeError, match=f"not opened for {purpose}"):
            record.table("identity")
        with pytest.raises(FairpracticeError, match=f"not opened for {purpose}"):
            record.identity([1])
    record = store.open_record(named.path, purpose="direct_care")
    assert record.identity([2, 3])["family_name"].to_pylist() == ["Oakapple"]
    assert sorted(record.table("identity").family_name.execute()) == sorted(NAMES)
    assert len(record.table("identity").execute()) == 2
    lines = (named.path / audit.NAME).read_text(encoding="utf-8").splitlines()
    openings = [e for e in map(json.loads, lines) if e["action"] == "open identity"]
    assert [(e["people"], e["purpose"]) for e in openings] == [
        (1, "direct_care"),
        (2, "direct_care"),
        (2, "direct_care"),
    ]


def test_identity_is_not_to_be_read_from_the_disk(named, tmp_path):
    written = [path.read_bytes() for path in named.path.rglob("*") if path.is_file()]
    for secret in (*NAMES, "9990000018", "ZZ99 3VZ", "family_name"):
        assert not any(secret.encode() in content for content in written)
    key = identity.key_file("any")
    assert key.stat().st_mode & 0o077 == 0
    assert not key.is_relative_to(named.path)


def test_without_its_key_identity_alone_cannot_be_read(named):
    key = identity.key_file("any")
    kept = key.read_bytes()
    record = store.open_record(named.path, purpose="direct_care")
    for content, message in [
        (None, "key .* is not there"),
        (b"00" * 32, "cannot be decrypted"),
        (b"not a key", "this is not a key"),
        (b"00" * 16, "this is not a key"),
    ]:
        key.unlink()
        if content is not None:
            key.write_bytes(content)
        with pytest.raises(FairpracticeError, match=message):
            record.table("identity")
        with pytest.raises(FairpracticeError, match=message):
            named.add(identity=[{"patient_id": 3}])
        assert named.rows("patient", "patient_id") == [1, 2]
        named.add(patient=[{"patient_id": 1}])
        key.touch()
    key.write_bytes(kept)
    assert len(record.table("identity").execute()) == 2


def test_each_record_has_a_key_in_the_users_own_configuration(desk, tmp_path, monkeypatch):
    monkeypatch.delenv("FAIRPRACTICE_KEY_FILE")
    monkeypatch.delenv("XDG_CONFIG_HOME", raising=False)
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    desk.add(identity=[{"patient_id": 1}])
    [key] = (tmp_path / "home/.config/fairpractice/keys").iterdir()
    assert key == identity.key_file(store.open_record(desk.path)._id)
    assert desk.rows("identity", "patient_id") == [1]


def test_one_person_has_the_rows_that_the_tables_have(desk):
    desk.add(
        "full",
        event=[{"patient_id": p, "date": dt.date(2026, 1, d)} for p in (1, 2, 3) for d in (1, 2)],
        patient=[{"patient_id": p} for p in (1, 2, 3)],
    )
    desk.add(source="hospital", urgent_contact=[{"patient_id": 2}], event=[{"patient_id": 2}])
    record = store.open_record(desk.path)
    for person in range(5):
        found = record.person(person)
        for name in TABLES:
            if name != "identity":
                table = record.table(name).drop("batch", "source_file", "source_row")
                rows = record.engine.to_arrow(table.filter(table.patient_id == person)).to_pylist()
                assert sorted(found[name], key=repr) == sorted(rows, key=repr)


@settings(max_examples=30)
@given(people=st.lists(st.integers(0, 12), max_size=60), group=st.integers(1, 9))
def test_rows_by_key_are_found_whichever_row_groups_hold_them(tmp_path_factory, people, group):
    import pyarrow as pa
    import pyarrow.parquet as pq

    file = tmp_path_factory.mktemp("keyed") / "rows.parquet"
    rows = pa.table(
        {"patient_id": pa.array(sorted(people), pa.int64()), "n": [*range(len(people))]}
    )
    pq.write_table(rows, file, row_group_size=group)
    keyed = SortedFile(file, rows.schema)
    for person in range(-1, 14):
        assert keyed.rows(person) == [r for r in rows.to_pylist() if r["patient_id"] == person]


def test_the_last_date_is_that_of_the_latest_event(desk):
    desk.add(event=[{"patient_id": 1, "date": day} for day in (PAST, FUTURE, TODAY)])
    assert store.open_record(desk.path).last_date() == FUTURE
