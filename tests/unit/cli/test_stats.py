import inspect
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet as pq
import pytest

from fairpractice import statistics
from fairpractice.cli import _tables, run, stats


COUNTS = "practice,had,due\n00A,31,61\n00B,4,40\n00C,,44\n"
BANDS = """place,age,sex,deaths,people
A,0-64,F,40,8000
A,65-84,F,60,1500
A,85+,F,30,300
B,0-64,F,50,7000
B,85 and over,F,25,250
"""


def file(folder: Path, text: str, name: str = "data.csv", encoding: str = "utf-8") -> str:
    path = folder / name
    path.write_bytes(text.encode(encoding))
    return str(path)


def said(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    status = run(["stats", *arguments])
    captured = capsys.readouterr()
    assert status == 0, captured.err
    return captured.out


def refused(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    assert run(["stats", *arguments]) == 2
    return " ".join(capsys.readouterr().err.split())


def cells(text: str) -> list[list[str]]:
    lines = [line.strip() for line in text.splitlines() if line.strip().startswith("|")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]


def test_a_proportion_is_worked_out_and_what_is_always_the_same_is_said_once(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    data = file(tmp_path, COUNTS)
    asked = ["proportion", data, "--numerator", "had", "--denominator", "due"]
    text = said(capsys, *asked, "--multiplier", "100")
    assert "confidence: 0.95; multiplier: 100; method: Wilson" in text
    heading, _, *rows = cells(text)
    assert heading[:4] == ["practice", "numerator", "denominator", "value"]
    assert [row[:4] for row in rows] == [
        ["00A", "31", "61", "50.82"],
        ["00B", "4", "40", "10"],
        ["00C", "", "44", ""],
    ]
    assert rows[2][-1] == "missing_input"
    assert "missing_input. the numerator or the denominator is missing" in text


def test_levels_and_groups_may_be_several_or_none(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    data = file(tmp_path, "a,b,x,n\n1,p,3,10\n1,p,4,10\n1,q,5,10\n")
    out = tmp_path / "out.parquet"
    asked = ["rate", data, "--events", "x", "--population", "n", "--out", str(out)]

    def rows(*more: str) -> list[dict[str, Any]]:
        assert f"rows written to {out}" in " ".join(said(capsys, *asked, *more).split())
        found: list[dict[str, Any]] = pq.read_table(out).to_pylist()
        return found

    assert [row["events"] for row in rows()] == [3, 4, 5]
    assert [row["events"] for row in rows("--by", "a", "--by", "b")] == [7, 5]
    assert [row["events"] for row in rows("--by", "none")] == [12]
    levels = [row["confidence"] for row in rows("--by", "a", "--levels", ".9", "--levels", "0.99")]
    assert levels == [0.9, 0.99]
    (row,) = rows("--by", "none", "--levels", "none")
    assert (row["lower"], row["confidence"]) == (None, None)


def test_an_argument_may_be_a_table_in_a_file(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    data = file(tmp_path, BANDS)
    reference = file(
        tmp_path,
        "age_band,events,population\n0-64,200,90000\n65-84,500,9000\n85+,300,900\n",
        "r.csv",
    )
    text = said(
        capsys, "indirectly-standardised-ratio", data, "--events", "deaths", "--population",
        "people", "--age-band", "age", "--reference", reference, "--by", "place",
    )  # fmt: skip
    _, _, first, second, *_ = cells(text)
    assert first[:3] == ["A", "130", "201.1"]
    assert "incomplete_bands" in second


def test_csv_and_parquet_in_and_out_are_the_same(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    data = file(tmp_path, COUNTS)
    pq.write_table(_tables.read(Path(data)), tmp_path / "data.parquet")
    results = []
    for source in (data, str(tmp_path / "data.parquet")):
        for name in ("out.csv", "out.parquet"):
            out = tmp_path / name
            said(capsys, "proportion", source, "--numerator", "had", "--denominator", "due",
                 "--out", str(out))  # fmt: skip
            results.append(_tables.read(out).to_pylist())
    assert all(result == results[0] for result in results)
    assert results[0][0]["practice"] == "00A"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_files_are_read_as_they_are_really_written(
    tmp_path: Path, encoding: str, delimiter: str
) -> None:
    text = "place,x,day,ok,code,none\nCôte,1,2026-01-31,TRUE,0123,\nB,+2.5,NA,false,0456,NA\n"
    path = Path(file(tmp_path, text.replace(",", delimiter), encoding=encoding))
    table = _tables.read(path)
    assert table.column("place").to_pylist() == ["Côte", "B"]
    assert table.column("x").to_pylist() == [1, 2.5]
    assert table.schema.field("day").type == pa.date32()
    assert table.column("ok").to_pylist() == [True, False]
    assert table.column("code").to_pylist() == ["0123", "0456"]
    assert table.column("none").null_count == 2


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("a,b\n1,2\n3\n", ["has fewer fields than the heading", "line 3"]),
        ("a,a\n1,2\n", ["Two columns are named 'a'", "line 1"]),
        ("", ["The file is empty"]),
        ("PK\x03\x04", ["an Excel workbook"]),
    ],
)
def test_a_file_that_is_no_table_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], text: str, words: list[str]
) -> None:
    error = refused(capsys, "mean", file(tmp_path, text), "--value", "a")
    assert all(word in error for word in words)


def test_a_wrong_call_says_what_to_do(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    data = file(tmp_path, COUNTS)
    assert "Missing option '--numerator'" in refused(capsys, "proportion", data)
    error = refused(capsys, "proportion", data, "--numerator", "hat", "--denominator", "due")
    assert "no column 'hat'" in error
    assert "practice, had, due" in error
    asked = ["proportion", data, "--numerator", "had", "--denominator", "due"]
    assert "95" in refused(capsys, *asked, "--levels", "95")
    assert ".csv or .parquet" in refused(capsys, *asked, "--out", str(tmp_path / "out.xlsx"))
    assert "does not exist" in refused(capsys, "proportion", str(tmp_path / "nothing.csv"))
    assert "No such command" in refused(capsys, "proportoin", data)
    (tmp_path / "bad.parquet").write_bytes(b"PAR1 and nothing more")
    assert "damaged" in refused(capsys, "mean", str(tmp_path / "bad.parquet"), "--value", "had")


def test_underscores_are_taken_too(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    data = file(tmp_path, "v\n3\n1\n2\n")
    text = said(capsys, "quantile_groups", data, "--value", "v", "--quantiles", "3")
    assert [row[:2] for row in cells(text)[2:]] == [["3", "1"], ["1", "3"], ["2", "2"]]
    text = said(
        capsys,
        "quantile_groups",
        data,
        "--value",
        "v",
        "--quantiles",
        "3",
        "--highest-first",
        "false",
    )
    assert [row[:2] for row in cells(text)[2:]] == [["3", "3"], ["1", "1"], ["2", "2"]]


def test_a_long_result_is_cut_and_says_so(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    data = file(tmp_path, "x,n\n" + "".join(f"{n},{n + 5}\n" for n in range(1, 60)))
    text = said(capsys, "proportion", data, "--numerator", "x", "--denominator", "n", "--rows", "5")
    assert len(cells(text)) == 7
    assert "54 more rows" in text


def test_every_statistic_is_a_command_and_every_argument_an_option() -> None:
    found = stats.statistics()
    taking = {
        name.replace("_", "-")
        for name in statistics.__all__
        if inspect.isfunction(getattr(statistics, name))
        and (first := next(iter(inspect.signature(getattr(statistics, name)).parameters.values())))
        and first.kind is inspect.Parameter.POSITIONAL_ONLY
    }
    assert taking == {*found}
    assert {"proportion", "life-expectancy", "slope-index-of-inequality"} <= taking
    for name, function in found.items():
        _, *parameters = inspect.signature(function).parameters
        options = {option.name: option for option in stats.asking(name, function).params}
        for parameter in parameters:
            assert parameter in options, f"{name} {parameter}"
            assert getattr(options[parameter], "help", None), f"{name} {parameter}"
