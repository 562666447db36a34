"""Asthma review of children and young people."""

import datetime as dt

from fairpractice.criteria import age, on_register, registered, within
from fairpractice.measures.measure import Measure


MEASURE = Measure(
    title="Asthma review of children and young people",
    why="Children in the most deprived areas are taken to hospital with asthma far more often, and "
    "damp homes, smoke and traffic are part of it. A review prevents attacks. Asthma is one of the "
    "five clinical areas of Core20PLUS5 for children.",
    source="Quality and Outcomes Framework 2026/27, AST015 (asthma review in 12 months, aged 5 or "
    "over; AST007, from 6, before July 2026); NHS England, Core20PLUS5 for children and young "
    "people, 1 (asthma)",
    author="fairpractice contributors",
    checked_by="A second developer, 2026-11-23, against the framework’s guidance 2026/27, as "
    "public code quotes it, and NHS England’s page on Core20PLUS5; no clinician yet",
    review_by=dt.date(2027, 11, 23),
    population=registered() & age(5, 17) & on_register("asthma", ended_by="asthma-resolved"),
    numerator=within("asthma-review", months=12),
    outcomes={
        "invited": within("asthma-invited", months=12),
        "declined": within("asthma-declined", months=12),
        "unsuitable": within("asthma-unsuitable", months=12),
    },
    better="higher",
    notes="Core20PLUS5 asks for less reliance on relievers and fewer attacks, which this does not "
    "show: it shows whether anybody looked. The framework’s register also asks for a medicine in "
    "the last 12 months. Children under 5, in whom asthma is seldom certain, are left out.",
    tags=("asthma", "children", "respiratory", "review", "Core20PLUS5"),
    spec="""
    person              | birth   | sex    | record                                        | counted
    in: reviewed        | 2015-05 | male   | asthma 2020-03-01; asthma-review 2026-02-03   | yes
    out: not reviewed   | 2015-05 | female | asthma 2020-03-01                             | no
    missing: birth      |         | female | asthma 2020-03-01                             | unknown
    first day           | 2015-05 | male   | asthma 2020-03-01; asthma-review 2025-11-01   | yes
    a day too early     | 2015-05 | male   | asthma 2020-03-01; asthma-review 2025-10-31   | no
    aged 4              | 2021-11 | male   | asthma 2024-03-01                             | not asked
    aged 5              | 2021-10 | male   | asthma 2024-03-01                             | no
    aged 17             | 2008-11 | male   | asthma 2020-03-01                             | no
    aged 18             | 2008-10 | male   | asthma 2020-03-01                             | not asked
    resolved            | 2015-05 | male   | asthma 2020-03-01; asthma-resolved 2024-01-01 | not asked
    invited, declined   | 2015-05 | male   | asthma 2020-03-01; asthma-invited 2026-01-03; asthma-declined 2026-02-03 | no, invited, declined
    unsuitable: counted | 2015-05 | male   | asthma 2020-03-01; asthma-unsuitable 2026-02-03 | no, unsuitable
    not registered      | 2015-05 | male   | asthma 2020-03-01; not registered             | not asked
    died                | 2015-05 | male   | asthma 2020-03-01; died 2026-08               | not asked
    """,
)
