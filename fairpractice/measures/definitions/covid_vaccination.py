"""COVID-19 vaccination at 75 and over."""

import datetime as dt

from fairpractice.criteria import age, registered, within
from fairpractice.measures.measure import Measure


MEASURE = Measure(
    title="COVID-19 vaccination at 75 and over",
    why="Immunity fades within months, and nearly all who die of COVID-19 now are old. Uptake is "
    "far lower in several minority groups and in the most deprived areas.",
    source="Joint Committee on Vaccination and Immunisation, advice of 13 November 2024 and 16 "
    "July 2025 on COVID-19 vaccination from spring 2025 to spring 2027: adults of 75 and over, "
    "residents of care homes for older adults and people with weakened immunity; UK Health "
    "Security Agency, Green Book chapter 14a",
    author="fairpractice contributors",
    checked_by="A second developer, 2026-11-23, against the government’s decision on spring 2026; "
    "autumn 2026 as public code quotes it; no clinician yet",
    review_by=dt.date(2027, 11, 23),
    population=registered() & age(75),
    numerator=within("covid-vaccination", months=12),
    outcomes={
        "declined": within("covid-vaccination-declined", months=12),
    },
    better="higher",
    notes="One dose in 12 months counts, though there may be two campaigns in them. Younger "
    "residents of care homes and people with weakened immunity are not looked at. Most are "
    "vaccinated elsewhere: where the practice was not told, they seem not to be.",
    tags=("vaccination", "prevention"),
    spec="""
    person                 | birth   | sex    | record                               | counted
    in: last winter        | 1945-05 | male   | covid-vaccination 2025-11-12         | yes
    out: never             | 1945-05 | female |                                      | no
    missing: birth         |         | female | covid-vaccination 2025-11-12         | unknown
    missing: sex           | 1945-05 |        | covid-vaccination 2025-11-12         | yes
    first day              | 1945-05 | male   | covid-vaccination 2025-11-01         | yes
    a day too early        | 1945-05 | male   | covid-vaccination 2025-10-31         | no
    declined: counted      | 1945-05 | male   | covid-vaccination-declined 2026-10-05 | no, declined
    aged 74                | 1951-11 | male   | covid-vaccination 2025-11-12         | not asked
    aged 75                | 1951-10 | male   | covid-vaccination 2025-11-12         | yes
    not registered         | 1945-05 | male   | not registered                       | not asked
    died                   | 1945-05 | male   | died 2026-08                         | not asked
    """,
)
