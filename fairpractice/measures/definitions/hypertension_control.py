"""Blood pressure control in hypertension."""

import datetime as dt

from fairpractice.criteria import age, latest, on_register, registered, within
from fairpractice.measures.measure import Measure


SYSTOLIC = latest("systolic-blood-pressure", months=12)
DIASTOLIC = latest("diastolic-blood-pressure", months=12)

MEASURE = Measure(
    title="Blood pressure control in hypertension",
    why="Controlled blood pressure prevents strokes, heart attacks and kidney failure, which "
    "shorten lives in deprived areas most. It is one of the five clinical areas of Core20PLUS5.",
    source="Quality and Outcomes Framework 2026/27, HYP010 and HYP011 (HYP008 and HYP009 before): "
    "last blood pressure in 12 months 140/90 mmHg or less at ages up to 79, 150/90 mmHg or less "
    "from 80",
    author="fairpractice contributors",
    checked_by="A second developer, 2026-11-23, against the framework’s guidance 2026/27, as "
    "public code quotes it; no clinician yet",
    review_by=dt.date(2027, 11, 23),
    population=registered()
    & age(18)
    & on_register("hypertension", ended_by="hypertension-resolved"),
    unless=within("hypertension-unsuitable", months=12),
    numerator=(DIASTOLIC <= 90)
    & ((age(18, 79) & (SYSTOLIC <= 140)) | (age(80) & (SYSTOLIC <= 150))),
    outcomes={
        "invited": within("hypertension-invited", months=12),
        "declined": within("hypertension-declined", months=12),
    },
    better="higher",
    notes="Without a reading in 12 months control is not known: such people are counted apart, as "
    "unknown, and not among those controlled or not. The framework counts them as not controlled, "
    "so its figure is lower; look at both. From April 2026 it leaves out people with moderate or "
    "severe frailty, who are counted here, and it has no lowest age. NICE guideline NG136 aims "
    "below 140/90 (150/90), not at or below. Readings at home, for which the framework's limits "
    "are 135/85 (145/85), are held to the same limits as others here. The latest systolic and the "
    "latest diastolic value are taken, the higher of several on one day.",
    tags=("hypertension", "long-term condition", "Core20PLUS5", "prevention"),
    spec="""
    person                        | birth   | sex    | record                                             | counted
    in: controlled                | 1960-05 | male   | hypertension 2015-03-01; systolic-blood-pressure 2026-02-03 = 132; diastolic-blood-pressure 2026-02-03 = 80  | yes
    out: too high                 | 1960-05 | male   | hypertension 2015-03-01; systolic-blood-pressure 2026-02-03 = 152; diastolic-blood-pressure 2026-02-03 = 80  | no
    missing: no reading           | 1960-05 | male   | hypertension 2015-03-01                            | unknown
    missing: birth                |         | male   | hypertension 2015-03-01; systolic-blood-pressure 2026-02-03 = 132; diastolic-blood-pressure 2026-02-03 = 80  | unknown
    systolic alone, fine          | 1960-05 | male   | hypertension 2015-03-01; systolic-blood-pressure 2026-02-03 = 132 | unknown
    systolic alone, too high      | 1960-05 | male   | hypertension 2015-03-01; systolic-blood-pressure 2026-02-03 = 152 | no
    code without a value          | 1960-05 | male   | hypertension 2015-03-01; systolic-blood-pressure 2026-02-03; diastolic-blood-pressure 2026-02-03 | unknown
    exactly 140/90                | 1960-05 | female | hypertension 2015-03-01; systolic-blood-pressure 2026-02-03 = 140; diastolic-blood-pressure 2026-02-03 = 90  | yes
    140/91                        | 1960-05 | female | hypertension 2015-03-01; systolic-blood-pressure 2026-02-03 = 140; diastolic-blood-pressure 2026-02-03 = 91  | no
    aged 79, 145/80               | 1946-11 | female | hypertension 2015-03-01; systolic-blood-pressure 2026-02-03 = 145; diastolic-blood-pressure 2026-02-03 = 80  | no
    aged 80, 145/80               | 1946-10 | female | hypertension 2015-03-01; systolic-blood-pressure 2026-02-03 = 145; diastolic-blood-pressure 2026-02-03 = 80  | yes
    high, then controlled         | 1960-05 | male   | hypertension 2015-03-01; systolic-blood-pressure 2026-02-03 = 170; systolic-blood-pressure 2026-06-03 = 130; diastolic-blood-pressure 2026-06-03 = 80 | yes
    two readings on one day       | 1960-05 | male   | hypertension 2015-03-01; systolic-blood-pressure 2026-02-03 = 130; systolic-blood-pressure 2026-02-03 = 150; diastolic-blood-pressure 2026-02-03 = 80 | no
    last reading, first day       | 1960-05 | male   | hypertension 2015-03-01; systolic-blood-pressure 2025-11-01 = 132; diastolic-blood-pressure 2025-11-01 = 80  | yes
    last reading, a day too early | 1960-05 | male   | hypertension 2015-03-01; systolic-blood-pressure 2025-10-31 = 132; diastolic-blood-pressure 2025-10-31 = 80  | unknown
    last reading 13 months ago    | 1960-05 | male   | hypertension 2015-03-01; systolic-blood-pressure 2025-09-30 = 132; diastolic-blood-pressure 2025-09-30 = 80  | unknown
    resolved                      | 1960-05 | male   | hypertension 2015-03-01; hypertension-resolved 2019-03-01 | not asked
    unsuitable this year          | 1960-05 | male   | hypertension 2015-03-01; hypertension-unsuitable 2026-03-01 | excepted
    declined: still counted       | 1960-05 | male   | hypertension 2015-03-01; hypertension-declined 2026-03-01 | unknown, declined
    invited                       | 1960-05 | male   | hypertension 2015-03-01; hypertension-invited 2026-03-01 | unknown, invited
    not registered                | 1960-05 | male   | hypertension 2015-03-01; not registered            | not asked
    """,
)
