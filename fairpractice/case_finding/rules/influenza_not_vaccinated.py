"""People called for influenza vaccination who have not had it."""

import datetime as dt

from fairpractice.case_finding.rule import Rule
from fairpractice.criteria import age, any_of, ever, on_register, registered, within


AT_RISK = any_of(
    on_register("diabetes", ended_by="diabetes-resolved"),
    on_register("copd", ended_by="copd-resolved"),
    ever("chronic-kidney-disease"),
    ever("coronary-heart-disease"),
    on_register("heart-failure", ended_by="heart-failure-resolved"),
    ever("stroke"),
    ever("learning-disability"),
    on_register("carer", ended_by="no-longer-carer"),
)

RULE = Rule(
    title="Not vaccinated against influenza",
    why="Reminders bring those who come every year. Those who are housebound, work shifts, care "
    "for others or have heard bad things of vaccines need another way of asking.",
    source="UK Health Security Agency, Green Book chapter 19: everybody of 65 and over, people in "
    "clinical risk groups, and carers",
    author="fairpractice contributors",
    checked_by="",
    review_by=dt.date(2027, 11, 23),
    population=registered() & age(1) & (age(65) | AT_RISK),
    finds=~within("influenza-vaccination", months=12),
    outcomes={
        "65 or over": age(65),
        "declined": within("influenza-vaccination-declined", months=12),
        "unsuitable": within("influenza-vaccination-unsuitable", months=12),
    },
    action="Ask what would make it possible: at home, on the way from work, with the children, a "
    "talk with somebody who speaks the language. A no is written down and respected.",
    notes="The last 12 months are looked at: ask from November on, when this autumn’s campaign has "
    "replaced the last. Some risk groups have no openly licensed list here: asthma that needs "
    "steroids, liver disease, weakened immunity, severe obesity, pregnancy. Vaccines given "
    "elsewhere are seen where the practice was told.",
    tags=("vaccination", "prevention"),
    spec="""
    person                 | birth   | sex    | record                                                 | found
    in: never              | 1950-05 | male   |                                                        | yes, 65 or over
    out: last winter       | 1950-05 | female | influenza-vaccination 2025-11-12                       | no, 65 or over
    missing: birth         |         | female | copd 2020-01-01                                        | unknown
    at risk                | 1980-05 | male   | diabetes 2015-01-01                                    | yes
    a carer                | 1980-05 | male   | carer 2015-01-01                                       | yes
    no longer a carer      | 1980-05 | male   | carer 2015-01-01; no-longer-carer 2020-01-01           | not asked
    heart failure          | 1980-05 | male   | heart-failure 2020-01-01                               | yes
    kidney disease         | 1980-05 | male   | chronic-kidney-disease 2020-01-01                      | yes
    stroke                 | 1980-05 | male   | stroke 2020-01-01                                      | yes
    heart disease          | 1980-05 | male   | coronary-heart-disease 2020-01-01                      | yes
    learning disability    | 2015-05 | male   | learning-disability 2020-01-01                         | yes
    first day              | 1950-05 | male   | influenza-vaccination 2025-11-01                       | no, 65 or over
    a day too early        | 1950-05 | male   | influenza-vaccination 2025-10-31                       | yes, 65 or over
    aged 64, not at risk   | 1961-11 | male   |                                                        | not asked
    died                   | 1950-05 | male   | died 2026-08                                           | not asked
    """,
)
