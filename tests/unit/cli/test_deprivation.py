import csv
from pathlib import Path

import pytest

from fairpractice.cli import run


@pytest.fixture
def index(tmp_path: Path) -> Path:
    file = tmp_path / "index.csv"
    rows = [[f"E01{n:06}", n, 100 - n, 1000] for n in range(1, 11)]
    with file.open("w", encoding="utf-8", newline="") as out:
        csv.writer(out).writerows([["area code", "rank", "score", "population"], *rows])
    return file


def test_an_edition_is_added_and_seen(
    index: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    there = ["--definitions", str(tmp_path / "definitions")]
    assert run(["deprivation", "add", "fictional2025", "--file", str(index), *there]) == 0
    assert "10 areas (LSOA 2021 in a fictional place) added" in capsys.readouterr().out
    assert run(["deprivation", "status", *there]) == 0
    said = capsys.readouterr().out
    assert "fictional2025: LSOA 2021 in a fictional place; added" in said
    assert "10 rows from index.csv" in said
    assert "imd2025: LSOA 2021 in England; not added" in said


def test_practices_are_scored_into_a_file(
    index: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    there = ["--definitions", str(tmp_path / "definitions")]
    run(["deprivation", "add", "fictional2025", "--file", str(index), *there])
    register = tmp_path / "register.csv"
    register.write_text(
        "PRACTICE_CODE,LSOA_CODE,NUMBER_OF_PATIENTS\nP1,E01000001,3\nP1,E01000003,1\nP2,,4\n",
        encoding="utf-8",
    )
    out = tmp_path / "scores.csv"
    asked = ["--register", str(register), "--vintage", "lsoa_2021", "--edition", "fictional2025"]
    assert run(["deprivation", "practices", *asked, "--out", str(out), *there]) == 0
    with out.open(encoding="utf-8", newline="") as lines:
        one, two = csv.DictReader(lines)
    assert (one["score"], one["quintile"], one["direction"]) == ("98.5", "1", "1 = most deprived")
    assert (two["score"], two["patients_without_area"]) == ("", "4")
    assert "2 practices, 1 scored" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["add", "imd2024", "--file", "{index}"], "no deprivation edition 'imd2024'"),
        (["add", "imd2025", "--file", "{index}"], "this file has 10"),
        (["add", "imd2025", "--file", "none.csv"], "cannot be read"),
        (["add", "fictional2025", "--file", "{index}", "--column", "rank"], "not NAME=HEADING"),
        (["lookup", "add", "lsoa_2011", "lsoa_2021", "--file", "{index}"], "chgind"),
        (
            ["practices", "--register", "{index}", "--vintage", "lsoa_2021", "--edition",
             "imd2025", "--out", "o.csv"],
            "'practice code'",
        ),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said_without_a_traceback(
    index: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    arguments: list[str],
    says: str,
) -> None:
    monkeypatch.chdir(tmp_path)
    assert run(["deprivation", *(part.format(index=index) for part in arguments)]) == 2
    said = capsys.readouterr().err
    assert says in said
    assert "Traceback" not in said
    assert not list(tmp_path.glob("definitions/**/*"))
    assert not (tmp_path / "o.csv").exists()


def test_a_reference_folder_without_the_files_is_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["england", "--reference", str(tmp_path)]) == 2
    assert "imd2019_england_lsoa11.csv.gz" in capsys.readouterr().err
