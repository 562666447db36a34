"""First dose of measles, mumps and rubella vaccine."""

import datetime as dt

from fairpractice.criteria import age, coded_entries, ever, registered
from fairpractice.measures.measure import Measure


MEASURE = Measure(
    title="Measles, mumps and rubella vaccine: first dose by 2",
    why="Measles spreads wherever fewer than 95 % of children are vaccinated, and finds those who "
    "move often, whose parents have little English, or who live where clinics are hard to reach.",
    source="UK Health Security Agency, Cover of vaccination evaluated rapidly (COVER): children "
    "who reach 2 years; Green Book chapter 21",
    author="fairpractice contributors",
    checked_by="A second developer, 2026-11-23, against the agency’s schedule from January 2026 "
    "and its pages on COVER; no clinician yet",
    review_by=dt.date(2027, 11, 23),
    population=registered() & age(2, 2),
    numerator=coded_entries("mmr-vaccination") >= 1,
    outcomes={
        "declined": ever("mmr-vaccination-declined"),
    },
    better="higher",
    notes="Children of 2 on the day asked are looked at, and a dose given after the second "
    "birthday counts, where COVER counts up to that birthday. Vaccinations abroad are often "
    "missing from the record. Since January 2026 the vaccine is given at 12 months with that "
    "against varicella (chickenpox), which counts.",
    tags=("vaccination", "children", "prevention"),
    spec="""
    person                 | birth   | sex    | record                     | counted
    in: one dose           | 2024-05 | male   | mmr-vaccination 2025-06-01 | yes
    out: none              | 2024-05 | female |                            | no
    missing: birth         |         | female | mmr-vaccination 2025-06-01 | unknown
    missing: sex           | 2024-05 |        | mmr-vaccination 2025-06-01 | yes
    on the day             | 2024-05 | male   | mmr-vaccination 2026-10-31 | yes
    a day later            | 2024-05 | male   | mmr-vaccination 2026-11-01 | no
    aged 1                 | 2024-11 | male   | mmr-vaccination 2026-01-01 | not asked
    aged 2                 | 2024-10 | male   |                            | no
    aged 3                 | 2023-10 | male   |                            | not asked
    declined: counted      | 2024-05 | male   | mmr-vaccination-declined 2025-06-01 | no, declined
    not registered         | 2024-05 | male   | not registered             | not asked
    died                   | 2024-05 | male   | died 2026-08               | not asked
    """,
)
