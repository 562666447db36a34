"""Minutes of an appointment."""

import datetime as dt

from fairpractice.criteria import appointment_minutes, appointments, registered
from fairpractice.measures.measure import Measure


MEASURE = Measure(
    title="Length of an appointment",
    why="People in deprived areas bring more problems to an appointment and are given less time "
    "for them: the inverse care law in minutes.",
    source="Gopfert and others 2021, British Journal of General Practice 71:e185 (consultations by "
    "deprivation and multimorbidity); Tudor Hart 1971, Lancet 297:405",
    author="fairpractice contributors",
    checked_by="A second developer, 2026-11-23, against the abstract of Gopfert 2021; no clinician "
    "yet",
    review_by=dt.date(2027, 11, 23),
    population=registered(),
    numerator=appointment_minutes(months=12) / appointments("attended", months=12),
    better="higher",
    unit="minutes an appointment",
    notes="Each person’s minutes in 12 months over their attended appointments, then the mean over "
    "people who had any. An appointment whose length is not recorded counts as none, so look first "
    "at how many have one. The study took the time that an adult’s record was open. Systems differ "
    "in what they call the length: compare groups within a practice before practices. Longer is "
    "not always better; with equal need it should be equal, and with more need more.",
    tags=("access", "appointments"),
    spec="""
    person                 | birth   | sex    | record                                                                         | counted
    in: two of them        | 1960-05 | male   | attended 2026-03-01 for 10 minutes; attended 2026-04-01 for 20 minutes         | 15
    out: a short one       | 1960-05 | male   | attended 2026-03-01 for 5 minutes                                              | 5
    missing: no appointment | 1960-05 | male  |                                                                                | unknown
    missing: birth and sex |         |        | attended 2026-03-01 for 10 minutes                                             | 10
    length not recorded    | 1960-05 | male   | attended 2026-03-01 for 10 minutes; attended 2026-04-01                        | 5
    missed one left out    | 1960-05 | male   | attended 2026-03-01 for 10 minutes; did_not_attend 2026-04-01 for 10 minutes   | 10
    first day              | 1960-05 | male   | attended 2025-11-01 for 10 minutes                                             | 10
    a day too early        | 1960-05 | male   | attended 2025-10-31 for 10 minutes                                             | unknown
    not registered         | 1960-05 | male   | attended 2026-03-01 for 10 minutes; not registered                             | not asked
    died                   | 1960-05 | male   | attended 2026-03-01 for 10 minutes; died 2026-05                               | not asked
    """,
)
