"""Breast cancer screening coverage."""

import datetime as dt

from fairpractice.criteria import age, ever, registered, sex, within
from fairpractice.measures.measure import Measure


MEASURE = Measure(
    title="Breast cancer screening coverage",
    why="Screening finds breast cancer before it can be felt. Women in deprived areas, Black and "
    "Asian women and women with a disability are screened least and diagnosed latest.",
    source="NHS Breast Screening Programme: women are invited every 3 years from 50 up to their "
    "71st birthday, first before 53; coverage is a test within 3 years at ages 53 to 70, as in "
    "the national statistics of the programme",
    author="fairpractice contributors",
    checked_by="A second developer, 2026-11-23, against NHS England’s definition of coverage, as "
    "others report it; no clinician yet",
    review_by=dt.date(2027, 11, 23),
    population=registered() & sex("female") & age(53, 70),
    numerator=within("breast-screening", months=36),
    outcomes={
        "declined": ever("breast-screening-declined"),
        "unsuitable": ever("breast-screening-unsuitable"),
    },
    better="higher",
    notes="Women without breasts are counted, since no openly licensed code for it is known; the "
    "programme leaves them out. A mammogram for a symptom is not screening. People with breasts "
    "who are registered as male are not invited by the programme and are not seen here. Practices "
    "get results from the programme; where they were not filed, women seem not to be screened.",
    tags=("screening", "cancer", "Core20PLUS5", "prevention"),
    spec="""
    person                  | birth   | sex    | record                      | counted
    in: screened last year  | 1965-05 | female | breast-screening 2025-09-12 | yes
    out: never screened     | 1965-05 | female |                             | no
    missing: sex            | 1965-05 |        | breast-screening 2025-09-12 | unknown
    missing: birth          |         | female | breast-screening 2025-09-12 | unknown
    first day of 36 months  | 1965-05 | female | breast-screening 2023-11-01 | yes
    a day too early         | 1965-05 | female | breast-screening 2023-10-31 | no
    aged 52                 | 1973-11 | female | breast-screening 2025-09-12 | not asked
    aged 53                 | 1973-10 | female |                             | no
    aged 70                 | 1955-11 | female |                             | no
    aged 71                 | 1955-10 | female |                             | not asked
    a man                   | 1965-05 | male   |                             | not asked
    not registered          | 1965-05 | female | breast-screening 2025-09-12; not registered | not asked
    died                    | 1965-05 | female | died 2026-08                | not asked
    """,
)
