"""Minutes of an appointment of people who need more time."""

import datetime as dt

from fairpractice.criteria import appointment_minutes, appointments, ever, on_register, registered
from fairpractice.measures.measure import Measure


MORE_TIME = (
    ever("learning-disability")
    | on_register("severe-mental-illness", ended_by="severe-mental-illness-remission")
    | ever("dementia")
    | ever("interpreter-needed")
)

MEASURE = Measure(
    title="Length of an appointment of people who need more time",
    why="With an interpreter all is said twice, and people with a learning "
    "disability, dementia or psychosis need it to be heard. Ten minutes for all is not equal.",
    source="NHS England 2023, Reasonable Adjustment Digital Flag, DAPB4019 (longer appointments "
    "are among the adjustments), and 2018, Guidance for commissioners: interpreting and "
    "translation services in primary care",
    author="fairpractice contributors",
    checked_by="A second developer, 2026-11-23, against NHS England’s pages on the flag, not the "
    "guidance on interpreting; no clinician yet",
    review_by=dt.date(2027, 11, 23),
    population=registered() & MORE_TIME,
    numerator=appointment_minutes(months=12) / appointments("attended", months=12),
    better="higher",
    unit="minutes an appointment",
    notes="Hold it against the length of an appointment of everybody. People coded with a learning "
    "disability, severe mental illness that is not in remission, dementia, or the need for an "
    "interpreter are looked at. An appointment whose length is not recorded counts as none.",
    tags=("access", "appointments", "inclusion"),
    spec="""
    person                 | birth   | sex    | record                                                                     | counted
    in: two of them        | 1960-05 | male   | dementia 2024-01-01; attended 2026-03-01 for 10 minutes; attended 2026-04-01 for 20 minutes | 15
    out: a short one       | 1960-05 | male   | learning-disability 2000-01-01; attended 2026-03-01 for 5 minutes          | 5
    missing: no appointment | 1960-05 | male  | interpreter-needed 2020-01-01                                              | unknown
    missing: birth and sex |         |        | severe-mental-illness 2020-01-01; attended 2026-03-01 for 10 minutes       | 10
    no such need           | 1960-05 | male   | attended 2026-03-01 for 10 minutes                                         | not asked
    in remission           | 1960-05 | male   | severe-mental-illness 2010-01-01; severe-mental-illness-remission 2020-01-01; attended 2026-03-01 for 10 minutes | not asked
    first day              | 1960-05 | male   | dementia 2024-01-01; attended 2025-11-01 for 10 minutes                    | 10
    a day too early        | 1960-05 | male   | dementia 2024-01-01; attended 2025-10-31 for 10 minutes                    | unknown
    not registered         | 1960-05 | male   | dementia 2024-01-01; not registered                                        | not asked
    died                   | 1960-05 | male   | dementia 2024-01-01; attended 2026-03-01 for 10 minutes; died 2026-05      | not asked
    """,
)
