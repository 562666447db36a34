"""People with heart failure without their yearly review."""

import datetime as dt

from fairpractice.case_finding.rule import Rule
from fairpractice.criteria import on_register, registered, within


RULE = Rule(
    title="Heart failure and no review",
    why="Half of those with heart failure die within five years, sooner where they are poor, and "
    "treatment that is stepped up in time adds years and keeps people at home.",
    source="Quality and Outcomes Framework 2026/27, HF007 (a review each year, with a check of "
    "function and of medicines), with 3 months’ grace after the 12; NICE guideline NG106",
    author="fairpractice contributors",
    checked_by="A second developer, 2026-11-23, against published notes on HF007, 2026/27; no "
    "clinician yet",
    review_by=dt.date(2027, 11, 23),
    population=registered() & on_register("heart-failure", ended_by="heart-failure-resolved"),
    finds=~within("heart-failure-review", months=15),
    action="Offer a review by somebody who can change medicines, at home if the person is "
    "breathless. Ask about weight, sleep, stairs, and who cooks and shops.",
    notes="A review in a hospital clinic is not seen unless it was filed. The list has three of the "
    "framework’s nine codes: the others are of monitoring, plans and education.",
    tags=("heart failure", "long-term condition", "review"),
    spec="""
    person               | birth   | sex    | record                                                      | found
    in: never            | 1940-05 | male   | heart-failure 2020-01-01                                    | yes
    out: reviewed        | 1940-05 | female | heart-failure 2020-01-01; heart-failure-review 2026-02-03   | no
    missing: birth and sex |       |        | heart-failure 2020-01-01                                    | yes
    first day of the 15  | 1940-05 | male   | heart-failure 2020-01-01; heart-failure-review 2025-08-01   | no
    a day too early      | 1940-05 | male   | heart-failure 2020-01-01; heart-failure-review 2025-07-31   | yes
    resolved             | 1940-05 | male   | heart-failure 2020-01-01; heart-failure-resolved 2024-01-01 | not asked
    no heart failure     | 1940-05 | male   |                                                             | not asked
    died                 | 1940-05 | male   | heart-failure 2020-01-01; died 2026-08                      | not asked
    """,
)
