"""People with a learning disability without their yearly health check."""

import datetime as dt

from fairpractice.case_finding.rule import Rule
from fairpractice.criteria import age, ever, registered, within


RULE = Rule(
    title="Learning disability and no annual health check",
    why="People with a learning disability die about 20 years earlier, often of what could have "
    "been treated, and cannot be expected to ask for the check themselves.",
    source="NHS England, Learning disability health check scheme (a check each year from the age "
    "of 14)",
    author="fairpractice contributors",
    checked_by="A second developer, 2026-11-23, against NHS England’s page on annual health "
    "checks; no clinician yet",
    review_by=dt.date(2027, 11, 23),
    population=registered() & age(14) & ever("learning-disability"),
    finds=~within("learning-disability-health-check", months=12),
    outcomes={
        "declined": within("learning-disability-health-check-declined", months=12),
    },
    action="Ring the person or who supports them, send the easy-read invitation, and offer a long "
    "appointment at a quiet time with somebody they know.",
    notes="The scheme counts by financial year; here the last 12 months are looked at. No openly "
    "licensed list of codes for the check is known: add your own to have this rule. People whose "
    "learning disability is not coded are not found here; another rule looks for them.",
    tags=("learning disability", "review", "inclusion"),
    spec="""
    person            | birth   | sex    | record                                                                      | found
    in: not checked   | 1980-05 | male   | learning-disability 2000-01-01                                              | yes
    out: checked      | 1980-05 | female | learning-disability 2000-01-01; learning-disability-health-check 2026-02-03 | no
    missing: birth    |         | female | learning-disability 2000-01-01                                              | unknown
    first day         | 1980-05 | male   | learning-disability 2000-01-01; learning-disability-health-check 2025-11-01 | no
    a day too early   | 1980-05 | male   | learning-disability 2000-01-01; learning-disability-health-check 2025-10-31 | yes
    aged 13           | 2012-11 | male   | learning-disability 2018-01-01                                              | not asked
    not coded         | 1980-05 | male   |                                                                             | not asked
    died              | 1980-05 | male   | learning-disability 2000-01-01; died 2026-08                                | not asked
    """,
)
