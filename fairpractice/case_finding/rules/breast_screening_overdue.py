"""Women called for breast cancer screening without a test in three years."""

import datetime as dt

from fairpractice.case_finding.rule import Rule
from fairpractice.criteria import age, ever, registered, sex, within


RULE = Rule(
    title="Breast cancer screening overdue",
    why="The van comes once in three years, for a few weeks. Women who could not come then, who "
    "moved, or who cannot read the letter wait until the next round or until a lump.",
    source="NHS Breast Screening Programme: women are invited every 3 years from 50 up to their "
    "71st birthday, first before 53",
    author="fairpractice contributors",
    checked_by="A second developer, 2026-11-23, against the programme’s statistics and their "
    "definition of coverage; no clinician yet",
    review_by=dt.date(2027, 11, 23),
    population=registered(months=6) & sex("female") & age(53, 70),
    finds=~within("breast-screening", months=39),
    outcomes={
        "screened before": ever("breast-screening"),
        "declined": ever("breast-screening-declined"),
        "unsuitable": ever("breast-screening-unsuitable"),
    },
    action="Tell her that she can ring the screening office for an appointment at any time in the "
    "three years, and offer to ring with her. Ask about transport, a wheelchair and who comes along.",
    notes="Three months’ grace are given after the 36. Women without breasts may be found: no "
    "openly licensed code for it is known. People with breasts who are registered as male are not "
    "seen here.",
    tags=("screening", "cancer", "Core20PLUS5", "prevention"),
    spec="""
    person                 | birth   | sex    | record                      | found
    in: never              | 1965-05 | female |                             | yes
    out: last year         | 1965-05 | female | breast-screening 2025-09-12 | no, screened before
    missing: sex           | 1965-05 |        |                             | unknown
    missing: birth         |         | female |                             | unknown
    first day of 39 months | 1965-05 | female | breast-screening 2023-08-01 | no, screened before
    a day too early        | 1965-05 | female | breast-screening 2023-07-31 | yes, screened before
    joined 5 months ago    | 1965-05 | female | registered 2026-05-31       | not asked
    aged 52                | 1973-11 | female |                             | not asked
    aged 71                | 1955-10 | female |                             | not asked
    a man                  | 1965-05 | male   |                             | not asked
    died                   | 1965-05 | female | died 2026-08                | not asked
    """,
)
