"""Children and young people who are or were in care and have no code for it."""

import datetime as dt

from fairpractice.case_finding.rule import Rule
from fairpractice.criteria import age, circumstance, ever, registered


RULE = Rule(
    title="Looked-after child or care leaver, not coded",
    why="Children in care change home, school and practice, and their health goes untold. As young "
    "adults they have no parent to ring for them.",
    source="Department for Education and Department of Health 2015, Promoting the health and "
    "well-being of looked-after children; NICE guideline NG205; the age of 25 is "
    "that of care leavers",
    author="fairpractice contributors",
    checked_by="A second developer, 2026-11-23, against the overviews of both; no clinician yet",
    review_by=dt.date(2027, 11, 23),
    population=registered() & age(0, 25),
    finds=circumstance("care_leaver") & ~ever("looked-after-child"),
    outcomes={
        "under 18": age(0, 17),
    },
    action="Under 18: ask the council’s nurse for looked-after children for the health plan, code "
    "it, and name one clinician. From 18: ask the young person what they want known, and by whom.",
    notes="What the council, the person or the team said of having been in care is looked at, and "
    "of those under 18 it is taken to mean that they are in care now: check it. Unknown means that "
    "nobody said, which is so for nearly all.",
    tags=("looked-after children", "children", "coding", "inclusion"),
    spec="""
    person                | birth   | sex    | record                                                        | found
    in: says the council  | 2015-05 | male   | fact care_leaver present 2024-03-01 by external               | yes, under 18
    out: coded            | 2015-05 | female | fact care_leaver present 2024-03-01; looked-after-child 2024-04-01 | no, under 18
    missing: nobody said  | 2015-05 | male   |                                                               | unknown, under 18
    missing: birth        |         | male   | fact care_leaver present 2024-03-01                           | unknown
    a young adult         | 2004-05 | male   | fact care_leaver present 2024-03-01 by self_reported          | yes
    never in care         | 2004-05 | male   | fact care_leaver absent 2024-03-01                            | no
    would not say         | 2004-05 | male   | fact care_leaver declined 2024-03-01                          | unknown
    aged 25               | 2000-11 | male   | fact care_leaver present 2024-03-01                           | yes
    aged 26               | 2000-10 | male   | fact care_leaver present 2024-03-01                           | not asked
    died                  | 2015-05 | male   | fact care_leaver present 2024-03-01; died 2026-08             | not asked
    """,
)
