import gzip
import hashlib
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pyarrow as pa
import pytest

from fairpractice.errors import FairpracticeError
from fairpractice.population.published import numbers, read, simplify


NEEDED = [("area code", "lsoa code"), ("rank",)]


@pytest.mark.parametrize(
    ("heading", "simple"),
    [
        ("LSOA code (2011)", "lsoa code (2011)"),
        ("\ufeffLSOA11CD", "lsoa11cd"),
        ("Partner\nOrganisation\nCode", "partner organisation code"),
        ("WIMD 2025 ", "wimd 2025"),
        ("area_code", "area code"),
        ("Multiple Deprivation Measure Rank \n(where 1 is most deprived)",
         "multiple deprivation measure rank"),
        (None, ""),
    ],
)  # fmt: skip
def test_headings_are_simplified(heading: str | None, simple: str) -> None:
    assert simplify(heading) == simple


TEXT = 'LSOA code ,"Rank\nof it",rank,,\r\nW1,x,1,, \r\n"Môn ",y,2,,\r\n,,,,\r\n\r\n'


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "latin-1"])
@pytest.mark.parametrize("zipped", [False, True])
def test_real_csv_files_are_read(tmp_path: Path, encoding: str, zipped: bool) -> None:
    content = TEXT.encode(encoding)
    content = gzip.compress(content) if zipped else content
    file = tmp_path / "areas.csv"
    file.write_bytes(content)
    found = read(file, NEEDED)
    assert found.table["lsoa code"].to_pylist() == ["W1", "Môn"]
    assert found.table["rank of it"].to_pylist() == ["x", "y"]
    assert found.headings["rank of it"] == "Rank\nof it"
    assert found.sha256 == hashlib.sha256(content).hexdigest()
    assert numbers(found, "rank", pa.int32()).to_pylist() == [1, 2]


def test_notes_above_the_headings_are_passed_over(tmp_path: Path) -> None:
    file = tmp_path / "areas.csv"
    file.write_text("A note\n\nAnother, longer\narea code,rank\nA1,1\n", encoding="utf-8")
    assert read(file, NEEDED).table.to_pylist() == [{"area code": "A1", "rank": "1"}]


def test_a_workbook_is_read_from_the_sheet_that_has_the_headings(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    assert book.active is not None
    book.active.append(["Notes about rank"])
    sheet = book.create_sheet("Data")
    sheet.append(["Table 1"])
    sheet.append(["LSOA code", "Rank (where 1 is most deprived)", "Name"])
    sheet.append(["A1", 1, "One"])
    sheet.append(["A2", 2.0])
    sheet.append([None, None])
    file = tmp_path / "areas.xlsx"
    book.save(file)
    found = read(file, NEEDED)
    assert found.table["name"].to_pylist() == ["One", ""]
    assert numbers(found, "rank", pa.int32()).to_pylist() == [1, 2]


def test_a_file_without_headings_is_given_them(tmp_path: Path) -> None:
    file = tmp_path / "bare.csv"
    file.write_text('"A1","x"\n"A2",""\n', encoding="utf-8")
    found = read(file, [], names=["code", "word"])
    assert found.table.to_pylist() == [{"code": "A1", "word": "x"}, {"code": "A2", "word": ""}]


def test_headings_and_no_rows_is_an_empty_table(tmp_path: Path) -> None:
    file = tmp_path / "areas.csv"
    file.write_text("area code,rank\n", encoding="utf-8")
    assert read(file, NEEDED).table.num_rows == 0


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"name,rank\nx,1\n", "'area code' or 'lsoa code'"),
        (b"", "no row has the headings"),
        (b"area code,rank\nA1,1\nA2,2,3\n", "do not all have 2 columns"),
        (gzip.compress(b"area code,rank\nA1,1\n", mtime=0)[:-9], "broken off"),
        (b"PK\x03\x04 not a workbook", "workbook cannot be read"),
        (b"area code,rank\n" + b"x" * 200_000, "do not all have"),
    ],
)
def test_a_wrong_file_is_refused_and_named(tmp_path: Path, content: bytes, says: str) -> None:
    file = tmp_path / "areas.csv"
    file.write_bytes(content)
    with pytest.raises(FairpracticeError, match=says) as refused:
        read(file, NEEDED)
    assert str(file) in str(refused.value)
    assert refused.value.fix


def test_a_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(FairpracticeError, match="No such file"):
        read(tmp_path / "none.csv", NEEDED)


@pytest.mark.parametrize("cell", ["one", "1.5", "1,000", "nan", "0x1"])
def test_a_cell_that_is_no_whole_number_is_shown(write: Callable[..., Path], cell: str) -> None:
    found = read(write("areas.csv", ["area code", "rank"], [["A1", 1], ["A2", cell]]), NEEDED)
    with pytest.raises(FairpracticeError, match="not a whole number") as refused:
        numbers(found, "rank", pa.int32())
    assert repr(cell) in str(refused.value)
    assert "row 2" in str(refused.value)


def test_a_blank_cell_is_unknown(write: Callable[..., Path]) -> None:
    found = read(write("areas.csv", ["area code", "rank"], [["A1", ""], ["A2", "-1.5e1"]]), NEEDED)
    assert numbers(found, "rank", pa.float64()).to_pylist() == [None, -15.0]


@pytest.mark.parametrize(("number", "kind"), [("9" * 12, pa.int32()), ("1e999", pa.float64())])
def test_a_number_too_large_to_be_read_exactly_is_refused(
    tmp_path: Path, number: str, kind: pa.DataType
) -> None:
    file = tmp_path / "x.csv"
    file.write_text(f"area code,rank\nE01000001,1\nE01000002,{number}\n", encoding="utf-8")
    found = read(file, NEEDED)
    with pytest.raises(FairpracticeError, match=r"(?s)too large.*row 2 below"):
        numbers(found, "rank", kind)
