"""Babies and small children without three doses of the six-in-one vaccine."""

import datetime as dt

from fairpractice.case_finding.rule import Rule
from fairpractice.criteria import age, coded_entries, registered


RULE = Rule(
    title="Six-in-one vaccine missing",
    why="Whooping cough kills babies whose vaccinations were late. Families in temporary housing "
    "and those new in the country are registered late and invited later.",
    source="UK Health Security Agency, Green Book chapter 24, and the routine immunisation "
    "schedule of January 2026 (three doses at 8, 12 and 16 weeks, and for children born since July "
    "2024 a fourth at 18 months)",
    author="fairpractice contributors",
    checked_by="A second developer, 2026-11-23, against the government’s new schedule (annexe "
    "A, April 2025); no clinician yet",
    review_by=dt.date(2027, 11, 23),
    population=registered() & age(1, 9),
    finds=coded_entries("six-in-one-vaccination") < 3,
    action="Ask the family what they have on paper, also from abroad, and enter it. Otherwise offer "
    "the doses that are missing; the course is never begun again.",
    notes="Children from 1 up to their tenth birthday, the age up to which the vaccine is given. "
    "The three doses of the first months are looked at, not the fourth at 18 months. "
    "No openly licensed list of codes for it is known: add your own to have this rule.",
    tags=("vaccination", "children", "prevention", "inclusion"),
    spec="""
    person            | birth   | sex    | record                                | found
    in: two doses     | 2024-05 | male   | 2 x six-in-one-vaccination 2024-08-01 | yes
    out: three doses  | 2024-05 | female | 3 x six-in-one-vaccination 2024-08-01 | no
    missing: birth    |         | female | six-in-one-vaccination 2024-08-01     | unknown
    none              | 2024-05 | male   |                                       | yes
    under 1           | 2025-11 | male   |                                       | not asked
    aged 10           | 2016-10 | male   |                                       | not asked
    died              | 2024-05 | male   | died 2026-08                          | not asked
    """,
)
