"""People who need more time and get short appointments."""

import datetime as dt

from fairpractice.case_finding.rule import Rule
from fairpractice.criteria import appointment_minutes, appointments, ever, on_register, registered


SEEN = appointments("attended", months=12)
MORE_TIME = {
    "learning disability": ever("learning-disability"),
    "severe mental illness": on_register(
        "severe-mental-illness", ended_by="severe-mental-illness-remission"
    ),
    "dementia": ever("dementia"),
    "interpreter needed": ever("interpreter-needed"),
}

RULE = Rule(
    title="High need and short appointments",
    why="Ten minutes are not enough to be heard through an interpreter, or by somebody who takes "
    "time to find words. What was not said comes back as an emergency.",
    source="NHS England, information standard DAPB4019, Reasonable Adjustment Digital Flag (of "
    "which a longer appointment is one), and 2018, Guidance for commissioners: interpreting and "
    "translation services in primary care; the 10 minutes are our own",
    author="fairpractice contributors",
    checked_by="A second developer, 2026-11-23, against the standard’s own page and action "
    "checklist; no clinician yet",
    review_by=dt.date(2027, 11, 23),
    population=registered()
    & (
        MORE_TIME["learning disability"]
        | MORE_TIME["severe mental illness"]
        | MORE_TIME["dementia"]
        | MORE_TIME["interpreter needed"]
    ),
    finds=(appointment_minutes(months=12) / SEEN).where(SEEN >= 2) < 10,
    outcomes=MORE_TIME,
    action="Put a standing note for double appointments on the record, ask the person what helps, "
    "and code the reasonable adjustment, so that whoever books knows without being told.",
    notes="The mean length of at least two attended appointments in 12 months is under 10 minutes; "
    "with fewer it cannot be told. An appointment whose length is not recorded counts as none, "
    "so where lengths are not recorded everybody is found: look at data quality first.",
    tags=("access", "appointments", "inclusion"),
    spec="""
    person                   | birth   | sex    | record                                                                            | found
    in: 5 and 8 minutes      | 1960-05 | male   | dementia 2024-01-01; attended 2026-03-01 for 5 minutes; attended 2026-04-01 for 8 minutes | yes, dementia
    out: 10 and 20           | 1960-05 | female | dementia 2024-01-01; attended 2026-03-01 for 10 minutes; attended 2026-04-01 for 20 minutes | no, dementia
    missing: birth and sex   |         |        | interpreter-needed 2020-01-01; 2 x attended 2026-03-01 for 5 minutes              | yes, interpreter needed
    missing: no appointment  | 1960-05 | male   | learning-disability 2000-01-01                                                    | unknown, learning disability
    exactly 10               | 1960-05 | male   | severe-mental-illness 2015-01-01; attended 2026-03-01 for 5 minutes; attended 2026-04-01 for 15 minutes | no, severe mental illness
    one alone                | 1960-05 | male   | dementia 2024-01-01; attended 2026-03-01 for 5 minutes                            | unknown, dementia
    first day                | 1960-05 | male   | dementia 2024-01-01; 2 x attended 2025-11-01 for 5 minutes                        | yes, dementia
    a day too early          | 1960-05 | male   | dementia 2024-01-01; 2 x attended 2025-10-31 for 5 minutes                        | unknown, dementia
    no such need             | 1960-05 | male   | 2 x attended 2026-03-01 for 5 minutes                                             | not asked
    died                     | 1960-05 | male   | dementia 2024-01-01; 2 x attended 2026-03-01 for 5 minutes; died 2026-08          | not asked
    """,
)
