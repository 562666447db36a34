import gzip
from collections.abc import Callable
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fairpractice.errors import FairpracticeError
from fairpractice.sources import text


def read(path: Path, **options: object) -> tuple[text.Layout, list[dict[str, object]], text.Read]:
    how = text.layout(path, **options)
    out = path.with_name(path.name + ".parquet")
    done = text.stage(path, how, range(len(how.heading)), out)
    rows = pq.read_table(out).to_pylist()
    assert done.rows == len(rows)
    return how, rows, done


def written(folder: Path, content: bytes) -> Path:
    path = folder / "file.csv"
    path.write_bytes(content)
    return path


@pytest.mark.parametrize(
    ("content", "encoding", "name"),
    [
        (b"name\nAnn\n", "utf-8", "Ann"),
        (b"\xef\xbb\xbfname\nAnn\n", "utf-8-sig", "Ann"),
        ("name\nZoë\n".encode(), "utf-8", "Zoë"),
        ("name\nZoë–\n".encode("cp1252"), "cp1252", "Zoë–"),
        (b"name\nZo\xeb\x81\n", "latin-1", "Zoë\x81"),
        ("name\nZoë\n".encode("utf-16"), "utf-16", "Zoë"),
        (gzip.compress("name\nZoë\n".encode("cp1252"), mtime=0), "cp1252", "Zoë"),
    ],
)
def test_an_encoding_is_found_out(tmp_path: Path, content: bytes, encoding: str, name: str) -> None:
    how, rows, _ = read(written(tmp_path, content))
    assert how.encoding == encoding
    assert how.heading == ("name",)
    assert rows == [{"line": 2, "c0": name}]


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_a_delimiter_is_found_out(tmp_path: Path, delimiter: str) -> None:
    lines = ["a,b", "1;5", "x"], ["1", "2", '"q"']
    content = "\n".join(
        delimiter.join(f'"{v}"' if v != '"q"' else v for v in line) for line in lines
    )
    how, rows, _ = read(written(tmp_path, content.encode()))
    assert how.delimiter == delimiter
    assert rows == [{"line": 2, "c0": "1", "c1": "2", "c2": "q"}]


def test_decimal_commas_do_not_pass_for_the_delimiter(tmp_path: Path) -> None:
    how, _, _ = read(written(tmp_path, b"a;b;c\n1,5;2,5;3,5\n1,5;2,5;3,5\n"))
    assert how.delimiter == ";"


def test_headings_lose_line_breaks_spaces_and_trailing_empty_columns(tmp_path: Path) -> None:
    how, rows, done = read(
        written(tmp_path, b'"Sub ICB \nODS code", Name ,,\r\n00L,x,,\r\n,,,\r\n\r\n')
    )
    assert how.heading == ("Sub ICB ODS code", "Name")
    assert rows == [{"line": 3, "c0": "00L", "c1": "x"}]
    assert done.blank == 2
    assert done.broken == []


def test_a_heading_need_not_be_on_the_first_line_nor_be_there(tmp_path: Path) -> None:
    path = written(tmp_path, b"Title of the sheet\n\nid,date\n1,2\n")
    how, rows, _ = read(path, header=3)
    assert (how.heading, how.heading_line) == (("id", "date"), 3)
    assert rows == [{"line": 4, "c0": "1", "c1": "2"}]
    how, rows, _ = read(written(tmp_path, b"1,2\n3,4\n"), header=False)
    assert [row["line"] for row in rows] == [1, 2]


@pytest.mark.parametrize(
    ("rows", "good", "broken"),
    [
        ("1,2\n3\n4,5\n", [2, 4], [(3, text.TOO_FEW)]),
        ("1,2\n3,4,5\n4,5\n", [2, 4], [(3, text.TOO_MANY)]),
        ("1,2\n3,4,\n", [2, 3], []),
        ('1,2\n3,"four\nlines\nin\none"\n4,5\n', [2, 3, 7], []),
        ('1,2\n3,"never closed\n4,5\n6,7\n', [2, 4, 5], [(3, text.UNCLOSED)]),
        ('1,2\n3,"closed" late\n4,"5"\n', [2, 4], [(3, text.UNCLOSED)]),
        ('1,"two\n3,"four"\n5,6\n', [3, 4], [(2, text.UNCLOSED)]),
        ("1,2\n3,4\n5", [2, 3], [(4, text.CUT_SHORT)]),
        ("1,2\n3,4", [2, 3], []),
        ("1,2\n3,\0\n4,5\n", [2, 4], [(3, text.NUL)]),
        ("1,2\r3,4\r5,6\r", [2, 3, 4], []),
    ],
)
def test_one_bad_line_costs_one_line(
    tmp_path: Path, rows: str, good: list[int], broken: list[tuple[int, str]]
) -> None:
    _, found, done = read(written(tmp_path, ("a,b\n" + rows).encode()))
    assert [row["line"] for row in found] == good
    assert done.broken == broken


def test_a_byte_that_is_not_utf8_costs_one_line_of_a_file_marked_utf8(tmp_path: Path) -> None:
    _, found, done = read(written(tmp_path, b"\xef\xbb\xbfa,b\n1,\xff\n2,x\n"))
    assert [row["line"] for row in found] == [3]
    assert done.broken == [(2, text.UNDECODABLE)]


def test_a_bad_line_far_down_keeps_its_number(tmp_path: Path) -> None:
    lines = [f"{n},x" for n in range(2, 50_002)]
    lines[45_000] = '45002,"x'
    lines[30_000] = '30002,"x\ny"'
    _, found, done = read(written(tmp_path, ("id,b\n" + "\n".join(lines) + "\n").encode()))
    # The quoted line break at 30,002 pushes every later row one line down.
    assert done.broken == [(45_003, text.UNCLOSED)]
    assert all(row["line"] == int(str(row["c0"])) + (int(str(row["c0"])) > 30_002) for row in found)
    assert len(found) == 49_999


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "empty"),
        (b"\n \n\n", "empty"),
        (b'""\n, ,\n', "no heading"),
        (b"PK\x03\x04rest", "Excel workbook"),
        (b"%PDF-1.7", "PDF"),
        (b"\x7fELF" + bytes(1000), "not text"),
        (gzip.compress(b"a,b\n" + bytes(range(65, 91)) * 900, mtime=0)[:-20], "cut short"),
        (b'"a,b\n1,2\n', "heading has a quotation mark"),
    ],
)
def test_what_is_no_table_is_refused(tmp_path: Path, content: bytes, says: str) -> None:
    with pytest.raises(FairpracticeError, match=says):
        read(written(tmp_path, content))


@pytest.mark.parametrize(
    ("parts", "header", "rows", "blank", "encoding"),
    [
        (("gp", "nhs_payments_practice_2022-23.csv.gz"), True, 6_669, 0, "utf-8-sig"),
        (("gp", "qof_achievement_practice_2022-23.csv.gz"), True, 6_378, 0, "utf-8-sig"),
        (("gp", "epraccur_2023-02.csv.gz"), False, 15_536, 0, "utf-8"),
        (
            ("published", "LSOA_2011_to_LSOA_2021_Lookup_E_W.csv.gz"),
            True,
            35_796,
            0,
            "cp1252",
        ),
        (
            ("published", "wimd-2025-index-and-domain-ranks-by-small-area.csv"),
            True,
            1_917,
            2,
            "utf-8",
        ),
    ],
)
def test_published_files_are_read_whole(
    reference: Callable[..., Path],
    tmp_path: Path,
    parts: tuple[str, ...],
    header: bool,
    rows: int,
    blank: int,
    encoding: str,
) -> None:
    path = reference("geo", *parts)
    how = text.layout(path, header=header)
    done = text.stage(path, how, [0], tmp_path / "out.parquet")
    assert (how.encoding, done.rows, done.blank, done.broken) == (encoding, rows, blank, [])


FIELDS = st.text(alphabet='ab",;\n\r é\0', max_size=5)


@given(rows=st.lists(st.lists(FIELDS, min_size=2, max_size=3), max_size=8), data=st.data())
def test_any_bytes_are_refused_or_accounted_for(
    tmp_path_factory: pytest.TempPathFactory, rows: list[list[str]], data: st.DataObject
) -> None:
    content = ("id,name\n" + "\n".join(",".join(row) for row in rows)).encode()
    at = data.draw(st.integers(0, len(content)))
    content = content[:at] + data.draw(st.binary(max_size=3)) + content[at:]
    path = written(tmp_path_factory.mktemp("any"), content)
    try:
        how, found, done = read(path)
    except FairpracticeError:
        return
    lines = [row["line"] for row in found] + [line for line, _ in done.broken]
    assert len(set(lines)) == len(lines), "no line is used twice"
    assert all(line > how.heading_line for line in lines)
