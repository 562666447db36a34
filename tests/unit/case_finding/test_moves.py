"""The file of moves: what it says is done, and nothing of it where a line cannot be read."""

import datetime as dt
from pathlib import Path

import pytest

from fairpractice.case_finding.moves import HEADINGS, Move, read_moves
from fairpractice.errors import FairpracticeError


KNOWN = {"9990000018": 41}


def written(folder: Path, *lines: str, headings: str = ",".join(HEADINGS)) -> Path:
    file = folder / "moves.csv"
    file.write_text("\n".join([headings, *lines]) + "\n", encoding="utf-8-sig")
    return file


def test_moves_are_read_by_number_and_by_pseudonym(tmp_path: Path) -> None:
    file = written(
        tmp_path,
        '999 000 0018,,on,"asked for it, twice",link worker,2026-10-01',
        ",42,off,moved away,practice manager,2026-10-02",
    )
    assert read_moves(file, lambda numbers: {n: KNOWN[n] for n in numbers}) == [
        Move(41, "on", "asked for it, twice", "link worker", dt.date(2026, 10, 1)),
        Move(42, "off", "moved away", "practice manager", dt.date(2026, 10, 2)),
    ]


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        (",42,off,,link worker,2026-10-01", "no reason"),
        (",42,off,moved away, ,2026-10-01", "nobody's name"),
        (",42,up,ill,link worker,2026-10-01", "on or off"),
        (",42,on,ill,link worker,1/10/2026", "date of a move"),
        (",someone,on,ill,link worker,2026-10-01", "not a number"),
        ("9990000026,,on,ill,link worker,2026-10-01", "not in the record"),
        (",,on,ill,link worker,2026-10-01", "not in the record"),
    ],
)
def test_a_line_that_cannot_be_used_is_refused_with_its_place(
    tmp_path: Path, line: str, problem: str
) -> None:
    file = written(tmp_path, ",41,on,ill,link worker,2026-10-01", line)
    with pytest.raises(FairpracticeError, match=problem) as error:
        read_moves(file, lambda numbers: KNOWN)
    assert error.value.where == f"{file}, line 3"


def test_a_file_without_a_column_is_refused(tmp_path: Path) -> None:
    file = written(tmp_path, ",41,on,ill,2026-10-01", headings="NHS number,Pseudonym,Move,By,Date")
    with pytest.raises(FairpracticeError, match="no column Reason"):
        read_moves(file, lambda numbers: KNOWN)


def test_a_file_that_is_not_there_or_not_text_is_refused(tmp_path: Path) -> None:
    with pytest.raises(FairpracticeError, match="cannot be read"):
        read_moves(tmp_path / "none.csv", lambda numbers: KNOWN)
    (tmp_path / "moves.csv").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(FairpracticeError, match="cannot be read"):
        read_moves(tmp_path / "moves.csv", lambda numbers: KNOWN)


def test_a_file_with_no_moves_yet_moves_nobody(tmp_path: Path) -> None:
    assert read_moves(written(tmp_path), lambda numbers: KNOWN) == []
