"""Influenza vaccination at 65 and over."""

import datetime as dt

from fairpractice.criteria import age, registered, within
from fairpractice.measures.measure import Measure


MEASURE = Measure(
    title="Influenza vaccination at 65 and over",
    why="Influenza kills thousands of older people in a bad winter. Uptake is far lower in the "
    "most deprived areas and among Black, Pakistani and Bangladeshi people.",
    source="UK Health Security Agency, Green Book chapter 19 (everybody of 65 and over is offered "
    "a vaccine each autumn), and its yearly report on seasonal influenza vaccine uptake in GP "
    "patients",
    author="fairpractice contributors",
    checked_by="A second developer, 2026-11-23, against the agency’s report for 2024 to 2025, not "
    "the Green Book; no clinician yet",
    review_by=dt.date(2027, 11, 23),
    population=registered() & age(65),
    numerator=within("influenza-vaccination", months=12),
    outcomes={
        "declined": within("influenza-vaccination-declined", months=12),
        "unsuitable": within("influenza-vaccination-unsuitable", months=12),
    },
    better="higher",
    notes="The last 12 months are looked at, so that in autumn last winter’s vaccinations still "
    "count: ask on the last day of February for what is published, which counts from 1 September. "
    "Age is that on the day asked, not at the end of March. Vaccines given in pharmacies are seen "
    "where the practice was told.",
    tags=("vaccination", "prevention"),
    spec="""
    person                 | birth   | sex    | record                           | counted
    in: last winter        | 1950-05 | male   | influenza-vaccination 2025-11-12 | yes
    out: never             | 1950-05 | female |                                  | no
    missing: birth         |         | female | influenza-vaccination 2025-11-12 | unknown
    missing: sex           | 1950-05 |        | influenza-vaccination 2025-11-12 | yes
    first day              | 1950-05 | male   | influenza-vaccination 2025-11-01 | yes
    a day too early        | 1950-05 | male   | influenza-vaccination 2025-10-31 | no
    this autumn            | 1950-05 | male   | influenza-vaccination 2026-10-05 | yes
    to come                | 1950-05 | male   | influenza-vaccination 2026-11-05 | no
    aged 64                | 1961-11 | male   | influenza-vaccination 2025-11-12 | not asked
    aged 65                | 1961-10 | male   | influenza-vaccination 2025-11-12 | yes
    declined: counted      | 1950-05 | male   | influenza-vaccination-declined 2025-11-12 | no, declined
    not registered         | 1950-05 | male   | not registered                   | not asked
    died                   | 1950-05 | male   | influenza-vaccination 2025-11-12; died 2026-08 | not asked
    """,
)
