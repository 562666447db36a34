"""Children who were not brought to two or more appointments."""

import datetime as dt

from fairpractice.case_finding.rule import Rule
from fairpractice.criteria import age, appointments, registered, urgent_contacts


RULE = Rule(
    title="Child not brought",
    why="A child does not miss an appointment: it was not brought. Behind it may be a bus fare, a "
    "shift, an illness of the mother, or neglect, and the child cannot say which.",
    source="RCGP, Safeguarding toolkit (was not brought); Powell and Appleton 2012, Journal "
    "of Research in Nursing 17:181; the two appointments are our own",
    author="fairpractice contributors",
    checked_by="A second developer, 2026-11-23, against the abstract of Powell and Appleton; "
    "no clinician yet",
    review_by=dt.date(2027, 11, 23),
    population=registered() & age(0, 15),
    finds=appointments("did_not_attend", months=12) >= 2,
    outcomes={
        "urgent care in the last year": urgent_contacts(months=12) >= 1,
    },
    action="Look at what the appointments were for and who else knows the family. Ring a parent and "
    "ask what got in the way; speak with the health visitor, and with safeguarding if worried.",
    notes="Two missed appointments in 12 months at the practice; those at hospital are not seen. "
    "It is a reason to ask, not a sign of neglect. Where a practice’s appointment book was not "
    "imported, nobody is found.",
    tags=("children", "access", "safeguarding", "inclusion"),
    spec="""
    person                | birth   | sex    | record                                                         | found
    in: twice             | 2020-05 | male   | 2 x did_not_attend 2026-03-01                                  | yes
    out: once             | 2020-05 | female | did_not_attend 2026-03-01; attended 2026-04-01                 | no
    missing: birth        |         | female | 2 x did_not_attend 2026-03-01                                  | unknown
    urgent care: shown    | 2020-05 | male   | 2 x did_not_attend 2026-03-01; nhs_111 2026-05-01              | yes, urgent care in the last year
    cancelled             | 2020-05 | male   | did_not_attend 2026-03-01; cancelled 2026-04-01                | no
    first day             | 2020-05 | male   | 2 x did_not_attend 2025-11-01                                  | yes
    a day too early       | 2020-05 | male   | 2 x did_not_attend 2025-10-31                                  | no
    aged 15               | 2010-11 | male   | 2 x did_not_attend 2026-03-01                                  | yes
    aged 16               | 2010-10 | male   | 2 x did_not_attend 2026-03-01                                  | not asked
    died                  | 2020-05 | male   | 2 x did_not_attend 2026-03-01; died 2026-08                    | not asked
    """,
)
