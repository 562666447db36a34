"""Three doses of the six-in-one vaccine."""

import datetime as dt

from fairpractice.criteria import age, coded_entries, registered
from fairpractice.measures.measure import Measure


MEASURE = Measure(
    title="Six-in-one vaccine: three doses by 1",
    why="Whooping cough kills babies who are too young to be protected or whose vaccinations were "
    "late. Babies of families who move, or who are not registered soon, are late most often.",
    source="UK Health Security Agency, Cover of vaccination evaluated rapidly (COVER): children "
    "who reach 1 year, three doses of DTaP/IPV/Hib/HepB; Green Book chapter 24",
    author="fairpractice contributors",
    checked_by="A second developer, 2026-11-23, against the agency’s schedule from January 2026 "
    "and its pages on COVER; no clinician yet",
    review_by=dt.date(2027, 11, 23),
    population=registered() & age(1, 1),
    numerator=coded_entries("six-in-one-vaccination") >= 3,
    better="higher",
    notes="Children of 1 on the day asked are looked at, and doses given after the first birthday "
    "count, where COVER counts up to that birthday. The three are due at 8, 12 and 16 weeks; the "
    "fourth, at 18 months since January 2026, is not asked for. No openly licensed list of codes "
    "for the vaccine is known: add your own to have this measure.",
    tags=("vaccination", "children", "prevention"),
    spec="""
    person           | birth   | sex    | record                                | counted
    in: three doses  | 2025-05 | male   | 3 x six-in-one-vaccination 2025-08-01 | yes
    out: two doses   | 2025-05 | female | 2 x six-in-one-vaccination 2025-08-01 | no
    missing: birth   |         | female | 3 x six-in-one-vaccination 2025-08-01 | unknown
    none             | 2025-05 | male   |                                       | no
    third a day later | 2025-05 | male  | 2 x six-in-one-vaccination 2025-08-01; six-in-one-vaccination 2026-11-01 | no
    under 1          | 2025-11 | male   | 3 x six-in-one-vaccination 2026-08-01 | not asked
    aged 2           | 2024-10 | male   | 3 x six-in-one-vaccination 2025-08-01 | not asked
    not registered   | 2025-05 | male   | not registered                        | not asked
    """,
)
