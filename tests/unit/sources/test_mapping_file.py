import datetime as dt
from pathlib import Path

import pytest

from fairpractice.errors import FairpracticeError
from fairpractice.sources.mapping_file import load


GOOD = """\
source = "A system"
mode = "full"
practices = ["y01234"]
period = [2021-04-01, "2026-03-31"]
dates = ["dd/mm/yyyy"]
empty = ["NULL"]

[address]
files = "people*.csv"
columns = { nhs_number = "NHS no", source_patient_id = ["Practice", "Id"], area_code = 7 }
constants = { area_vintage = "lsoa_2021" }

[[event]]
files = ["a.csv", "b.csv"]
columns = { source_patient_id = "Id", date = "Date", code = "Code" }
set_aside = { Type = ["Admin", "Test"] }

[[event]]
files = "c.parquet"
columns = { source_patient_id = "Id", date = "Date", code = "Code" }
dates = ["yyyymmdd"]
empty = ["-"]
"""


def write(folder: Path, content: str) -> Path:
    path = folder / "mapping.toml"
    path.write_text(content, encoding="utf-8")
    return path


def test_a_mapping_is_read(tmp_path: Path) -> None:
    found = load(write(tmp_path, GOOD))
    assert (found.source, found.mode, found.practices) == ("A system", "full", ("Y01234",))
    assert found.period == (dt.date(2021, 4, 1), dt.date(2026, 3, 31))
    address, first, second = found.sections
    assert address.columns["source_patient_id"] == ("Practice", "Id")
    assert address.columns["area_code"] == (7,)
    assert first.files == ("a.csv", "b.csv")
    assert first.set_aside == {"Type": ("Admin", "Test")}
    assert [f.written for f in first.dates] == ["dd/mm/yyyy"]
    assert [f.written for f in second.dates] == ["yyyymmdd"]
    assert second.empty == ("NULL", "-")


def test_the_command_line_comes_before_the_file(tmp_path: Path) -> None:
    found = load(write(tmp_path, GOOD), source="Another", mode="addition")
    assert (found.source, found.mode) == ("Another", "addition")


@pytest.mark.parametrize(
    ("old", "new", "line", "says"),
    [
        ("[address]", "[adress]", 8, "Did you mean 'address'?"),
        ("dates =", "date =", 5, "Did you mean 'dates'?"),
        ("set_aside", "setaside", 16, "Did you mean 'set_aside'?"),
        ("area_code = 7", "areacode = 7", 10, "Did you mean 'area_code'?"),
        ("area_code = 7", "area_code = 0", 10, "position from 1"),
        ("area_code = 7", 'area_code = ["a", "b"]', 10, "Only source_patient_id"),
        ('constants = { area_vintage = "lsoa_2021" }', "", 8, "never assumed"),
        ('"lsoa_2021"', '"lsoa_2012"', 11, "Did you mean 'lsoa_20"),
        ('"lsoa_2021"', '""', 11, "It is one of: lsoa_2011"),
        ("dd/mm/yyyy", "dd/mm/yy", 5, "four digits"),
        ('mode = "full"', "", 1, "mode"),
        ('source = "A system"', "", 1, "who sent"),
        ('"full"', '"everything"', 2, "full"),
        ('["y01234"]', '["?"]', 3, "ODS code"),
        ("2021-04-01", "2027-04-01", 4, "first and last day"),
        (
            'nhs_number = "NHS no", source_patient_id = ["Practice", "Id"], ',
            "",
            8,
            "who the person",
        ),
        ('date = "Date", code = "Code" }\nset', 'date = "Date" }\nset', 13, "code comes from"),
        ('files = "people*.csv"', "", 8, "which files"),
        ('"NHS no"', "NHS", 10, "not TOML"),
    ],
)
def test_a_slip_is_shown_with_its_line_and_what_was_meant(
    tmp_path: Path, old: str, new: str, line: int, says: str
) -> None:
    assert old in GOOD
    with pytest.raises(FairpracticeError) as refused:
        load(write(tmp_path, GOOD.replace(old, new, 1)))
    assert says in str(refused.value)
    assert f"line {line}" in str(refused.value)


def test_a_missing_mapping_says_how_to_get_one(tmp_path: Path) -> None:
    with pytest.raises(FairpracticeError, match="--guess"):
        load(tmp_path / "mapping.toml")


def test_why_a_fact_may_be_held_is_never_assumed(tmp_path: Path) -> None:
    mapping = """\
source = "A charity"
mode = "addition"
[social_fact]
files = "facts.csv"
columns = { source_patient_id = "Id", topic = "Topic", status = "Status", recorded_on = "On" }
constants = { route = "external", sensitivity = "ordinary" }
"""
    with pytest.raises(FairpracticeError, match=r"lawful_basis.*never assumed"):
        load(write(tmp_path, mapping))
