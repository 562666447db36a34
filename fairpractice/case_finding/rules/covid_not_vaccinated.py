"""People of 75 and over without a COVID-19 vaccination in a year."""

import datetime as dt

from fairpractice.case_finding.rule import Rule
from fairpractice.criteria import age, ever, on_register, registered, within


RULE = Rule(
    title="Not vaccinated against COVID-19",
    why="Those who die of COVID-19 now are mostly old, and protection fades within months. Many "
    "cannot leave home, and were not asked twice.",
    source="Joint Committee on Vaccination and Immunisation, advice of 16 July 2025 on COVID-19 "
    "vaccination in autumn 2026 and spring 2027 (75 and over, residents of care homes for older "
    "adults, and people with weakened immunity)",
    author="fairpractice contributors",
    checked_by="A second developer, 2026-11-23, against the government’s announcements and "
    "the rules of uptake reporting 2026/27 as North Central London has them; no clinician yet",
    review_by=dt.date(2027, 11, 23),
    population=registered() & (age(75) | (age(65) & ever("care-home"))),
    finds=~within("covid-vaccination", months=12),
    outcomes={
        "declined": within("covid-vaccination-declined", months=12),
        "lives in a care home": ever("care-home"),
        "housebound": on_register("housebound", ended_by="no-longer-housebound"),
    },
    action="Check first whether it was given elsewhere. Then ring; offer a home visit to those who "
    "cannot come, and time for questions to those who are unsure.",
    notes="Care homes for older adults are not told from others: residents of 65 and over are "
    "taken, and that somebody moved out again is not seen. The programme calls in spring and in "
    "autumn; once in 12 months is asked for here. People with weakened immunity are not "
    "looked at. Somebody who declined stays on the list and is shown as such.",
    tags=("vaccination", "prevention"),
    spec="""
    person               | birth   | sex    | record                                    | found
    in: never            | 1945-05 | male   |                                           | yes
    out: last winter     | 1945-05 | female | covid-vaccination 2025-11-12              | no
    missing: birth       |         | female |                                           | unknown
    first day            | 1945-05 | male   | covid-vaccination 2025-11-01              | no
    a day too early      | 1945-05 | male   | covid-vaccination 2025-10-31              | yes
    declined: shown      | 1945-05 | male   | covid-vaccination-declined 2026-10-05     | yes, declined
    housebound: shown    | 1945-05 | male   | housebound 2024-10-05                     | yes, housebound
    in a care home       | 1961-10 | male   | care-home 2024-01-01                      | yes, lives in a care home
    in a home, aged 64   | 1961-11 | male   | care-home 2024-01-01                      | not asked
    aged 74              | 1951-11 | male   |                                           | not asked
    died                 | 1945-05 | male   | died 2026-08                              | not asked
    """,
)
