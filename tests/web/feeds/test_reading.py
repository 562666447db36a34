"""Reading a file of facts: whatever comes, each line is a row or has its reason."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fairpractice.errors import FairpracticeError


pytest.importorskip("django", reason="The service is not installed. Install it: make install")
from fairpractice.web.feeds import reading


TODAY = dt.date(2026, 11, 3)
COLUMNS = {name: name for name in (*reading.NEEDED, *reading.OPTIONAL)}
HEADING = ",".join(COLUMNS)
GOOD = "9990000018,1984-03-27,debt,present,2026-10-01,Testperson"


def read(text: str | bytes) -> list[reading.Row]:
    data = text if isinstance(text, bytes) else text.encode()
    return reading.read(data, COLUMNS, ["debt", "housing_problem"], TODAY)


def test_a_line_says_whom_what_and_when() -> None:
    (row,) = read(f"{HEADING}\n{GOOD}\n")
    assert row == reading.Row(
        2, "9990000018", "Testperson", dt.date(1984, 3, 27), "debt", "present", dt.date(2026, 10, 1)
    )


def test_people_write_the_same_in_other_ways() -> None:
    (row,) = read(
        f"\ufeff{HEADING.upper()}\r\n999 000 0018, 27/03/1984,A Housing Problem,No,1/10/2026,\r\n"
    )
    assert (row.nhs_number, row.topic, row.status) == ("9990000018", "housing_problem", "absent")
    assert row.stated_on == dt.date(2026, 10, 1)


@pytest.mark.parametrize(
    ("line", "said"),
    [
        (GOOD.replace("9990000018", "9990000019"), "NHS number is none"),
        (GOOD.replace("9990000018", "").replace("Testperson", ""), "no NHS number"),
        (GOOD.replace("1984-03-27", "1984-02-31"), "date of birth"),
        (GOOD.replace("1984-03-27", "2027-02-01"), "date of birth"),
        (GOOD.replace("debt", "prison"), "topic"),
        (GOOD.replace("present", "perhaps"), "status"),
        (GOOD.replace("2026-10-01", "2026-11-04"), "still to come"),
        (GOOD.replace("2026-10-01", "1980-11-04"), "before the date of birth"),
        (GOOD.replace("Testperson", "x" * 101), "family name"),
        (GOOD + ",more", "as many fields"),
    ],
)
def test_what_is_wrong_with_a_line_is_said_without_repeating_it(line: str, said: str) -> None:
    good, bad = read(f"{HEADING}\n{GOOD}\n{line}\n")
    assert not good.problem
    assert said in bad.problem
    assert not any(len(part) > 3 and part in bad.problem for part in line.split(","))
    assert bad.number == 3


def test_a_line_is_named_as_an_editor_counts_it() -> None:
    note = GOOD.replace("Testperson", '"Test\nperson"')
    assert [row.number for row in read(f"{HEADING}\n{note}\n\n{GOOD}\n")] == [2, 5]


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "empty"),
        (b"PK\x03\x04 a workbook", "not a CSV file"),
        (b"%PDF-1.7", "not a CSV file"),
        (b"a,b\0", "not a CSV file"),
        ("name\nJos\xe9\n".encode("latin-1"), "UTF-8"),
        (b"a,b\n1,2\n", "no column called"),
        (HEADING.encode(), "no line"),
        (f"{HEADING},topic\n".encode(), "more than one column"),
        (f'{HEADING}\n"unclosed\n'.encode(), "stops being CSV"),
    ],
)
def test_a_file_that_is_none_is_refused_with_what_to_do(data: bytes, said: str) -> None:
    with pytest.raises(FairpracticeError, match=said) as caught:
        read(data)
    assert caught.value.fix


def test_a_file_that_is_too_long_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "MOST_LINES", 2)
    assert len(read("\n".join([HEADING, GOOD, GOOD]))) == 2
    with pytest.raises(FairpracticeError, match="more than 2 lines"):
        read("\n".join([HEADING, GOOD, GOOD, GOOD]))


def read_or_refuse(data: bytes) -> list[reading.Row]:
    """Return the rows; none when the file is refused, which says what to do."""
    try:
        return read(data)
    except FairpracticeError as error:
        if not error.fix:
            raise AssertionError("it does not say what to do") from error
        return []


FIELDS = st.one_of(st.sampled_from(GOOD.split(",")), st.text(max_size=12))


@given(st.lists(st.lists(FIELDS, min_size=1, max_size=8), max_size=8))
def test_whatever_is_in_the_lines_each_is_a_row_or_has_its_reason(lines: list[list[str]]) -> None:
    quoted = [",".join('"' + each.replace('"', '""') + '"' for each in line) for line in lines]
    rows = read_or_refuse("\n".join([HEADING, *quoted]).encode())
    wanted = [line for line in lines if any(each.strip() for each in line)]
    assert len(rows) in (len(wanted), 0), "the counts add up, or all of it is refused"
    assert all(row.problem or (row.topic and row.status) for row in rows)
    numbers = [row.number for row in rows]
    assert numbers == sorted(set(numbers))


HEADED = st.binary(max_size=60).map(lambda end: HEADING.encode() + b"\n" + end)


@given(st.one_of(st.binary(max_size=300), HEADED))
def test_bytes_of_any_kind_are_read_or_refused(data: bytes) -> None:
    read_or_refuse(data)
