"""Children and young people without their doses against measles."""

import datetime as dt

from fairpractice.case_finding.rule import Rule
from fairpractice.criteria import age, coded_entries, ever, registered


RULE = Rule(
    title="Measles, mumps and rubella vaccine missing",
    why="Measles finds those who were missed: families who moved, who came from abroad, who have "
    "little English, or whom nobody has answered honestly.",
    source="UK Health Security Agency, Green Book chapter 21 (two doses, at any age), Vaccination "
    "of individuals with uncertain or incomplete immunisation status, and the routine schedule of "
    "January 2026 (at 1 year and 18 months; born before July 2024, at 1 year and 3 years 4 months)",
    author="fairpractice contributors",
    checked_by="A second developer, 2026-11-23, against the government’s new schedule (annexe "
    "A, April 2025); no clinician yet",
    review_by=dt.date(2027, 11, 23),
    population=registered() & age(2, 25),
    finds=(coded_entries("mmr-vaccination") < 1)
    | (age(4) & (coded_entries("mmr-vaccination") < 2)),
    outcomes={
        "no dose": coded_entries("mmr-vaccination") < 1,
        "declined": ever("mmr-vaccination-declined"),
    },
    action="Ask the family what they have on paper, also from abroad, and enter it. Otherwise offer "
    "the doses soon, at a time outside school and work, with an interpreter if needed.",
    notes="No dose from 2, or fewer than two from 4, when the second is eight months late on the "
    "older schedule. Children born since July 2024 are due their second at 18 months: a child of 2 "
    "or 3 with one is not found by this. Vaccinations abroad are often missing from the record, and "
    "nobody needs to be vaccinated again who can show them. The upper age of 25 is our own.",
    tags=("vaccination", "children", "prevention", "inclusion"),
    spec="""
    person               | birth   | sex    | record                                                 | found
    in: none             | 2020-05 | male   |                                                        | yes, no dose
    out: two doses       | 2020-05 | female | mmr-vaccination 2021-06-01; mmr-vaccination 2023-10-01 | no
    missing: birth       |         | female | mmr-vaccination 2021-06-01                             | unknown
    one dose, aged 4     | 2022-10 | male   | mmr-vaccination 2023-11-01                             | yes
    one dose, aged 3     | 2022-11 | male   | mmr-vaccination 2023-12-01                             | no
    declined: shown      | 2020-05 | male   | mmr-vaccination-declined 2021-06-01                    | yes, no dose, declined
    second to come       | 2020-05 | male   | mmr-vaccination 2021-06-01; mmr-vaccination 2026-11-01 | yes
    aged 1               | 2024-11 | male   |                                                        | not asked
    aged 2               | 2024-10 | male   |                                                        | yes, no dose
    aged 25              | 2000-11 | male   |                                                        | yes, no dose
    aged 26              | 2000-10 | male   |                                                        | not asked
    died                 | 2020-05 | male   | died 2026-08                                           | not asked
    """,
)
