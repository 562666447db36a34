"""Smoking status recorded in two years."""

import datetime as dt

from fairpractice.criteria import age, any_of, registered, within
from fairpractice.measures.measure import Measure


MEASURE = Measure(
    title="Smoking status recorded in 2 years",
    why="Smoking is the largest single cause of the gap in life expectancy between rich and poor. "
    "Help begins with being asked, and those who seldom come are not.",
    source="Quality and Outcomes Framework 2013/14, SMOK001, since retired: people of 15 and over "
    "whose smoking status was recorded in the last 24 months; NHS England, Core20PLUS5 (smoking "
    "cessation)",
    author="fairpractice contributors",
    checked_by="A second developer, 2026-11-23, against a guide to the framework of 2013/14, and "
    "the guidance of 2026/27 as public code quotes it; no clinician yet",
    review_by=dt.date(2027, 11, 23),
    population=registered() & age(15),
    numerator=any_of(
        within("smoking-current", months=24),
        within("smoking-ex", months=24),
        within("smoking-never", months=24),
    ),
    better="higher",
    notes="Somebody once recorded as never having smoked counts only when asked again, where the "
    "framework let that stand from the age of 25. Today’s framework asks only after people with a "
    "long-term condition, each year (SMOK002). Vaping is not looked at. The list of those who "
    "never smoked has one code.",
    tags=("smoking", "completeness", "Core20PLUS5", "prevention"),
    spec="""
    person              | birth   | sex    | record                     | counted
    in: smokes          | 1980-05 | male   | smoking-current 2026-02-03 | yes
    out: not recorded   | 1980-05 | female |                            | no
    missing: birth      |         | female | smoking-current 2026-02-03 | unknown
    has stopped         | 1980-05 | male   | smoking-ex 2026-02-03      | yes
    never did           | 1980-05 | male   | smoking-never 2026-02-03   | yes
    first day           | 1980-05 | male   | smoking-never 2024-11-01   | yes
    a day too early     | 1980-05 | male   | smoking-never 2024-10-31   | no
    aged 14             | 2011-11 | male   |                            | not asked
    aged 15             | 2011-10 | male   |                            | no
    not registered      | 1980-05 | male   | not registered             | not asked
    died                | 1980-05 | male   | died 2026-08               | not asked
    """,
)
