"""People who say that they served in the armed forces and have no code for it."""

import datetime as dt

from fairpractice.case_finding.rule import Rule
from fairpractice.criteria import age, circumstance, ever, registered


RULE = Rule(
    title="Veteran, not coded",
    why="Veterans have services of their own, for the mind above all, and are to be seen sooner for "
    "what their service did to them, by clinical need. It begins with the practice knowing.",
    source="Armed Forces Act 2021 (the covenant duty); RCGP, Veteran friendly accreditation "
    "(ask, code and refer)",
    author="fairpractice contributors",
    checked_by="A second developer, 2026-11-23, against published notes on the duty and on "
    "accreditation; no clinician yet",
    review_by=dt.date(2027, 11, 23),
    population=registered() & age(16),
    finds=circumstance("veteran") & ~ever("veteran"),
    action="Thank the person for telling, code it if they agree, and say what there is: the "
    "veterans’ mental health service, the trauma network, and local charities.",
    notes="Statements by the person or another organisation are looked at. No openly licensed list "
    "of codes for a veteran is known: add your own to have this rule. Nothing recorded means not "
    "known: most people were never asked.",
    tags=("veterans", "coding", "inclusion"),
    spec="""
    person                | birth   | sex    | record                                                    | found
    in: says so           | 1970-05 | male   | fact veteran present 2020-03-01 by self_reported          | yes
    out: coded            | 1970-05 | male   | fact veteran present 2020-03-01 by self_reported; veteran 2021-01-01 | no
    missing: nobody asked | 1970-05 | male   |                                                           | unknown
    missing: birth        |         | male   | fact veteran present 2020-03-01                           | unknown
    did not serve         | 1970-05 | male   | fact veteran absent 2020-03-01                            | no
    would not say         | 1970-05 | male   | fact veteran declined 2020-03-01                          | unknown
    aged 15               | 2010-11 | male   | fact veteran present 2020-03-01                           | not asked
    died                  | 1970-05 | male   | fact veteran present 2020-03-01; died 2026-08             | not asked
    """,
)
