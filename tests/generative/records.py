"""Random records: a few people, every table, and the days and gaps at which mistakes hide."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from hypothesis import strategies as st

from fairpractice.codelists import Code, Codelist
from fairpractice.record.dates import month_ends, months_before
from fairpractice.record.tables import (
    APPOINTMENT_STATUSES,
    CONTACT_DETAILS,
    FACT_STATUSES,
    LAWFUL_BASES,
    ROUTES,
    SENSITIVITIES,
    SEXES,
    URGENT_CONTACT_KINDS,
)
from fairpractice.record.topics import TOPICS


Tables = dict[str, list[dict[str, Any]]]

# Month ends of every length, leap days, the turn of a year.
LAST_DAYS = [
    dt.date(2024, 2, 29),
    dt.date(2025, 2, 28),
    dt.date(2025, 3, 31),
    dt.date(2025, 12, 31),
    dt.date(2026, 1, 1),
    dt.date(2026, 10, 31),
    dt.date(2026, 7, 15),
]
MONTHS = [1, 6, 12, 15]
TOPICS_ASKED = ["homelessness", "temporary_housing", "carer", "domestic_abuse"]


def _codelist(name: str, *codes: tuple[str, str]) -> Codelist:
    return Codelist(
        id=name,
        title=name.capitalize(),
        system="local",
        release="",
        source="a test",
        licence="none",
        status="starter" if codes else "empty",
        sha256="",
        codes=tuple(Code(code, code, "", system) for system, code in codes),
    )


# A code in two lists, a code that two systems share, a list of two systems, an empty list.
LISTS = {
    each.id: each
    for each in (
        _codelist("this", ("local", "a"), ("local", "b")),
        _codelist("that", ("local", "b"), ("ctv3", "a")),
        _codelist("other", ("ctv3", "c")),
        _codelist("nothing"),
    )
}
MEANT = [("local", "a"), ("local", "b"), ("ctv3", "a"), ("ctv3", "c"), ("local", "unlisted")]
for topic in TOPICS.values():
    for name in filter(None, (topic.codelist, topic.ended_by)):
        LISTS[name] = _codelist(name, ("local", name))
        if topic.id in TOPICS_ASKED:
            MEANT.append(("local", name))


def _dates(last: dt.date, count: int, ends: bool) -> list[dt.date]:
    if ends:
        return month_ends(last, count)
    return [last - dt.timedelta(days=n) for n in range(count - 1, -1, -1)]


DATES = st.builds(
    _dates, st.sampled_from(LAST_DAYS), st.sampled_from([1, 3, 1, 3, 12]), st.booleans()
)
"""One date, or several, oldest first: month-ends, or days close together."""


@dataclass(frozen=True)
class Near:
    """A day at or beside the edge of a window of one of the dates, whichever they will be."""

    date: int
    months: int
    days: int

    def day(self, dates: list[dt.date]) -> dt.date:
        on = dates[self.date % len(dates)]
        return months_before(on, self.months) + dt.timedelta(days=self.days)


def _rows(**columns: st.SearchStrategy[Any]) -> st.SearchStrategy[list[Any]]:
    """Rows, of which the first may be there again."""
    rows = st.lists(st.fixed_dictionaries(columns), max_size=4)
    return st.builds(lambda rows, again: rows + rows[:1] * again, rows, st.booleans())


# Built once: building strategies takes longer than drawing from them.
DAYS = st.builds(
    Near,
    st.sampled_from([0, 0, 1, 5, 11]),
    st.sampled_from([0, *MONTHS, 24, 12 * 60]),
    st.sampled_from([0, 1, -1, 10]),
)
MAYBE_DAYS = st.none() | st.none() | DAYS
LATELY = st.builds(Near, st.just(0), st.sampled_from([0, 1]), st.sampled_from([0, -1]))
BIRTHS = st.builds(
    Near, st.just(0), st.sampled_from([-12, 0, 17 * 12, 18 * 12, 41 * 12]), st.just(0)
)
CODED = {"coded": st.sampled_from(MEANT)}
VALUES = st.sampled_from([None, float("nan"), -1.0, 0.0, 1.0, 2.5, 140.0])
PERSON = st.fixed_dictionaries(
    {
        "patient": st.lists(
            st.fixed_dictionaries(
                {
                    "birth_month": st.none() | BIRTHS,
                    "sex": st.sampled_from([None, *SEXES]),
                    "death_month": st.none() | st.none() | DAYS,
                    "contact_details": st.sampled_from([None, *CONTACT_DETAILS]),
                }
            ),
            max_size=1,
        ),
        "registration": _rows(
            practice_code=st.just("Y00001"), start_date=DAYS, end_date=MAYBE_DAYS
        ),
        "address": _rows(
            area_code=st.just("E01000001"),
            area_vintage=st.just("lsoa_2021"),
            start_date=MAYBE_DAYS,
            end_date=MAYBE_DAYS,
        ),
        "event": _rows(**CODED, date=DAYS, value=VALUES),
        "medication": _rows(**CODED, issued_on=DAYS, days_supply=st.sampled_from([None, 28])),
        "appointment": _rows(
            start_date=DAYS,
            status=st.sampled_from(APPOINTMENT_STATUSES),
            clinician_id=st.sampled_from([None, "A", "B"]),
            minutes=VALUES,
        ),
        "urgent_contact": _rows(date=DAYS, kind=st.sampled_from(URGENT_CONTACT_KINDS)),
        "social_fact": _rows(
            topic=st.sampled_from(TOPICS_ASKED),
            status=st.sampled_from(FACT_STATUSES),
            route=st.sampled_from(ROUTES),
            recorded_on=LATELY | DAYS,
            true_from=MAYBE_DAYS,
            true_until=MAYBE_DAYS,
            lawful_basis=st.sampled_from(LAWFUL_BASES),
            sensitivity=st.sampled_from(SENSITIVITIES),
        ),
    }
)
PEOPLE = st.lists(PERSON, min_size=1, max_size=10)


def tables(people: list[Tables], dates: list[dt.date]) -> Tables:
    """Return the tables of the people drawn, their days now those of the dates asked about."""
    together: Tables = {}
    for patient_id, person in enumerate(people, start=1):
        for table, rows in person.items():
            for row in rows:
                system, code = row.get("coded", (None, None))
                filled = {
                    column: value.day(dates) if isinstance(value, Near) else value
                    for column, value in row.items()
                    if column != "coded"
                }
                for month in filled.keys() & {"birth_month", "death_month"}:
                    filled[month] = filled[month] and filled[month].replace(day=1)
                filled |= {"code_system": system, "code": code} if code else {}
                together.setdefault(table, []).append({"patient_id": patient_id, **filled})
    return {name: together.get(name, []) for name in PERSON_TABLES}


PERSON_TABLES = (
    "patient",
    "registration",
    "address",
    "event",
    "medication",
    "appointment",
    "urgent_contact",
    "social_fact",
)
