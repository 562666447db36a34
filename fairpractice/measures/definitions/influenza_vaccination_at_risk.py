"""Influenza vaccination of people under 65 at clinical risk."""

import datetime as dt

from fairpractice.criteria import age, any_of, ever, on_register, registered, within
from fairpractice.measures.measure import Measure


MEASURE = Measure(
    title="Influenza vaccination under 65 at clinical risk",
    why="For people with heart, lung, kidney or liver disease, diabetes or a learning disability, "
    "influenza is many times as deadly. Fewer than half are vaccinated, and where it is poor "
    "people come to be at risk younger.",
    source="UK Health Security Agency, Green Book chapter 19, table 19.4 (clinical risk groups), "
    "and its report on seasonal influenza vaccine uptake in GP patients, 2024 to 2025 (40 % of "
    "them vaccinated)",
    author="fairpractice contributors",
    checked_by="A second developer, 2026-11-23, against the agency’s report for 2024 to 2025, and "
    "the risk groups as public code quotes them; no clinician yet",
    review_by=dt.date(2027, 11, 23),
    population=registered()
    & age(1, 64)
    & any_of(
        on_register("diabetes", ended_by="diabetes-resolved"),
        on_register("copd", ended_by="copd-resolved"),
        ever("chronic-kidney-disease"),
        ever("coronary-heart-disease"),
        on_register("heart-failure", ended_by="heart-failure-resolved"),
        ever("stroke"),
        ever("learning-disability"),
    ),
    numerator=within("influenza-vaccination", months=12),
    outcomes={
        "declined": within("influenza-vaccination-declined", months=12),
        "unsuitable": within("influenza-vaccination-unsuitable", months=12),
    },
    better="higher",
    notes="Of the clinical risk groups those are looked at for which openly licensed lists are "
    "here: asthma that needs steroids, liver disease, other neurological disease, weakened "
    "immunity, no spleen, severe obesity and pregnancy are not; nor are people of 16 and over who "
    "are homeless, who are offered it from October 2026. Children of six to eleven months are left "
    "out. The last 12 months are looked at: ask on the last day of February for what is published.",
    tags=("vaccination", "long-term condition", "prevention"),
    spec="""
    person                 | birth   | sex    | record                                                 | counted
    in: last winter        | 1980-05 | male   | diabetes 2015-01-01; influenza-vaccination 2025-11-12  | yes
    out: never             | 1980-05 | female | copd 2020-01-01                                        | no
    missing: birth         |         | female | copd 2020-01-01                                        | unknown
    first day              | 1980-05 | male   | stroke 2020-01-01; influenza-vaccination 2025-11-01    | yes
    a day too early        | 1980-05 | male   | stroke 2020-01-01; influenza-vaccination 2025-10-31    | no
    kidney disease         | 1980-05 | male   | chronic-kidney-disease 2020-01-01                      | no
    heart disease          | 1980-05 | male   | coronary-heart-disease 2020-01-01                      | no
    heart failure          | 1980-05 | male   | heart-failure 2020-01-01                               | no
    heart failure resolved | 1980-05 | male   | heart-failure 2020-01-01; heart-failure-resolved 2022-01-01 | not asked
    learning disability    | 2015-05 | male   | learning-disability 2020-01-01                         | no
    diabetes resolved      | 1980-05 | male   | diabetes 2015-01-01; diabetes-resolved 2020-01-01      | not asked
    not at risk            | 1980-05 | male   | influenza-vaccination 2025-11-12                       | not asked
    aged 65                | 1961-10 | male   | diabetes 2015-01-01                                    | not asked
    under a year           | 2025-11 | male   | learning-disability 2026-01-01                         | not asked
    declined: counted      | 1980-05 | male   | diabetes 2015-01-01; influenza-vaccination-declined 2025-11-12 | no, declined
    not registered         | 1980-05 | male   | diabetes 2015-01-01; not registered                    | not asked
    died                   | 1980-05 | male   | diabetes 2015-01-01; died 2026-08                      | not asked
    """,
)
