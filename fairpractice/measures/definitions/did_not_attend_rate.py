"""Appointments not attended."""

import datetime as dt

from fairpractice.criteria import appointments, registered
from fairpractice.measures.measure import Measure


MEASURE = Measure(
    title="Appointments not attended",
    why="A missed appointment is more often a sign of a barrier (work, transport, language, fear, "
    "illness) than of carelessness; people who miss many die far sooner. A high rate in a group "
    "says that access does not fit it.",
    source="Ellis and others 2017, Lancet Public Health 2:e551; McQueenie and others 2019, BMC "
    "Medicine 17:2 (missed appointments as a marker of risk)",
    author="fairpractice contributors",
    checked_by="A second developer, 2026-11-23, against the abstract of McQueenie 2019 and a "
    "summary of Ellis 2017; no clinician yet",
    review_by=dt.date(2027, 11, 23),
    population=registered(),
    numerator=appointments("did_not_attend", months=12),
    denominator=appointments("attended", "did_not_attend", months=12),
    better="lower",
    notes="Appointments cancelled by either side are left out. The rate is of appointments, so "
    "somebody with many weighs more. Systems differ in what they mark as not attended: compare "
    "groups within a practice before practices. It says nothing of people who cannot book at all.",
    tags=("access", "appointments"),
    spec="""
    person                 | birth   | sex    | record                                                        | counted
    in: missed 1 of 4      | 1960-05 | male   | 3 x attended 2026-03-01; did_not_attend 2026-05-01            | 1 of 4
    out: attended all      | 1960-05 | male   | attended 2026-03-01; attended 2026-04-01                      | 0 of 2
    missing: birth and sex |         |        | did_not_attend 2026-05-01                                     | 1 of 1
    no appointment         | 1960-05 | male   |                                                               | 0 of 0
    cancelled: left out    | 1960-05 | male   | cancelled 2026-03-01; did_not_attend 2026-05-01               | 1 of 1
    first day              | 1960-05 | male   | did_not_attend 2025-11-01                                     | 1 of 1
    a day too early        | 1960-05 | male   | did_not_attend 2025-10-31                                     | 0 of 0
    booked for later       | 1960-05 | male   | attended 2026-03-01; did_not_attend 2026-11-01                | 0 of 1
    not registered         | 1960-05 | male   | did_not_attend 2026-05-01; not registered                     | not asked
    died                   | 1960-05 | male   | did_not_attend 2026-05-01; died 2026-07                       | not asked
    """,
)
