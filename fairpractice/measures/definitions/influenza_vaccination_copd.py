"""Influenza vaccination in chronic obstructive pulmonary disease."""

import datetime as dt

from fairpractice.criteria import on_register, registered, within
from fairpractice.measures.measure import Measure


MEASURE = Measure(
    title="Influenza vaccination in COPD",
    why="Influenza brings many people with chronic obstructive pulmonary disease (COPD) into "
    "hospital, and COPD is a disease of the poor. Vaccination of people with COPD is what "
    "Core20PLUS5 asks for in chronic respiratory disease.",
    source="NHS England, Core20PLUS5 for adults, 3 (chronic respiratory disease: drive up uptake "
    "of COVID-19, influenza and pneumonia vaccines)",
    author="fairpractice contributors",
    checked_by="A second developer, 2026-11-23, against NHS England’s page on Core20PLUS5; no "
    "clinician yet",
    review_by=dt.date(2027, 11, 23),
    population=registered() & on_register("copd", ended_by="copd-resolved"),
    numerator=within("influenza-vaccination", months=12),
    outcomes={
        "declined": within("influenza-vaccination-declined", months=12),
        "unsuitable": within("influenza-vaccination-unsuitable", months=12),
    },
    better="higher",
    notes="The last 12 months are looked at: ask on the last day of February for the last winter. "
    "Pneumococcal vaccination is not looked at; COVID-19 vaccination is by age, in a measure of "
    "its own.",
    tags=("vaccination", "COPD", "respiratory", "Core20PLUS5", "prevention"),
    spec="""
    person                 | birth   | sex    | record                                            | counted
    in: last winter        | 1950-05 | male   | copd 2015-01-01; influenza-vaccination 2025-11-12 | yes
    out: never             | 1950-05 | female | copd 2015-01-01                                   | no
    missing: birth and sex |         |        | copd 2015-01-01                                   | no
    first day              | 1950-05 | male   | copd 2015-01-01; influenza-vaccination 2025-11-01 | yes
    a day too early        | 1950-05 | male   | copd 2015-01-01; influenza-vaccination 2025-10-31 | no
    COPD resolved          | 1950-05 | male   | copd 2015-01-01; copd-resolved 2020-01-01         | not asked
    no COPD                | 1950-05 | male   | influenza-vaccination 2025-11-12                  | not asked
    declined: counted      | 1950-05 | male   | copd 2015-01-01; influenza-vaccination-declined 2025-11-12 | no, declined
    not registered         | 1950-05 | male   | copd 2015-01-01; not registered                   | not asked
    died                   | 1950-05 | male   | copd 2015-01-01; died 2026-08                     | not asked
    """,
)
