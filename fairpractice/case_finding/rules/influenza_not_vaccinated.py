"""People called for influenza vaccination who have not had it."""

import datetime as dt

from fairpractice.case_finding.rule import Rule
from fairpractice.criteria import (
    age,
    any_of,
    circumstance,
    ever,
    known,
    on_register,
    registered,
    within,
)


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
# Who is not known to be homeless is not asked about: unknown is not a reason to call.
HOMELESS = age(16) & known(circumstance("homelessness")) & circumstance("homelessness")

RULE = Rule(
    title="Not vaccinated against influenza",
    why="Reminders bring those who come every year. Those who are housebound, work shifts, care "
    "for others or have heard bad things of vaccines need another way of asking.",
    source="UK Health Security Agency, Green Book chapter 19, and the flu letters for 2026 to 2027: "
    "everybody of 65 and over, people in clinical risk groups, carers, and from October 2026 "
    "people of 16 and over who are homeless",
    author="fairpractice contributors",
    checked_by="A second developer, 2026-11-23, against the rules of uptake reporting as "
    "North Central London has them and published notes on the letters for 2026/27; no clinician "
    "yet",
    review_by=dt.date(2027, 11, 23),
    population=registered() & age(1) & (age(65) | AT_RISK | HOMELESS),
    finds=~within("influenza-vaccination", months=12),
    outcomes={
        "65 or over": age(65),
        "homeless": HOMELESS,
        "declined": within("influenza-vaccination-declined", months=12),
        "unsuitable": within("influenza-vaccination-unsuitable", months=12),
    },
    action="Ask what would make it possible: at home, on the way from work, with the children, a "
    "talk with somebody who speaks the language. A no is written down and respected.",
    notes="The last 12 months are looked at: ask from November on, when this autumn’s campaign has "
    "replaced the last. Some risk groups have no openly licensed list here: asthma that needs "
    "steroids, liver disease, weakened immunity, severe obesity, pregnancy. Children who are called "
    "for their age are not looked at, nor people who turn 65 before April, nor residents of care "
    "homes below 65. Vaccines given "
    "elsewhere are seen where the practice was told.",
    tags=("vaccination", "prevention"),
    spec="""
    person                 | birth   | sex    | record                                                 | found
    in: never              | 1950-05 | male   |                                                        | yes, 65 or over
    out: last winter       | 1950-05 | female | influenza-vaccination 2025-11-12                       | no, 65 or over
    missing: birth         |         | female | copd 2020-01-01                                        | unknown
    at risk                | 1980-05 | male   | diabetes 2015-01-01                                    | yes
    a carer                | 1980-05 | male   | carer 2015-01-01                                       | yes
    homeless               | 1980-05 | male   | homeless 2026-08-01                                    | yes, homeless
    homeless, aged 15      | 2010-11 | male   | homeless 2026-08-01                                    | not asked
    housed since           | 1980-05 | male   | homeless 2026-08-01; no-longer-homeless 2026-09-01     | not asked
    declined: shown        | 1950-05 | male   | influenza-vaccination-declined 2026-10-02              | yes, 65 or over, declined
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
