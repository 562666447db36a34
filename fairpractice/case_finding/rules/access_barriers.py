"""People whose contacts show that they try to get care and do not get it."""

import datetime as dt

from fairpractice.case_finding.rule import Rule
from fairpractice.criteria import appointments, circumstance, ever, registered, urgent_contacts


LOST = appointments("did_not_attend", "cancelled", months=12)
SEEN = appointments("attended", months=12)

RULE = Rule(
    title="Access barriers in the pattern of contacts",
    why="Booked, lost, booked again, then A&E: somebody who keeps trying and is seldom seen has met "
    "a barrier that the appointment system put there.",
    source="Levesque and others 2013, International Journal for Equity in Health 12:18 (access as "
    "where people and services meet); McQueenie and others 2019, BMC Medicine 17:2; the "
    "thresholds are our own",
    author="fairpractice contributors",
    checked_by="A second developer, 2026-11-23, against the abstracts of both papers; no "
    "clinician yet",
    review_by=dt.date(2027, 11, 23),
    population=registered(months=12),
    finds=(LOST >= 2) & (LOST >= SEEN) & (urgent_contacts(months=12) >= 1),
    outcomes={
        "interpreter needed": ever("interpreter-needed"),
        "difficulty with transport": circumstance("transport"),
        "digital exclusion": circumstance("digital_exclusion"),
    },
    link_workers=True,
    action="Ask how booking goes: telephone queue, app, time, bus, language, who minds the "
    "children. Change what the practice can, and tell the person how to get past the queue.",
    notes="In 12 months at least two appointments missed or cancelled, by either side, at least as "
    "many as attended, and at least one contact with urgent care. Who tried and got no appointment "
    "at all leaves no trace here. Where the urgent services’ records were not imported, nobody is "
    "found.",
    tags=("access", "appointments", "urgent care", "inclusion"),
    spec="""
    person                   | birth   | sex    | record                                                                            | found
    in: lost two, then A&E   | 1980-05 | male   | did_not_attend 2026-03-01; cancelled 2026-04-01; emergency_department 2026-05-01  | yes
    out: seen more often     | 1980-05 | female | 2 x did_not_attend 2026-03-01; 3 x attended 2026-04-01; emergency_department 2026-05-01 | no
    missing: birth and sex   |         |        | 2 x cancelled 2026-03-01; nhs_111 2026-05-01                                      | yes
    missing: nothing known   | 1980-05 | male   |                                                                                   | no
    as often seen as lost    | 1980-05 | male   | 2 x did_not_attend 2026-03-01; 2 x attended 2026-04-01; nhs_111 2026-05-01        | yes
    no urgent care           | 1980-05 | male   | 2 x did_not_attend 2026-03-01                                                     | no
    lost one                 | 1980-05 | male   | did_not_attend 2026-03-01; nhs_111 2026-05-01                                     | no
    first day                | 1980-05 | male   | 2 x did_not_attend 2025-11-01; nhs_111 2025-11-01                                 | yes
    a day too early          | 1980-05 | male   | 2 x did_not_attend 2025-10-31; nhs_111 2025-10-31                                 | no
    why: shown               | 1980-05 | male   | 2 x cancelled 2026-03-01; nhs_111 2026-05-01; interpreter-needed 2020-01-01; fact transport present 2026-06-01; fact digital_exclusion present 2026-06-01 | yes, interpreter needed, difficulty with transport, digital exclusion
    joined 11 months ago     | 1980-05 | male   | 2 x cancelled 2026-03-01; nhs_111 2026-05-01; registered 2025-11-30               | not asked
    died                     | 1980-05 | male   | 2 x cancelled 2026-03-01; nhs_111 2026-05-01; died 2026-08                        | not asked
    """,
)
