"""People with hypertension whose last blood pressure was above target."""

import datetime as dt

from fairpractice.case_finding.rule import Rule
from fairpractice.criteria import age, latest, on_register, registered, within


SYSTOLIC = latest("systolic-blood-pressure", months=12)
DIASTOLIC = latest("diastolic-blood-pressure", months=12)

RULE = Rule(
    title="Hypertension above target",
    why="Many whose pressure is known to be high stay above target: tablets not fetched, "
    "side effects not told of, doses not raised. Each 10 mmHg is about a quarter fewer strokes.",
    source="Quality and Outcomes Framework 2026/27, HYP010 and HYP011 (140/90 mmHg or less up to 79 "
    "years, 150/90 mmHg or less from 80; HYP008 and HYP009 until 2026); NICE guideline NG136",
    author="fairpractice contributors",
    checked_by="A second developer, 2026-11-23, against published notes on HYP010 and HYP011, "
    "2026/27; no clinician yet",
    review_by=dt.date(2027, 11, 23),
    population=registered()
    & age(18)
    & on_register("hypertension", ended_by="hypertension-resolved"),
    unless=within("hypertension-unsuitable", months=12),
    finds=(DIASTOLIC > 90) | (age(18, 79) & (SYSTOLIC > 140)) | (age(80) & (SYSTOLIC > 150)),
    outcomes={
        "180/120 or more": (SYSTOLIC >= 180) | (DIASTOLIC >= 120),
        "invited": within("hypertension-invited", months=12),
        "declined": within("hypertension-declined", months=12),
    },
    action="Ask first how the tablets are going and whether they are affordable, then take it "
    "again, and raise the dose or add a second. Say what the target is and why.",
    notes="The latest values of 12 months are taken. Without a reading it cannot be told: those "
    "people are in the rule on missed reviews. Readings at home, for which the limits are 5 mmHg "
    "lower, are held to the same limits. Since April 2026 the framework leaves out people with "
    "moderate or severe frailty; here they stay: look at them before raising a dose.",
    tags=("hypertension", "long-term condition", "Core20PLUS5", "prevention"),
    spec="""
    person               | birth   | sex    | record                                                               | found
    in: 150/80           | 1970-05 | male   | hypertension 2015-03-01; systolic-blood-pressure 2026-02-03 = 150; diastolic-blood-pressure 2026-02-03 = 80 | yes
    out: 130/80          | 1970-05 | female | hypertension 2015-03-01; systolic-blood-pressure 2026-02-03 = 130; diastolic-blood-pressure 2026-02-03 = 80 | no
    missing: no reading  | 1970-05 | female | hypertension 2015-03-01                                              | unknown
    missing: birth       |         | female | hypertension 2015-03-01; systolic-blood-pressure 2026-02-03 = 170    | unknown
    exactly 140/90       | 1970-05 | male   | hypertension 2015-03-01; systolic-blood-pressure 2026-02-03 = 140; diastolic-blood-pressure 2026-02-03 = 90 | no
    130/95               | 1970-05 | male   | hypertension 2015-03-01; systolic-blood-pressure 2026-02-03 = 130; diastolic-blood-pressure 2026-02-03 = 95 | yes
    aged 80, 148/80      | 1946-10 | male   | hypertension 2015-03-01; systolic-blood-pressure 2026-02-03 = 148; diastolic-blood-pressure 2026-02-03 = 80 | no
    aged 80, 152/80      | 1946-10 | male   | hypertension 2015-03-01; systolic-blood-pressure 2026-02-03 = 152; diastolic-blood-pressure 2026-02-03 = 80 | yes
    aged 79, 148/80      | 1946-11 | male   | hypertension 2015-03-01; systolic-blood-pressure 2026-02-03 = 148; diastolic-blood-pressure 2026-02-03 = 80 | yes
    very high: shown     | 1970-05 | male   | hypertension 2015-03-01; systolic-blood-pressure 2026-02-03 = 190; diastolic-blood-pressure 2026-02-03 = 80 | yes, 180/120 or more
    first day            | 1970-05 | male   | hypertension 2015-03-01; systolic-blood-pressure 2025-11-01 = 150; diastolic-blood-pressure 2025-11-01 = 80 | yes
    a day too early      | 1970-05 | male   | hypertension 2015-03-01; systolic-blood-pressure 2025-10-31 = 150; diastolic-blood-pressure 2025-10-31 = 80 | unknown
    invited, declined    | 1970-05 | male   | hypertension 2015-03-01; systolic-blood-pressure 2026-02-03 = 150; hypertension-invited 2026-01-01; hypertension-declined 2026-03-01 | yes, invited, declined
    unsuitable           | 1970-05 | male   | hypertension 2015-03-01; hypertension-unsuitable 2026-03-01          | excepted
    resolved             | 1970-05 | male   | hypertension 2015-03-01; hypertension-resolved 2019-03-01            | not asked
    died                 | 1970-05 | male   | hypertension 2015-03-01; died 2026-08                                | not asked
    """,
)
