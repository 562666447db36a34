"""Blood pressure checked in five years, from 45 on."""

import datetime as dt

from fairpractice.criteria import age, registered, within
from fairpractice.measures.measure import Measure


MEASURE = Measure(
    title="Blood pressure checked in 5 years",
    why="Three in ten adults with high blood pressure do not know of it, most often those who are "
    "young or feel well and whose pressure nobody takes. Finding it is one of the five clinical "
    "areas of Core20PLUS5.",
    source="Quality and Outcomes Framework 2026/27, BP002: people of 45 and over with a record of "
    "blood pressure in the last 5 years; NHS England, Core20PLUS5 for adults, 5 (hypertension "
    "case-finding); Office for National Statistics 2023, Risk factors for undiagnosed high blood "
    "pressure in England, 2015 to 2019",
    author="fairpractice contributors",
    checked_by="A second developer, 2026-11-23, against the framework’s guidance 2026/27, as "
    "public code quotes it, and the page of the Office for National Statistics; no clinician yet",
    review_by=dt.date(2027, 11, 23),
    population=registered() & age(45),
    numerator=within("systolic-blood-pressure", months=60),
    better="higher",
    notes="A systolic reading counts, with or without a value, taken anywhere. People known to "
    "have hypertension are counted too, as in the framework. That the person declined is not seen.",
    tags=("hypertension", "Core20PLUS5", "prevention"),
    spec="""
    person             | birth   | sex    | record                                   | counted
    in: last year      | 1970-05 | male   | systolic-blood-pressure 2025-09-12 = 130 | yes
    out: never         | 1970-05 | female |                                          | no
    missing: birth     |         | female | systolic-blood-pressure 2025-09-12 = 130 | unknown
    missing: sex       | 1970-05 |        | systolic-blood-pressure 2025-09-12 = 130 | yes
    first day          | 1970-05 | male   | systolic-blood-pressure 2021-11-01 = 130 | yes
    a day too early    | 1970-05 | male   | systolic-blood-pressure 2021-10-31 = 130 | no
    aged 44            | 1981-11 | male   |                                          | not asked
    aged 45            | 1981-10 | male   |                                          | no
    not registered     | 1970-05 | male   | not registered                           | not asked
    died               | 1970-05 | male   | died 2026-08                             | not asked
    """,
)
