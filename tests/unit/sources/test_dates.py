import datetime as dt
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fairpractice.engines.duckdb import connect
from fairpractice.sources.dates import DateFormat


@pytest.mark.parametrize(
    ("written", "text", "day"),
    [
        ("dd/mm/yyyy", "03/04/2021", dt.date(2021, 4, 3)),
        ("dd/mm/yyyy", "3/4/2021 00:00:00", dt.date(2021, 4, 3)),
        ("mm/dd/yyyy", "03/04/2021", dt.date(2021, 3, 4)),
        ("yyyy-mm-dd", "2021-04-03T10:15:00Z", dt.date(2021, 4, 3)),
        ("yyyymmdd", "20210403", dt.date(2021, 4, 3)),
        ("dd-mon-yyyy", "03-APR-2021 09:00", dt.date(2021, 4, 3)),
        ("dd mon yyyy", "3 Apr 2021", dt.date(2021, 4, 3)),
        ("dd.mm.yyyy", "03.04.2021", dt.date(2021, 4, 3)),
        ("mm/yyyy", "04/2021", dt.date(2021, 4, 1)),
    ],
)
def test_a_date_is_read_as_the_format_says(written: str, text: str, day: dt.date) -> None:
    matched = re.fullmatch(DateFormat(written).pattern, text)
    assert matched
    assert dt.datetime.strptime(matched[1], DateFormat(written).strptime).date() == day


@pytest.mark.parametrize(
    ("written", "text"),
    [
        ("dd.mm.yyyy", "03/04/2021"),
        ("yyyymmdd", "2021043"),
        ("dd/mm/yyyy", "03/04/21"),
        ("dd/mm/yyyy", "03/04/2021 or so"),
        ("yyyy-mm-dd", "2021-04-031"),
    ],
)
def test_what_is_written_otherwise_is_not_read(written: str, text: str) -> None:
    assert not re.fullmatch(DateFormat(written).pattern, text)


@pytest.mark.parametrize(
    "written", ["", "dd/mm/yy", "yyyy", "dd/mm", "%d/%m/yyyy", "mm/dd/mm/yyyy"]
)
def test_a_format_that_cannot_be_meant_is_refused(written: str) -> None:
    with pytest.raises(ValueError, match=r"needs|not understood"):
        DateFormat(written)


@given(st.dates(dt.date(1900, 1, 1), dt.date(2100, 12, 31)))
def test_the_engine_reads_dates_as_python_does(day: dt.date) -> None:
    for written, text in (
        ("dd/mm/yyyy", f"{day:%d/%m/%Y}"),
        ("yyyymmdd", f"{day:%Y%m%d}"),
        ("dd-mon-yyyy", f"{day.day}-{_MONTHS[day.month - 1]}-{day.year}"),
    ):
        form = DateFormat(written)
        found = _ENGINE.execute(
            "SELECT try_strptime(regexp_extract(?, ?, 1), ?)::DATE",
            (text, form.pattern, form.strptime),
        )
        assert found == [(day,)]


_ENGINE = connect(threads=1)
_MONTHS = ("jan", "FEB", "Mar", "apr", "MAY", "Jun", "jul", "AUG", "Sep", "oct", "NOV", "Dec")
