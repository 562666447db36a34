"""People who joined lately and whom nobody has met."""

import datetime as dt

from fairpractice.case_finding.rule import Rule
from fairpractice.criteria import address_known, appointments, contactable, ever, registered


RULE = Rule(
    title="New in the area and not met yet",
    why="People who have just moved fall out of recall, repeat prescriptions and screening, and "
    "those who came from furthest away do not know what there is.",
    source="General Medical Services Contracts Regulations 2015, schedule 3 (newly registered "
    "patients); the 6 months are our own",
    author="fairpractice contributors",
    checked_by="",
    review_by=dt.date(2027, 11, 23),
    population=registered() & ~registered(months=6),
    finds=appointments("attended", months=6) < 1,
    outcomes={
        "ethnic group not recorded": ~ever("ethnicity"),
        "address not known": ~address_known(),
        "cannot be rung or written to": ~contactable(),
    },
    action="Ring to welcome, ask for what is missing (language, ethnic group, caring, medicines, "
    "vaccinations) and offer a first appointment, longer where an interpreter is needed.",
    notes="Joined less than 6 months ago, and no appointment attended in 6 months. An appointment "
    "at another practice of the record, before the move, counts as met. Newborn children are among "
    "them. Where a practice’s appointment book was not imported, everybody new is found.",
    tags=("access", "new patients", "inclusion"),
    spec="""
    person                  | birth   | sex    | record                                                                  | found
    in: not met             | 1980-05 | male   | registered 2026-08-01; address 2026-08-01; ethnicity 2026-08-01         | yes
    out: met                | 1980-05 | female | registered 2026-08-01; address 2026-08-01; ethnicity 2026-08-01; attended 2026-09-01 | no
    missing: birth and sex  |         |        | registered 2026-08-01; address 2026-08-01; ethnicity 2026-08-01         | yes
    missing: ethnic group   | 1980-05 | male   | registered 2026-08-01; address 2026-08-01                               | yes, ethnic group not recorded
    no address              | 1980-05 | male   | registered 2026-08-01; ethnicity 2026-08-01                             | yes, address not known
    no contact details      | 1980-05 | male   | registered 2026-08-01; address 2026-08-01; ethnicity 2026-08-01; contact none | yes, cannot be rung or written to
    missed it               | 1980-05 | male   | registered 2026-08-01; address 2026-08-01; ethnicity 2026-08-01; did_not_attend 2026-09-01 | yes
    first day of 6 months   | 1980-05 | male   | registered 2026-08-01; address 2026-08-01; ethnicity 2026-08-01; attended 2026-05-01 | no
    a day too early         | 1980-05 | male   | registered 2026-08-01; address 2026-08-01; ethnicity 2026-08-01; attended 2026-04-30 | yes
    joined 6 months ago     | 1980-05 | male   | registered 2026-04-30                                                   | not asked
    joined a day later      | 1980-05 | male   | registered 2026-05-01; address 2026-05-01; ethnicity 2026-05-01         | yes
    died                    | 1980-05 | male   | registered 2026-08-01; died 2026-09                                     | not asked
    """,
)
