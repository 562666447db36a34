"""People whose last blood pressure was high and who are not known to have hypertension."""

import datetime as dt

from fairpractice.case_finding.rule import Rule
from fairpractice.criteria import age, latest, on_register, registered


SYSTOLIC = latest("systolic-blood-pressure", months=24)
DIASTOLIC = latest("diastolic-blood-pressure", months=24)

RULE = Rule(
    title="Raised blood pressure and no diagnosis",
    why="High pressure that was measured and not followed up is the nearest there is to a stroke "
    "that could have been prevented. It is followed up least in people who come seldom.",
    source="NICE guideline NG136, recommendation 1.2 (140/90 mmHg or more in clinic: offer "
    "measurement at home or over 24 hours); NHS England, Core20PLUS5 for adults, 5; the 24 months "
    "are our own",
    author="fairpractice contributors",
    checked_by="A second developer, 2026-11-23, against a published summary of recommendation "
    "1.2; no clinician yet",
    review_by=dt.date(2027, 11, 23),
    population=registered()
    & age(18)
    & ~on_register("hypertension", ended_by="hypertension-resolved"),
    finds=(SYSTOLIC >= 140) | (DIASTOLIC >= 90),
    outcomes={
        "180/120 or more": (SYSTOLIC >= 180) | (DIASTOLIC >= 120),
    },
    action="Take it again, and offer measurement at home with a lent machine, or at a pharmacy. At "
    "180/120 or more see the person the same day, to look for damage and for signs that need "
    "hospital.",
    notes="The latest systolic and the latest diastolic value of 24 months are taken, the higher "
    "of several on one day. One high reading is not hypertension. Without a reading it cannot be "
    "told; who has had none for five years is in another rule. Whether it was followed up since "
    "without a code is not seen.",
    tags=("hypertension", "Core20PLUS5", "prevention"),
    spec="""
    person               | birth   | sex    | record                                                               | found
    in: 150/80           | 1980-05 | male   | systolic-blood-pressure 2026-02-03 = 150; diastolic-blood-pressure 2026-02-03 = 80 | yes
    out: 130/80          | 1980-05 | female | systolic-blood-pressure 2026-02-03 = 130; diastolic-blood-pressure 2026-02-03 = 80 | no
    missing: no reading  | 1980-05 | female |                                                                      | unknown
    missing: birth       |         | female | systolic-blood-pressure 2026-02-03 = 150                             | unknown
    130/90               | 1980-05 | male   | systolic-blood-pressure 2026-02-03 = 130; diastolic-blood-pressure 2026-02-03 = 90 | yes
    139/89               | 1980-05 | male   | systolic-blood-pressure 2026-02-03 = 139; diastolic-blood-pressure 2026-02-03 = 89 | no
    systolic alone, high | 1980-05 | male   | systolic-blood-pressure 2026-02-03 = 140                             | yes
    185/80               | 1980-05 | male   | systolic-blood-pressure 2026-02-03 = 185; diastolic-blood-pressure 2026-02-03 = 80 | yes, 180/120 or more
    high, then lower     | 1980-05 | male   | systolic-blood-pressure 2026-02-03 = 160; systolic-blood-pressure 2026-06-03 = 130; diastolic-blood-pressure 2026-06-03 = 80 | no
    first day            | 1980-05 | male   | systolic-blood-pressure 2024-11-01 = 150; diastolic-blood-pressure 2024-11-01 = 80 | yes
    a day too early      | 1980-05 | male   | systolic-blood-pressure 2024-10-31 = 150; diastolic-blood-pressure 2024-10-31 = 80 | unknown
    has hypertension     | 1980-05 | male   | hypertension 2020-01-01; systolic-blood-pressure 2026-02-03 = 150    | not asked
    resolved, high again | 1980-05 | male   | hypertension 2020-01-01; hypertension-resolved 2022-01-01; systolic-blood-pressure 2026-02-03 = 150 | yes
    aged 17              | 2008-11 | male   | systolic-blood-pressure 2026-02-03 = 150                             | not asked
    died                 | 1980-05 | male   | systolic-blood-pressure 2026-02-03 = 150; died 2026-08               | not asked
    """,
)
