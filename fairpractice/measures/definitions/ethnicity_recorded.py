"""Ethnic group recorded."""

import datetime as dt

from fairpractice.criteria import ever, registered
from fairpractice.measures.measure import Measure


MEASURE = Measure(
    title="Ethnic group recorded",
    why="Unequal care cannot be seen, let alone put right, for people whose ethnic group nobody "
    "wrote down. It is missing most often for those who move, the young and minorities.",
    source="The National Health Service (General Medical Services Contracts) Regulations 2015, "
    "regulation 67A (as inserted by S.I. 2020/1415): what a patient who is asked says of "
    "their ethnicity, or that they prefer not to say, must be recorded",
    author="fairpractice contributors",
    checked_by="A second developer, 2026-11-23, against the regulation; no clinician yet",
    review_by=dt.date(2027, 11, 23),
    population=registered(),
    numerator=ever("ethnicity"),
    better="higher",
    notes="Somebody who was asked and prefers not to say counts as recorded, as in the regulation. "
    "The measure says that a code is there, not that it is right; codes from other sources are "
    "seen only if they were imported.",
    tags=("completeness", "ethnicity"),
    spec="""
    person                   | birth   | sex    | record                                     | counted
    in: recorded             | 1960-05 | male   | ethnicity 2015-03-01                       | yes
    out: not recorded        | 1960-05 | female |                                            | no
    missing: birth and sex   |         |        | ethnicity 2015-03-01                       | yes
    recorded the same day    | 1960-05 | female | ethnicity 2026-10-31                       | yes
    recorded a day later     | 1960-05 | female | ethnicity 2026-11-01                       | no
    joined on the day        | 1960-05 | female | registered 2026-10-31                      | no
    left on the day          | 1960-05 | female | registered 2020-01-01 until 2026-10-31     | not asked
    not registered           | 1960-05 | female | ethnicity 2015-03-01; not registered       | not asked
    died                     | 1960-05 | female | ethnicity 2015-03-01; died 2026-10         | not asked
    """,
)
