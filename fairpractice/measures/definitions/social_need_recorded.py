"""Social needs asked about and recorded."""

import datetime as dt

from fairpractice.criteria import any_of, circumstance_recorded, registered
from fairpractice.measures.measure import Measure


TOPICS = (
    "homelessness",
    "temporary_housing",
    "housing_problem",
    "financial_hardship",
    "debt",
    "food_insecurity",
    "fuel_poverty",
    "unemployment",
    "social_isolation",
    "carer",
    "transport",
    "digital_exclusion",
)

MEASURE = Measure(
    title="Social needs recorded",
    why="Housing, money, food, work, caring and isolation shape health more than clinics do. Help "
    "can be offered fairly only where somebody has asked; otherwise it goes to those who ask.",
    source="Davies and others 2024, Journal of Epidemiology and Community Health: material "
    "disadvantage is coded for 6.1 % of adults, while 42.2 % live in the two most deprived fifths",
    author="fairpractice contributors",
    checked_by="A second developer, 2026-11-23, against the abstract of Davies 2024; no clinician "
    "yet",
    review_by=dt.date(2027, 11, 23),
    population=registered(),
    numerator=any_of(*(circumstance_recorded(topic, months=24) for topic in TOPICS)),
    better="higher",
    notes="An answer of no, or a wish not to say, counts as recorded: somebody asked. All routes "
    "count: asked by the team, entered by the person, sent by another organisation. Language and "
    "interpreter needs, which are taken at registration, are left out, as are sensitive topics.",
    tags=("completeness", "social determinants", "Core20PLUS5"),
    spec="""
    person                     | birth   | sex    | record                                                    | counted
    in: a need recorded        | 1960-05 | male   | fact food_insecurity present 2026-03-01                   | yes
    out: nobody asked          | 1960-05 | female |                                                           | no
    missing: birth and sex     |         |        | fact food_insecurity present 2026-03-01                   | yes
    asked, no need             | 1960-05 | female | fact food_insecurity absent 2026-03-01                    | yes
    asked, would not say       | 1960-05 | female | fact debt declined 2026-03-01                             | yes
    entered by the person      | 1960-05 | female | fact debt present 2026-03-01 by self_reported             | yes
    sent by the council        | 1960-05 | female | fact housing_problem present 2026-03-01 by external       | yes
    coded                      | 1960-05 | female | carer 2025-06-01                                          | yes
    23 months ago              | 1960-05 | female | fact debt present 2024-11-30                              | yes
    25 months ago              | 1960-05 | female | fact debt present 2024-09-30                              | no
    language alone             | 1960-05 | female | fact language_main present 2026-03-01                     | no
    recorded later             | 1960-05 | female | fact debt present 2026-11-01                              | no
    died                       | 1960-05 | female | fact debt present 2026-03-01; died 2026-06                | not asked
    not registered             | 1960-05 | female | fact debt present 2026-03-01; not registered              | not asked
    """,
)
