"""People who probably have a learning disability and have no code for it."""

import datetime as dt

from fairpractice.case_finding.rule import Rule
from fairpractice.criteria import ever, registered


RULE = Rule(
    title="Probable learning disability, not coded",
    why="About one person in fifty has a learning disability, and far fewer are on a register. "
    "Without the code there is no yearly check, no longer appointment and no easy read.",
    source="NHS England 2019, Improving identification of people with a learning disability: "
    "guidance for general practice",
    author="fairpractice contributors",
    checked_by="A second developer, 2026-11-23, against figures of prevalence in NHS pages "
    "alone; no clinician yet",
    review_by=dt.date(2027, 11, 23),
    population=registered(),
    finds=ever("learning-disability-hint") & ~ever("learning-disability"),
    action="Read the record for school, benefits and letters, then talk with the person and who "
    "knows them. Code a learning disability only with their agreement, and offer the yearly check.",
    notes="Codes that point to a learning disability without being on the register’s list are "
    "looked for: the guidance has many more, and they are to be added to the list of signs. Most "
    "people who are not coded have no sign either. Autism or a difficulty with reading alone is not "
    "a learning disability.",
    tags=("learning disability", "coding", "inclusion"),
    spec="""
    person                 | birth   | sex    | record                                                                | found
    in: a sign             | 1990-05 | male   | learning-disability-hint 2024-03-01                                   | yes
    out: coded             | 1990-05 | female | learning-disability-hint 2024-03-01; learning-disability 2024-04-01   | no
    missing: birth and sex |         |        | learning-disability-hint 2024-03-01                                   | yes
    no sign                | 1990-05 | male   |                                                                       | no
    sign on the day        | 1990-05 | male   | learning-disability-hint 2026-10-31                                   | yes
    sign a day later       | 1990-05 | male   | learning-disability-hint 2026-11-01                                   | no
    not registered         | 1990-05 | male   | learning-disability-hint 2024-03-01; not registered                   | not asked
    died                   | 1990-05 | male   | learning-disability-hint 2024-03-01; died 2026-08                     | not asked
    """,
)
