"""Asthma or COPD annual review."""

import datetime as dt

from fairpractice.criteria import age, on_register, registered, within
from fairpractice.measures.measure import Measure


ASTHMA = age(5) & on_register("asthma", ended_by="asthma-resolved")
COPD = on_register("copd", ended_by="copd-resolved")

MEASURE = Measure(
    title="Asthma or COPD annual review",
    why="Many deaths from asthma could be prevented, and chronic obstructive pulmonary disease "
    "(COPD) is far more common where people are poor. Chronic respiratory disease is one of the "
    "five clinical areas of Core20PLUS5.",
    source="Quality and Outcomes Framework 2026/27, AST015 (asthma review in 12 months, aged 5 or "
    "over; AST007, from 6, before July 2026) and COPD010 (COPD review in 12 months)",
    author="fairpractice contributors",
    checked_by="A second developer, 2026-11-23, against the framework’s guidance 2026/27, as "
    "public code quotes it, and NHS North Central London’s code; no clinician yet",
    review_by=dt.date(2027, 11, 23),
    population=registered() & (ASTHMA | COPD),
    numerator=(~ASTHMA | within("asthma-review", months=12))
    & (~COPD | within("copd-review", months=12)),
    outcomes={
        "invited for asthma": within("asthma-invited", months=12),
        "declined for asthma": within("asthma-declined", months=12),
        "unsuitable for asthma": within("asthma-unsuitable", months=12),
        "invited for COPD": within("copd-invited", months=12),
        "declined for COPD": within("copd-declined", months=12),
        "unsuitable for COPD": within("copd-unsuitable", months=12),
    },
    better="higher",
    notes="Somebody with both conditions needs both reviews. The framework's asthma register also "
    "asks for a medicine in the last 12 months, and its review has set parts; neither is looked "
    "at here. People for whom a review is unsuitable are shown and stay counted, since no openly "
    "licensed code for it is known for COPD.",
    tags=("asthma", "COPD", "respiratory", "long-term condition", "review", "Core20PLUS5"),
    spec="""
    person                      | birth   | sex    | record                                                 | counted
    in: asthma reviewed         | 1960-05 | male   | asthma 2015-03-01; asthma-review 2026-02-03            | yes
    out: asthma not reviewed    | 1960-05 | female | asthma 2015-03-01                                      | no
    missing: birth              |         | female | asthma 2015-03-01                                      | unknown
    missing: birth, COPD        |         | female | copd 2015-03-01                                        | no
    COPD reviewed               | 1960-05 | male   | copd 2015-03-01; copd-review 2026-02-03                | yes
    both, both reviewed         | 1960-05 | male   | asthma 2015-03-01; copd 2015-03-01; asthma-review 2026-02-03; copd-review 2026-03-03 | yes
    both, one reviewed          | 1960-05 | male   | asthma 2015-03-01; copd 2015-03-01; asthma-review 2026-02-03 | no
    COPD, asthma review         | 1960-05 | male   | copd 2015-03-01; asthma-review 2026-02-03              | no
    first day of the 12 months  | 1960-05 | male   | asthma 2015-03-01; asthma-review 2025-11-01            | yes
    14 months ago               | 1960-05 | male   | asthma 2015-03-01; asthma-review 2025-08-31            | no
    16 months ago               | 1960-05 | male   | asthma 2015-03-01; asthma-review 2025-06-30            | no
    asthma resolved             | 1960-05 | male   | asthma 2015-03-01; asthma-resolved 2020-03-01          | not asked
    asthma resolved, COPD since | 1960-05 | male   | asthma 2015-03-01; asthma-resolved 2020-03-01; copd 2021-03-01; copd-review 2026-01-01 | yes
    aged 4                      | 2021-11 | male   | asthma 2024-03-01                                      | not asked
    aged 5                      | 2021-10 | male   | asthma 2024-03-01                                      | no
    neither                     | 1960-05 | male   | asthma-review 2026-02-03                               | not asked
    declined: still counted     | 1960-05 | male   | asthma 2015-03-01; asthma-invited 2026-01-03; asthma-declined 2026-02-03 | no, invited for asthma, declined for asthma
    unsuitable: still counted   | 1960-05 | male   | asthma 2015-03-01; asthma-unsuitable 2026-02-03        | no, unsuitable for asthma
    died                        | 1960-05 | male   | asthma 2015-03-01; died 2026-10                        | not asked
    """,
)
