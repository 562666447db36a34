"""People called for bowel cancer screening without a test in two and a half years."""

import datetime as dt

from fairpractice.case_finding.rule import Rule
from fairpractice.criteria import age, ever, registered, within


RULE = Rule(
    title="Bowel cancer screening overdue",
    why="The kit comes by post in English and is easily put aside. A call from the practice brings "
    "more kits back than a second letter, above all where few come back.",
    source="NHS Bowel Cancer Screening Programme: a test kit every 2 years at ages 50 to 74",
    author="fairpractice contributors",
    checked_by="A second developer, 2026-11-23, against NHS England’s announcement of January "
    "2025; no clinician yet",
    review_by=dt.date(2027, 11, 23),
    population=registered(months=6) & age(51, 74),
    finds=~within("bowel-screening", months=30),
    outcomes={
        "tested before": ever("bowel-screening"),
        "declined": ever("bowel-screening-declined"),
        "did not answer invitations": within("bowel-screening-invited", months=30),
        "unsuitable": ever("bowel-screening-unsuitable"),
    },
    action="Ring and ask whether the kit came and what it looked like to them; explain how it is "
    "done in the person’s language, and order another from the programme’s helpline.",
    notes="At 51 a kit has been sent, and somebody must have been registered for six months to "
    "have had one at this address. People for whom screening is unsuitable, or who had a "
    "colonoscopy, may be found: no openly licensed codes for these are known.",
    tags=("screening", "cancer", "Core20PLUS5", "prevention"),
    spec="""
    person                 | birth   | sex    | record                     | found
    in: never              | 1960-05 | male   |                            | yes
    out: last year         | 1960-05 | female | bowel-screening 2025-09-12 | no, tested before
    missing: birth         |         | female |                            | unknown
    first day of 30 months | 1960-05 | male   | bowel-screening 2024-05-01 | no, tested before
    a day too early        | 1960-05 | male   | bowel-screening 2024-04-30 | yes, tested before
    joined 5 months ago    | 1960-05 | male   | registered 2026-05-31      | not asked
    aged 50                | 1975-11 | male   |                            | not asked
    aged 51                | 1975-10 | male   |                            | yes
    aged 75                | 1951-10 | male   |                            | not asked
    died                   | 1960-05 | male   | died 2026-08               | not asked
    """,
)
