"""Two doses of measles, mumps and rubella vaccine."""

import datetime as dt

from fairpractice.criteria import age, coded_entries, ever, registered
from fairpractice.measures.measure import Measure


MEASURE = Measure(
    title="Measles, mumps and rubella vaccine: two doses by 5",
    why="Two doses protect for life. Uptake of the second falls most steeply with deprivation, and "
    "outbreaks begin in the neighbourhoods that were left behind.",
    source="UK Health Security Agency, Cover of vaccination evaluated rapidly (COVER): children "
    "who reach 5 years; Green Book chapter 21",
    author="fairpractice contributors",
    checked_by="A second developer, 2026-11-23, against the agency’s schedule from January 2026 "
    "and its pages on COVER; no clinician yet",
    review_by=dt.date(2027, 11, 23),
    population=registered() & age(5, 5),
    numerator=coded_entries("mmr-vaccination") >= 2,
    outcomes={
        "declined": ever("mmr-vaccination-declined"),
    },
    better="higher",
    notes="Children of 5 on the day asked are looked at, and doses given after the fifth birthday "
    "count, where COVER counts up to that birthday. One dose that was entered twice looks like "
    "two. Children born since July 2024 are given the second at 18 months, those born before at 3 "
    "years and 4 months; both with the vaccine against varicella (chickenpox) since January 2026, "
    "which counts. Vaccinations abroad are often missing from the record.",
    tags=("vaccination", "children", "prevention"),
    spec="""
    person                 | birth   | sex    | record                                                 | counted
    in: two doses          | 2021-05 | male   | mmr-vaccination 2022-06-01; mmr-vaccination 2024-10-01 | yes
    out: one dose          | 2021-05 | female | mmr-vaccination 2022-06-01                             | no
    missing: birth         |         | female | 2 x mmr-vaccination 2022-06-01                         | unknown
    missing: sex           | 2021-05 |        | mmr-vaccination 2022-06-01; mmr-vaccination 2024-10-01 | yes
    none                   | 2021-05 | male   |                                                        | no
    second a day later     | 2021-05 | male   | mmr-vaccination 2022-06-01; mmr-vaccination 2026-11-01 | no
    aged 4                 | 2021-11 | male   | mmr-vaccination 2022-12-01                             | not asked
    aged 5                 | 2021-10 | male   | mmr-vaccination 2022-11-01                             | no
    aged 6                 | 2020-10 | male   | mmr-vaccination 2022-11-01                             | not asked
    second declined        | 2021-05 | male   | mmr-vaccination 2022-06-01; mmr-vaccination-declined 2024-10-01 | no, declined
    not registered         | 2021-05 | male   | not registered                                         | not asked
    died                   | 2021-05 | male   | died 2026-08                                           | not asked
    """,
)
