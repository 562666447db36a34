"""Annual health check of people with a learning disability."""

import datetime as dt

from fairpractice.criteria import age, ever, registered, within
from fairpractice.measures.measure import Measure


MEASURE = Measure(
    title="Learning disability annual health check",
    why="People with a learning disability die about 20 years earlier than others, often of what "
    "could have been treated. The yearly check finds illness that nobody has spoken of.",
    source="NHS England, Learning disability health check scheme (a check each year from the age "
    "of 14); Learning from Lives and Deaths (LeDeR) annual report 2023",
    author="fairpractice contributors",
    checked_by="A second developer, 2026-11-23, against what integrated care boards publish of the "
    "scheme and reports of the annual report; no clinician yet",
    review_by=dt.date(2027, 11, 23),
    population=registered() & age(14) & ever("learning-disability"),
    numerator=within("learning-disability-health-check", months=12),
    outcomes={
        "declined": within("learning-disability-health-check-declined", months=12),
    },
    better="higher",
    notes="The health action plan that belongs to the check is not looked at. The last 12 months "
    "are counted, not the contract’s year from April. A code that takes the diagnosis back is not "
    "known here. No openly licensed list of codes for the check is known: add your own to have "
    "this measure.",
    tags=("learning disability", "review", "inclusion"),
    spec="""
    person            | birth   | sex    | record                                                                      | counted
    in: checked       | 1980-05 | male   | learning-disability 2000-01-01; learning-disability-health-check 2026-02-03 | yes
    out: not checked  | 1980-05 | female | learning-disability 2000-01-01                                              | no
    missing: birth    |         | female | learning-disability 2000-01-01                                              | unknown
    first day         | 1980-05 | male   | learning-disability 2000-01-01; learning-disability-health-check 2025-11-01 | yes
    a day too early   | 1980-05 | male   | learning-disability 2000-01-01; learning-disability-health-check 2025-10-31 | no
    aged 13           | 2012-11 | male   | learning-disability 2018-01-01                                              | not asked
    aged 14           | 2012-10 | male   | learning-disability 2018-01-01                                              | no
    not coded         | 1980-05 | male   | learning-disability-health-check 2026-02-03                                 | not asked
    not registered    | 1980-05 | male   | learning-disability 2000-01-01; not registered                              | not asked
    died              | 1980-05 | male   | learning-disability 2000-01-01; died 2026-08                                | not asked
    """,
)
