"""Cervical screening coverage."""

import datetime as dt

from fairpractice.criteria import age, ever, registered, sex, within
from fairpractice.measures.measure import Measure


MEASURE = Measure(
    title="Cervical screening coverage",
    why="Screening prevents most deaths from cervical cancer, and it reaches women in deprived "
    "areas, younger women and many minority groups least.",
    source="NHS England, Cervical Screening Programme statistics: coverage is an adequate test "
    "within 3.5 years at ages 25 to 49 and within 5.5 years at ages 50 to 64 (as in the Quality "
    "and Outcomes Framework 2026/27, CS005 and CS006)",
    author="fairpractice contributors",
    checked_by="A second developer, 2026-11-23, against the framework’s guidance 2026/27, as "
    "public code quotes it, and NHS North Central London’s code; no clinician yet",
    review_by=dt.date(2027, 11, 23),
    population=registered() & sex("female") & age(25, 64),
    unless=ever("cervical-screening-unsuitable"),
    numerator=(age(25, 49) & within("cervical-screening", months=42))
    | (age(50, 64) & within("cervical-screening", months=66)),
    outcomes={
        "declined": within("cervical-screening-declined", months=42),
        "did not answer invitations": within("cervical-screening-invited", months=42),
    },
    better="higher",
    notes="From 1 July 2025 women of 25 to 49 in England whose test is negative for human "
    "papillomavirus are invited again after 5 years, not 3. The framework still counts "
    "3.5 years, and so does this measure: from January 2029 on, some of those counted as not "
    "covered will not be due yet. People with a cervix who are registered as male "
    "are not invited by the programme and are not seen here.",
    tags=("screening", "cancer", "Core20PLUS5", "prevention"),
    spec="""
    person                   | birth   | sex    | record                                              | counted
    in: screened last year   | 1990-05 | female | cervical-screening 2025-09-12                       | yes
    out: never screened      | 1990-05 | female |                                                     | no
    missing: sex             | 1990-05 |        | cervical-screening 2025-09-12                       | unknown
    missing: birth           |         | female | cervical-screening 2025-09-12                       | unknown
    first day of 42 months   | 1990-05 | female | cervical-screening 2023-05-01                       | yes
    a day too early          | 1990-05 | female | cervical-screening 2023-04-30                       | no
    older, 5 years ago       | 1970-05 | female | cervical-screening 2021-05-01                       | yes
    older, a day too early   | 1970-05 | female | cervical-screening 2021-04-30                       | no
    aged 50, test at 46      | 1976-10 | female | cervical-screening 2022-08-01                       | yes
    aged 49, test at 46      | 1976-11 | female | cervical-screening 2022-08-01                       | no
    aged 24                  | 2001-11 | female | cervical-screening 2026-09-01                       | not asked
    aged 65                  | 1961-10 | female | cervical-screening 2026-09-01                       | not asked
    a man                    | 1990-05 | male   |                                                     | not asked
    has no cervix            | 1970-05 | female | cervical-screening-unsuitable 2012-03-04            | excepted
    declined: still counted  | 1990-05 | female | cervical-screening-declined 2025-02-01              | no, declined
    did not answer           | 1990-05 | female | cervical-screening-invited 2026-02-01               | no, did not answer invitations
    declined, later screened | 1990-05 | female | cervical-screening-declined 2024-02-01; cervical-screening 2025-03-01 | yes, declined
    test after the day asked | 1990-05 | female | cervical-screening 2026-11-01                       | no
    left the practice        | 1990-05 | female | registered 2010-01-01 until 2026-10-31              | not asked
    died                     | 1990-05 | female | cervical-screening 2025-09-12; died 2026-08         | not asked
    """,
)
