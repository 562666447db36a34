"""People whose care comes mostly from urgent services."""

import datetime as dt

from fairpractice.case_finding.rule import Rule
from fairpractice.criteria import appointments, registered, urgent_contacts


RULE = Rule(
    title="Care mostly through urgent services",
    why="Somebody who is seen in A&E, walk-in centres, out of hours or through 111 more than at "
    "the practice has needs that the practice does not meet, often because its doors do not fit. "
    "Emergency attendances are almost twice as many in the most deprived tenth as in the least.",
    source="NHS Digital, Hospital Accident & Emergency Activity 2019-20 (attendances by "
    "deprivation); the thresholds are our own",
    author="fairpractice contributors",
    checked_by="A second developer, 2026-11-23, against NHS Digital’s announcement of "
    "September 2020; no clinician yet",
    review_by=dt.date(2027, 11, 23),
    population=registered(months=12),
    finds=(urgent_contacts(months=12) >= 3)
    & (urgent_contacts(months=12) > appointments("attended", months=12)),
    action="Read what the urgent visits were for, then ask the person what would have helped "
    "sooner. Offer a named clinician and a longer appointment, and ask about housing, money and "
    "safety.",
    notes="Only people registered for 12 months are asked about, since earlier appointments were "
    "elsewhere. Where a practice's appointment book or the urgent services' records were not "
    "imported, the comparison is not fair: see data quality first.",
    tags=("access", "urgent care", "inclusion"),
    spec="""
    person                    | birth   | sex    | record                                                                 | found
    in: urgent care alone     | 1980-05 | male   | 3 x emergency_department 2026-03-01                                    | yes
    out: practice more        | 1980-05 | female | 3 x emergency_department 2026-03-01; 4 x attended 2026-04-01           | no
    missing: birth and sex    |         |        | 3 x emergency_department 2026-03-01                                    | yes
    missing: nothing recorded | 1980-05 | male   |                                                                        | no
    all kinds count           | 1980-05 | male   | nhs_111 2026-03-01; walk_in_centre 2026-03-02; out_of_hours 2026-03-03 | yes
    as often at the practice  | 1980-05 | male   | 3 x ambulance 2026-03-01; 3 x attended 2026-04-01                      | no
    practice a little less    | 1980-05 | male   | 3 x ambulance 2026-03-01; 2 x attended 2026-04-01                      | yes
    missed ones do not count  | 1980-05 | male   | 3 x ambulance 2026-03-01; 3 x did_not_attend 2026-04-01                | yes
    two urgent contacts       | 1980-05 | male   | 2 x emergency_department 2026-03-01                                    | no
    one a day too early       | 1980-05 | male   | nhs_111 2025-10-31; 2 x nhs_111 2025-11-01                             | no
    first day of the year     | 1980-05 | male   | 3 x nhs_111 2025-11-01                                                 | yes
    visits on the first day   | 1980-05 | male   | 3 x nhs_111 2026-03-01; 3 x attended 2025-11-01                        | no
    visits a day too early    | 1980-05 | male   | 3 x nhs_111 2026-03-01; 3 x attended 2025-10-31                        | yes
    practice visits long ago  | 1980-05 | male   | 3 x nhs_111 2026-03-01; 9 x attended 2025-06-01                        | yes
    joined 11 months ago      | 1980-05 | male   | 3 x nhs_111 2026-03-01; registered 2025-11-30                          | not asked
    joined 12 months ago      | 1980-05 | male   | 3 x nhs_111 2026-03-01; registered 2025-10-31                          | yes
    died                      | 1980-05 | male   | 3 x nhs_111 2026-03-01; died 2026-05                                   | not asked
    """,
)
