"""Unpaid carers known to the practice."""

import datetime as dt

from fairpractice.criteria import age, circumstance, on_register, registered
from fairpractice.measures.measure import Measure


MEASURE = Measure(
    title="Unpaid carers identified",
    why="About one person in eleven cares for somebody without pay, one in ten where it is "
    "poorest, and most are not known to their practice, so that nobody asks how they are.",
    source="Office for National Statistics, Unpaid care by age, sex and deprivation, Census 2021 "
    "(in England 8.9 % of people of 5 and over, standardised by age; 10.1 % in the most deprived "
    "areas); NICE guideline NG150, recommendations on identifying carers",
    author="fairpractice contributors",
    checked_by="A second developer, 2026-11-23, against the census article and the overview of the "
    "NICE guideline; no clinician yet",
    review_by=dt.date(2027, 11, 23),
    population=registered() & age(18),
    numerator=on_register("carer", ended_by="no-longer-carer"),
    outcomes={
        "said by the person or others": circumstance("carer"),
    },
    better="higher",
    notes="Coded as a carer, and not as being one no longer since. There is no right figure: hold "
    "it against the census, of about 9 %, and look at who is missing. That it has no code means "
    "that it is not known, not that somebody does not care for anybody. Young carers are left out.",
    tags=("carers", "coding", "inclusion"),
    spec="""
    person                 | birth   | sex    | record                                                     | counted
    in: coded              | 1980-05 | male   | carer 2026-01-01                                           | yes, said by the person or others
    out: not coded         | 1980-05 | female |                                                            | no
    missing: birth         |         | female | carer 2020-01-01                                           | unknown
    coded long ago         | 1980-05 | male   | carer 2012-01-01                                           | yes
    no longer              | 1980-05 | male   | carer 2012-01-01; no-longer-carer 2020-01-01               | no
    again                  | 1980-05 | male   | carer 2012-01-01; no-longer-carer 2020-01-01; carer 2022-01-01 | yes
    says so, not coded     | 1980-05 | male   | fact carer present 2026-09-01 by self_reported             | no, said by the person or others
    aged 17                | 2008-11 | male   | carer 2026-01-01                                           | not asked
    not registered         | 1980-05 | male   | carer 2020-01-01; not registered                           | not asked
    died                   | 1980-05 | male   | carer 2020-01-01; died 2026-08                             | not asked
    """,
)
