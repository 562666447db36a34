"""Bowel cancer screening coverage."""

import datetime as dt

from fairpractice.criteria import age, ever, registered, within
from fairpractice.measures.measure import Measure


MEASURE = Measure(
    title="Bowel cancer screening coverage",
    why="A test kit at home finds bowel cancer early, when nearly all live. Fewer kits come back "
    "from deprived areas, men, and people with a learning disability or little English.",
    source="NHS Bowel Cancer Screening Programme: a test kit every 2 years at ages 50 to 74; "
    "coverage is a result within 2.5 years, as in the Public Health "
    "Outcomes Framework",
    author="fairpractice contributors",
    checked_by="A second developer, 2026-11-23, against the published definition of coverage and "
    "NHS North Central London’s code; no clinician yet",
    review_by=dt.date(2027, 11, 23),
    population=registered() & age(50, 74),
    numerator=within("bowel-screening", months=30),
    outcomes={
        "declined": ever("bowel-screening-declined"),
        "did not answer invitations": within("bowel-screening-invited", months=30),
        "unsuitable": ever("bowel-screening-unsuitable"),
    },
    better="higher",
    notes="The framework's published figure is of ages 60 to 74, without people who opted out or "
    "are not called for a clinical reason. Somebody who has just turned 50 may not have been sent "
    "a kit yet. People for whom screening is unsuitable are counted, since no openly licensed code "
    "for it is known. Practices get results from the programme; where they were not filed, people "
    "seem not to be screened.",
    tags=("screening", "cancer", "Core20PLUS5", "prevention"),
    spec="""
    person                  | birth   | sex    | record                     | counted
    in: tested last year    | 1960-05 | male   | bowel-screening 2025-09-12 | yes
    out: never tested       | 1960-05 | female |                            | no
    missing: birth          |         | female | bowel-screening 2025-09-12 | unknown
    missing: sex            | 1960-05 |        | bowel-screening 2025-09-12 | yes
    first day of 30 months  | 1960-05 | male   | bowel-screening 2024-05-01 | yes
    a day too early         | 1960-05 | male   | bowel-screening 2024-04-30 | no
    aged 49                 | 1976-11 | male   | bowel-screening 2025-09-12 | not asked
    aged 50                 | 1976-10 | male   |                            | no
    aged 74                 | 1951-11 | male   |                            | no
    aged 75                 | 1951-10 | male   |                            | not asked
    test after the day asked | 1960-05 | male  | bowel-screening 2026-11-01 | no
    not registered          | 1960-05 | male   | bowel-screening 2025-09-12; not registered | not asked
    died                    | 1960-05 | male   | bowel-screening 2025-09-12; died 2026-08 | not asked
    """,
)
