"""What becomes of rows: each rule with a row that breaks it beside one that does not."""

import datetime as dt
import stat
from collections.abc import Callable

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from fairpractice.errors import FairpracticeError
from fairpractice.population.areas import VINTAGES
from fairpractice.record import pseudonyms, store
from fairpractice.sources.convert import Areas
from fairpractice.sources.importing import Outcome
from tests.unit.sources.conftest import EVENTS, PEOPLE, Trial, faults


AREAS = {name: Areas(held.pattern, held.ranges) for name, held in VINTAGES.items()}
DIABETES = "44054006"
Import = Callable[..., Outcome]


def key(trial: Trial, linkage: str) -> int:
    return pseudonyms.patient_id(store.secret(trial.record), linkage)


def test_a_sound_extract_is_stored_with_where_it_came_from(trial: Trial, people: Import) -> None:
    outcome = people("a,05/06/1960,F", "b,01/02/1975,M")
    assert trial.rows(outcome, "patient", "patient_id, birth_month, sex, source_row") == [
        (key(trial, "A system:a"), dt.date(1960, 6, 1), "female", 2),
        (key(trial, "A system:b"), dt.date(1975, 2, 1), "male", 3),
    ]
    assert outcome.causes == []
    assert outcome.quarantined_in is None


def test_importing_the_same_files_again_changes_nothing(trial: Trial, people: Import) -> None:
    first = people("a,05/06/1960,F")
    before = (trial.record / "manifest.json").read_bytes()
    again = people("a,05/06/1960,F")
    assert (again.new, again.batch) == (False, first.batch)
    assert (trial.record / "manifest.json").read_bytes() == before


@pytest.mark.parametrize(
    ("line", "field", "kind"),
    [
        ("x,31/02/1960,F", "birth_month", "impossible_date"),
        ("x,1960-06-05,F", "birth_month", "unreadable_date"),
        ("x,01/11/2026,F", "birth_month", "future"),
        ("x,31/12/1899,F", "birth_month", "before_1900"),
        ("x,01/02/1975,Q", "sex", "not_allowed"),
        (" ,01/02/1975,F", "source_patient_id", "nobody"),
        ("x,01/02/1975", "line", "too_few"),
    ],
)
def test_a_row_that_is_wrong_is_quarantined_and_the_rest_stored(
    people: Import, line: str, field: str, kind: str
) -> None:
    outcome = people("a,31/10/2026,F", line, "c,01/01/1900,")
    assert faults(outcome) == [("patient", field, kind, 1, 3)]
    [tally] = outcome.tallies
    assert (tally.read, tally.stored) == (3, 2)


def test_the_quarantine_is_the_owners_alone_and_names_nobody(people: Import) -> None:
    outcome = people("person-one,31/02/1960,F", "b,01/02/1975,M")
    assert outcome.quarantined_in
    [sheet] = outcome.quarantined_in.iterdir()
    assert stat.S_IMODE(sheet.stat().st_mode) == 0o600
    told = sheet.read_text(encoding="utf-8")
    assert "people.csv,2,birth_month,is a date that no calendar has" in told
    assert "person-one" not in told
    assert "31/02/1960" not in told


def test_more_wrong_than_right_is_refused_and_the_record_left_alone(
    trial: Trial, people: Import
) -> None:
    with pytest.raises(FairpracticeError, match="2 of 3 rows of patient are wrong"):
        people("a,01/02/1975,F", "b,1975-02-01,F", "c,1975-02-01,F")
    assert not trial.record.exists()


def test_strict_stores_nothing_if_one_row_is_wrong(trial: Trial, people: Import) -> None:
    people("a,01/02/1975,F", "b,01/02/1976,F")
    before = (trial.record / "manifest.json").read_bytes()
    with pytest.raises(FairpracticeError, match=r"people.csv, line 4, sex"):
        people("a,01/02/1975,F", "b,01/02/1976,F", "c,01/02/1976,?", strict=True)
    assert (trial.record / "manifest.json").read_bytes() == before
    assert list((trial.record / "staging").iterdir()) == []


def test_two_birth_dates_take_all_rows_of_the_person_out(people: Import) -> None:
    outcome = people("a,05/06/1960,F", "b,01/02/1975,M", "a,06/06/1960,F", "c,01/01/2000,F")
    assert faults(outcome) == [("patient", "birth_month", "two_birth_dates", 2, 2)]
    assert outcome.tallies[0].stored == 2


def test_rows_of_one_person_that_agree_are_made_one(trial: Trial, people: Import) -> None:
    outcome = people("a,05/06/1960,", "a,,F", "a,,F")
    assert trial.rows(outcome, "patient", "birth_month, sex") == [(dt.date(1960, 6, 1), "female")]
    assert outcome.tallies[0].set_aside == {
        "duplicate": 1,
        "another row of the same person, which agrees": 1,
    }


def test_events_are_checked_against_birth_code_and_number(trial: Trial, people: Import) -> None:
    trial.write(
        "events.csv",
        "Id;Date;Code;Value\n"
        f"a;05/06/1960 10:30;{DIABETES};7.5\n"  # the month of birth is as near as is known
        f"a;31/05/1960;{DIABETES};\n"
        f"a;01/01/2000;{DIABETES};7,5\n"
        "a;01/01/2000;44054007;\n"
        "a;01/01/2000;4.4054E+07;\n"
        f"a;01/01/2000;{DIABETES};nan\n"
        f"a;;{DIABETES};\n"
        f"a;01/01/2001;{DIABETES};1\n"
        f"a;01/01/2002;{DIABETES};1\n"
        f"a;01/01/2003;{DIABETES};1\n"
        f"a;01/01/2003;{DIABETES};1\n"
        f"z;01/01/2004;{DIABETES};1\n"
        f"z;01/01/2005;{DIABETES};1\n",
    )
    outcome = people("a,05/06/1960,F", mapping=PEOPLE + EVENTS)
    assert sorted(faults(outcome)) == [
        ("event", "code", "bad_code", 1, 5),
        ("event", "code", "spoilt_code", 1, 6),
        ("event", "date", "before_birth", 1, 3),
        ("event", "date", "empty", 1, 8),
        ("event", "value", "not_a_number", 2, 4),
    ]
    _, tally = outcome.tallies
    assert (tally.read, tally.stored, tally.set_aside) == (13, 6, {"duplicate": 1})
    assert tally.notes == {"stored about people who are in no patient table yet": 2}
    assert (dt.date(1960, 6, 5), "snomed", 7.5, 2) in trial.rows(
        outcome, "event", "date, code_system, value, source_row"
    )


def test_a_field_that_may_be_unreadable_does_not_cost_its_row(trial: Trial, people: Import) -> None:
    trial.write("events.csv", f"Id,Date,Code,Value\na,01/01/2000,{DIABETES},>90\n")
    outcome = people("a,05/06/1960,F", mapping=PEOPLE + EVENTS + 'may_be_unreadable = ["value"]\n')
    assert trial.rows(outcome, "event", "value") == [(None,)]
    assert outcome.tallies[1].notes == {"whose value cannot be read and is left empty": 1}


def test_a_code_of_another_system_need_not_be_snomed(trial: Trial, people: Import) -> None:
    trial.write("events.csv", "Id,Date,Code,Value\na,01/01/2000,XaJ4Q,\n")
    outcome = people(
        "a,05/06/1960,F", mapping=PEOPLE + EVENTS + 'constants = { code_system = "ctv3" }\n'
    )
    assert trial.rows(outcome, "event", "code, code_system") == [("XaJ4Q", "ctv3")]


def test_rows_of_a_kind_not_kept_are_set_aside_whatever_is_wrong_with_them(
    trial: Trial, people: Import
) -> None:
    trial.write(
        "events.csv",
        f"Id,Date,Code,Value,Type\na,never,none,,ADMIN\na,01/01/2000,{DIABETES},,Clinical\n,,,,\n",
    )
    outcome = people("a,05/06/1960,F", mapping=PEOPLE + EVENTS + "set_aside = { Type = 'Admin' }\n")
    assert outcome.tallies[1].set_aside == {"Type: ADMIN": 1, "blank row": 1}
    assert outcome.tallies[1].stored == 1


REGISTRATIONS = """
[registration]
files = "spells.csv"
columns = { source_patient_id = "Id", practice_code = "P", start_date = "From", end_date = "To" }
"""


@pytest.mark.parametrize(
    ("spells", "found"),
    [
        (["Y01234,01/01/2000,01/01/2010", "Y05678,01/01/2010,"], []),
        (
            ["Y01234,01/01/2000,01/01/2010", "Y05678,31/12/2009,"],
            [("registration", "start_date", "overlap_other_practice", 1, 3)],
        ),
        (
            ["Y01234,01/01/2000,", "Y01234,01/01/2005,"],
            [("registration", "start_date", "overlap_same_practice", 1, 3)],
        ),
        (
            ["Y01234,01/01/2000,", "Y01234,01/01/2000,01/01/2001"],
            [("registration", "start_date", "overlap_same_practice", 1, 3)],
        ),
        (["Y01234,01/01/2000,", "Y01234,01/01/2000,"], []),
        (
            ["Y01234,01/01/2010,01/01/2000", "Y01234,01/01/2011,"],
            [("registration", "end_date", "ends_before_start", 1, 2)],
        ),
    ],
)
def test_of_overlapping_registrations_the_one_read_first_stays(
    trial: Trial, people: Import, spells: list[str], found: list[tuple[object, ...]]
) -> None:
    trial.write("spells.csv", "Id,P,From,To\n" + "".join(f"a,{spell}\n" for spell in spells))
    outcome = people("a,05/06/1960,F", mapping=PEOPLE + REGISTRATIONS)
    assert faults(outcome) == found


ADDRESSES = """
[address]
files = "areas.csv"
columns = { source_patient_id = "Id", area_code = "LSOA" }
constants = { area_vintage = "%s" }
"""


@pytest.mark.parametrize(
    ("vintage", "code", "kind"),
    [
        ("lsoa_2011", "e01 000001", None),
        ("lsoa_2021", "E01034000", None),
        ("lsoa_2011", "E01034000", "wrong_vintage"),  # made in 2021
        ("lsoa_2021", "E01000003", "wrong_vintage"),  # of the known areas, not one of 2021
        ("lsoa_2011", "S01006506", "wrong_vintage"),
        ("data_zone_2011", "S01006506", None),
        ("lsoa_2011", "Ambridge", "bad_shape"),
    ],
)
def test_an_area_has_to_be_of_the_vintage_stated(
    trial: Trial, people: Import, vintage: str, code: str, kind: str | None
) -> None:
    known = pa.array(["E01000001", "E01034000"])
    areas = {
        **AREAS,
        "lsoa_2021": Areas(AREAS["lsoa_2021"].pattern, AREAS["lsoa_2021"].ranges, known),
    }
    good = "S01006507" if vintage == "data_zone_2011" else "E01000001"
    trial.write("areas.csv", f"Id,LSOA\na,{code}\nb,{good}\n")
    outcome = people("a,05/06/1960,F", mapping=PEOPLE + ADDRESSES % vintage, areas=areas)
    assert [kind for _, _, kind, _, _ in faults(outcome)] == ([kind] if kind else [])


LINKED = """
[patient]
files = "people.csv"
columns = { nhs_number = "NHS", source_patient_id = "Id", birth_month = "Born" }
"""
TOP = PEOPLE.partition("[patient]")[0]


def test_people_are_told_by_nhs_number_wherever_it_stands(trial: Trial) -> None:
    trial.write(
        "people.csv",
        "NHS,Id,Born\n999 000 0018,1,01/01/1960\n9990000019,2,01/01/1961\n,3,01/01/1962\n"
        "9990000019,,01/01/1963\n9990000026,4,01/01/1964\n",
    )
    trial.write(
        "events.csv",
        "Id,Date,Code,Value\n" + "".join(f"{n},01/01/2000,{DIABETES},{n}\n" for n in (1, 2, 3)),
    )
    outcome = trial.run(TOP + LINKED + EVENTS)
    who = [
        key(trial, linkage)
        for linkage in ("nhs:9990000018", "A system:2", "A system:3", "nhs:9990000026")
    ]
    assert trial.rows(outcome, "patient", "patient_id") == [(person,) for person in who]
    assert trial.rows(outcome, "event", "patient_id") == [(person,) for person in who[:3]]
    assert faults(outcome) == [("patient", "nhs_number", "bad_nhs_number", 1, 5)]
    assert sum(outcome.tallies[0].notes.values()) == 1


def test_an_identifier_of_two_people_is_nobodys(trial: Trial) -> None:
    trial.write(
        "people.csv",
        "NHS,Id,Born\n9990000018,1,01/01/1960\n9990000026,1,01/01/1961\n,2,\n,3,\n,4,\n",
    )
    outcome = trial.run(TOP + LINKED)
    assert faults(outcome) == [("patient", "source_patient_id", "two_numbers", 2, 2)]
    several = LINKED.replace('source_patient_id = "Id"', 'source_patient_id = ["NHS", "Id"]')
    several = several.replace('nhs_number = "NHS", ', "")
    with pytest.raises(FairpracticeError, match=r"3 of 5 rows.*\n.*nobody knows"):
        trial.run(TOP + several)


IDENTITY = """
[identity]
files = "people.csv"
columns = { nhs_number = "NHS", source_patient_id = "Id", date_of_birth = "Born" }
"""


def test_a_later_addition_knows_people_by_what_identity_holds(trial: Trial) -> None:
    trial.write("people.csv", "NHS,Id,Born\n9990000018,1,01/01/1960\n")
    trial.run(TOP + LINKED + IDENTITY)
    (trial.folder / "people.csv").unlink()
    trial.write(
        "events.csv", f"Id,Date,Code,Value\n1,01/01/2000,{DIABETES},\n1,01/12/1959,{DIABETES},\n"
    )
    outcome = trial.run(TOP + EVENTS, mode="addition")
    assert trial.rows(outcome, "event", "patient_id") == [(key(trial, "nhs:9990000018"),)]
    assert faults(outcome) == [("event", "date", "before_birth", 1, 3)]
    assert outcome.tallies[0].notes == {}


def test_an_erased_person_who_is_sent_again_is_set_aside(trial: Trial, people: Import) -> None:
    people("a,05/06/1960,F", "b,01/02/1975,M")
    store.erase(trial.record, [key(trial, "A system:a")])
    outcome = people("a,05/06/1960,F", "b,01/02/1975,F")
    assert outcome.tallies[0].set_aside == {"person erased from the record": 1}
    assert trial.rows(outcome, "patient", "patient_id") == [(key(trial, "A system:b"),)]


OBJECTIONS = """
[objection]
files = "objections.csv"
[objection.columns]
source_patient_id = "Id"
kind = "Kind"
purpose = "For"
recorded_on = "On"
withdrawn_on = "Until"
"""


def test_an_objection_that_cannot_be_read_stops_the_import(trial: Trial, people: Import) -> None:
    lines = [f"p{n},type_1_opt_out,,01/01/2020," for n in range(9)]
    trial.write(
        "objections.csv", "\n".join(("Id,Kind,For,On,Until", *lines, "q,type_2,,01/01/2020,"))
    )
    with pytest.raises(FairpracticeError, match="1 of 10 objections cannot be read"):
        people("a,05/06/1960,F", mapping=PEOPLE + OBJECTIONS)
    assert not trial.record.exists()


def test_of_two_statements_of_an_objection_the_one_in_force_counts(
    trial: Trial, people: Import
) -> None:
    trial.write(
        "objections.csv",
        "Id,Kind,For,On,Until\na,objection,research,01/01/2020,01/01/2021\n"
        "a,objection,research,01/01/2020,\n",
    )
    outcome = people("a,05/06/1960,F", mapping=PEOPLE + OBJECTIONS)
    assert trial.rows(outcome, "objection", "withdrawn_on") == [(None,)]
    assert outcome.tallies[1].set_aside.total() == 1


APPOINTMENTS = """
[appointment]
files = "slots.csv"
values.status = { DNA = "did_not_attend", Arrived = "attended" }
[appointment.columns]
source_patient_id = "Id"
start_date = "When"
start_time = "When"
minutes = "Mins"
clinician_id = "Who"
status = "Status"
booked_on = "Booked"
"""


def test_an_appointment_keeps_its_time_and_not_the_clinicians_name(
    trial: Trial, people: Import
) -> None:
    trial.write(
        "slots.csv",
        "Id,When,Mins,Who,Status,Booked\n"
        "a,03/04/2026 9:05,10,Clinician 1,dna,01/04/2026\n"
        "a,03/04/2026 09:05:00,12,Clinician 2,Did not attend,01/04/2026\n"
        "a,04/04/2026 11:30,-1,Clinician 1,Arrived,\n"
        "a,05/04/2026 11:30,10,Clinician 1,Walked out,\n",
    )
    outcome = people("a,05/06/1960,F", mapping=PEOPLE + APPOINTMENTS)
    found = trial.rows(outcome, "appointment", "start_date, start_time, minutes, status")
    assert found == [
        (dt.date(2026, 4, 3), "09:05", 10.0, "did_not_attend"),
        (dt.date(2026, 4, 3), "09:05", 12.0, "did_not_attend"),
    ]
    first, second = (str(who) for (who,) in trial.rows(outcome, "appointment", "clinician_id"))
    assert first != second
    assert "Clinician" not in first
    assert {fault[:3] for fault in faults(outcome)} == {
        ("appointment", "minutes", "negative"),
        ("appointment", "status", "not_allowed"),
    }


def test_contradicting_rows_about_the_same_thing_are_both_quarantined(
    trial: Trial, people: Import
) -> None:
    trial.write("areas.csv", "Id,LSOA\na,E01000001\na,E01000002\nb,E01000001\nc,E01000001\n")
    outcome = people("a,05/06/1960,F", mapping=PEOPLE + ADDRESSES % "lsoa_2011")
    assert faults(outcome) == [("address", "start_date", "contradiction", 2, 2)]


def test_parquet_is_read_in_its_own_types(trial: Trial) -> None:
    born = [dt.date(1960, 6, 5), None, dt.date(2030, 1, 1)]
    pq.write_table(
        pa.table(
            {
                "Person": pa.array([1.0, 2.0, 3.0]),
                "Born": pa.array(born),
                "Sex": pa.array([2, 1, None]),
            }
        ),
        trial.folder / "people.parquet",
    )
    at = dt.datetime(2001, 2, 3, 4, 5)
    pq.write_table(
        pa.table(
            {
                "Person": [1, 1],
                "When": pa.array([at, at]),
                "Code": pa.array([int(DIABETES)] * 2, pa.int64()),
                "Value": [float("nan"), float("inf")],
            }
        ),
        trial.folder / "events.parquet",
    )
    outcome = trial.run(
        TOP
        + """
[patient]
files = "*ple.parquet"
columns = { source_patient_id = "person", birth_month = "born", sex = "sex" }
values.sex = { 1 = "male", 2 = "female" }
[event]
files = "events.parquet"
columns = { source_patient_id = "Person", date = "When", code = "Code", value = "Value" }
"""
    )
    assert trial.rows(outcome, "patient", "patient_id, birth_month, sex, source_row") == [
        (key(trial, "A system:1"), dt.date(1960, 6, 1), "female", 1),
        (key(trial, "A system:2"), None, "male", 2),
    ]
    assert trial.rows(outcome, "event", "patient_id, date, code, value") == [
        (key(trial, "A system:1"), at.date(), DIABETES, None)
    ]
    assert faults(outcome) == [
        ("event", "value", "not_a_number", 1, 2),
        ("patient", "birth_month", "future", 1, 3),
    ]


def test_one_file_may_feed_a_table_twice(trial: Trial, people: Import) -> None:
    trial.write("events.csv", f"Id,Date,One,Two\na,01/01/2000,{DIABETES},38341003\n")
    one = EVENTS.replace("[event]", "[[event]]").replace(', value = "Value"', "")
    outcome = people(
        "a,05/06/1960,F",
        mapping=PEOPLE + one.replace('"Code"', '"One"') + one.replace('"Code"', '"Two"'),
    )
    assert trial.rows(outcome, "event", "code, source_row") == [(DIABETES, 2), ("38341003", 2)]
    assert (outcome.tallies[1].read, outcome.tallies[1].stored) == (2, 2)


def test_a_full_extract_replaces_what_its_source_sent(trial: Trial, people: Import) -> None:
    people("a,05/06/1960,F", "b,01/02/1975,M")
    people("b,01/02/1975,F")
    with_now = store.open_record(trial.record, purpose="direct_care").table("patient").to_pandas()
    assert with_now["sex"].tolist() == ["female"]


def test_what_the_record_holds_already_is_set_aside(trial: Trial, people: Import) -> None:
    people("a,05/06/1960,F", "b,01/02/1975,M")
    outcome = people("b,01/02/1975,M", "c,01/02/1976,M", mode="addition")
    [tally] = outcome.tallies
    assert (tally.read, tally.stored, tally.set_aside) == (2, 1, {"in the record already": 1})
    told = (trial.record / "reconciliation" / "2.json").read_text(encoding="utf-8")
    assert '"in the record already": 1' in told


def test_of_telephone_and_email_only_their_presence_is_kept(trial: Trial) -> None:
    trial.write("people.csv", "Id,Tel,Mail\n1,020,a@b\n2,020,\n3,,a@b\n4,,\n4,020,\n")
    section = '[patient]\nfiles = "people.csv"\n'
    both = 'columns = { source_patient_id = "Id", telephone = "Tel", email = "Mail" }\n'
    outcome = trial.run(TOP + section + both)
    found = [kind for (kind,) in trial.rows(outcome, "patient", "contact_details")]
    assert found == ["both", "telephone", "email", "telephone"]
    outcome = trial.run(TOP + section + both.replace(', email = "Mail"', ""))
    found = [kind for (kind,) in trial.rows(outcome, "patient", "contact_details")]
    assert found == ["telephone", "telephone", None, "telephone"]


MEDICATION = """
[medication]
files = "issues.csv"
header = false
constants = { code_system = "local" }
columns = { source_patient_id = 1, issued_on = 2, code = 3, days_supply = 4 }
"""


def test_columns_may_be_known_by_position_and_whole_numbers_have_to_be_whole(
    trial: Trial, people: Import
) -> None:
    trial.write(
        "issues.csv",
        "a,01/02/2026,X1,28\na,02/02/2026,X1,28.0\na,03/02/2026,X1,\n"
        "a,04/02/2026,X1,28.5\na,05/02/2026,X1,-1\n",
    )
    outcome = people("a,05/06/1960,F", mapping=PEOPLE + MEDICATION)
    assert trial.rows(outcome, "medication", "days_supply, source_row") == [
        (28, 1),
        (28, 2),
        (None, 3),
    ]
    assert faults(outcome) == [
        ("medication", "days_supply", "negative", 1, 5),
        ("medication", "days_supply", "not_a_number", 1, 4),
    ]


@pytest.mark.parametrize(
    ("heading", "says"),
    [
        ("Id,Born,Sex,Sex", "2 columns 'Sex'"),
        ("Id,Borne,Sex", "Did you mean 'Borne'?"),
    ],
)
def test_a_column_that_is_not_there_once_is_refused(trial: Trial, heading: str, says: str) -> None:
    trial.write("people.csv", f"{heading}\n" + "a," * heading.count(",") + "b\n")
    with pytest.raises(FairpracticeError) as refused:
        trial.run(PEOPLE)
    assert says in str(refused.value)


def test_an_optional_file_may_be_missing_or_have_no_rows(trial: Trial, people: Import) -> None:
    mapping = PEOPLE + EVENTS + "optional = true\n"
    assert len(people("a,05/06/1960,F", mapping=mapping).tallies) == 1
    trial.write("events.csv", "Id,Date,Code,Value\n")
    outcome = people("a,05/06/1960,F", mapping=mapping)
    assert [tally.read for tally in outcome.tallies] == [1, 0]


@pytest.mark.parametrize("part", [4, 100, 400, -200, -9])
def test_a_damaged_parquet_file_is_refused(trial: Trial, part: int) -> None:
    path = trial.folder / "people.parquet"
    pq.write_table(
        pa.table({"Id": [f"p{n}" for n in range(5000)], "Born": ["01/01/1960"] * 5000}), path
    )
    content = bytearray(path.read_bytes())
    content[part : part + 8 if part != -9 else None] = b"\xff" * 8
    path.write_bytes(bytes(content))
    mapping = PEOPLE.replace("people.csv", "people.parquet").replace(', sex = "Sex"', "")
    with pytest.raises(FairpracticeError, match="damaged"):
        trial.run(mapping.replace('values.sex = { F = "female", M = "male" }', ""))
    assert not trial.record.exists()
