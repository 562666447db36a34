"""Contacts with urgent care."""

import datetime as dt

from fairpractice.criteria import registered, urgent_contacts
from fairpractice.measures.measure import Measure


MEASURE = Measure(
    title="Urgent care contacts",
    why="Where the practice’s doors do not fit, people go to others. Attendance at emergency "
    "departments is nearly twice as high in the most deprived tenth as in the least.",
    source="NHS Digital, Hospital Accident & Emergency Activity 2019-20 (attendances by "
    "deprivation)",
    author="fairpractice contributors",
    checked_by="A second developer, 2026-11-23, against the publisher’s summary of the figures; no "
    "clinician yet",
    review_by=dt.date(2027, 11, 23),
    population=registered(),
    numerator=urgent_contacts(months=12),
    better="lower",
    unit="contacts a person a year",
    notes="A&E, ambulance, NHS 111, walk-in centres and out of hours, for any reason: some are as "
    "they should be. Where the urgent services’ records were not imported, it is nought: see data "
    "quality first. People who joined within the year are counted for the whole of it, wherever "
    "they lived.",
    tags=("access", "urgent care"),
    spec="""
    person                    | birth   | sex    | record                                            | counted
    in: three                 | 1960-05 | male   | 2 x emergency_department 2026-03-01; nhs_111 2026-04-01 | 3
    out: none                 | 1960-05 | male   |                                                   | 0
    missing: birth and sex    |         |        | emergency_department 2026-03-01                   | 1
    first day                 | 1960-05 | male   | ambulance 2025-11-01                              | 1
    a day too early           | 1960-05 | male   | ambulance 2025-10-31                              | 0
    appointments do not count | 1960-05 | male   | 3 x attended 2026-03-01                           | 0
    not registered            | 1960-05 | male   | walk_in_centre 2026-03-01; not registered         | not asked
    died                      | 1960-05 | male   | out_of_hours 2026-03-01; died 2026-05             | not asked
    """,
)
