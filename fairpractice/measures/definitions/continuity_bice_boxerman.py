"""Continuity of care, by how few clinicians share it."""

import datetime as dt

from fairpractice.criteria import bice_boxerman, registered
from fairpractice.measures.measure import Measure


MEASURE = Measure(
    title="Continuity of care shared by few",
    why="Care by two who know a person is another thing than care by six strangers, and the more "
    "continuity, the fewer deaths. People who move, work shifts or have many conditions see the "
    "most strangers.",
    source="Bice and Boxerman 1977, Medical Care 15:347 (continuity of care index); Pereira Gray "
    "and others 2018, BMJ Open 8:e021161 (continuity and mortality)",
    author="fairpractice contributors",
    checked_by="A second developer, 2026-11-23, against the abstract of Pereira Gray 2018, not "
    "Bice and Boxerman; no clinician yet",
    review_by=dt.date(2027, 11, 23),
    population=registered(),
    numerator=bice_boxerman(months=24, at_least=3),
    better="higher",
    unit="index from 0 to 1",
    notes="The mean over people with at least 3 attended appointments in 24 months whose clinician "
    "is known. 1 is all with one clinician, 0 each with another. It falls less with more visits "
    "than the share seen by the usual clinician does, but with few it is still high or low by "
    "chance.",
    tags=("continuity", "appointments", "personalised care"),
    spec="""
    person                  | birth   | sex    | record                                                              | counted
    in: all with one        | 1960-05 | male   | 3 x attended 2026-03-01 with A                                      | 1
    out: always another     | 1960-05 | male   | attended 2026-01-01 with A; attended 2026-02-01 with B; attended 2026-03-01 with C | 0
    missing: two visits     | 1960-05 | male   | 2 x attended 2026-03-01 with A                                      | unknown
    missing: clinicians     | 1960-05 | male   | 5 x attended 2026-03-01                                             | unknown
    missing: birth and sex  |         |        | 3 x attended 2026-03-01 with A                                      | 1
    shared by two           | 1960-05 | male   | 3 x attended 2026-03-01 with A; attended 2026-04-01 with B          | 0.5
    missed ones left out    | 1960-05 | male   | 3 x attended 2026-03-01 with A; 3 x did_not_attend 2026-05-01 with B | 1
    first day               | 1960-05 | male   | 3 x attended 2024-11-01 with A                                      | 1
    a day too early         | 1960-05 | male   | 3 x attended 2024-10-31 with A                                      | unknown
    not registered          | 1960-05 | male   | 3 x attended 2026-03-01 with A; not registered                      | not asked
    died                    | 1960-05 | male   | 3 x attended 2026-03-01 with A; died 2026-05                        | not asked
    """,
)
