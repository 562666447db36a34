"""The care processes of diabetes that the record here can show."""

import datetime as dt

from fairpractice.criteria import age, on_register, registered, within
from fairpractice.measures.measure import Measure


SMOKING = (
    within("smoking-current", months=12)
    | within("smoking-ex", months=12)
    | within("smoking-never", months=12)
)

MEASURE = Measure(
    title="Diabetes: seven of the eight care processes",
    why="Each process finds a danger while it can be averted. Young adults and people in deprived "
    "areas, who have most ahead of them, are those who get all of them least.",
    source="National Diabetes Audit, care processes, and Quality and Outcomes Framework 2026/27, "
    "DM037 (all eight in 12 months): HbA1c, blood pressure, cholesterol, serum creatinine, urine "
    "albumin, body mass index and smoking; the eighth is foot surveillance",
    author="fairpractice contributors",
    checked_by="A second developer, 2026-11-23, against the framework’s guidance 2026/27, as "
    "public code quotes it, and the audit’s page on its period; no clinician yet",
    review_by=dt.date(2027, 11, 23),
    population=registered() & age(17) & on_register("diabetes", ended_by="diabetes-resolved"),
    unless=within("diabetes-unsuitable", months=12),
    numerator=within("hba1c", months=12)
    & within("systolic-blood-pressure", months=12)
    & within("cholesterol", months=12)
    & within("creatinine", months=12)
    & within("urine-albumin", months=12)
    & within("body-mass-index", months=12)
    & SMOKING,
    outcomes={
        "invited": within("diabetes-invited", months=12),
        "declined": within("diabetes-declined", months=12),
    },
    better="higher",
    notes="Foot surveillance, the eighth, is left out because no openly licensed codes for it are "
    "known; the measure of all eight is there for those who add a list. Eye screening, the ninth, "
    "is the screening programme’s. The last 12 months are looked at, as in the framework, where "
    "the audit takes 15.",
    tags=("diabetes", "long-term condition", "review"),
    spec="""
    person              | birth   | sex    | record                                              | counted
    in: all seven       | 1960-05 | male   | diabetes 2015-03-01; hba1c 2026-02-03 = 50; systolic-blood-pressure 2026-02-03 = 130; cholesterol 2026-02-03 = 4; creatinine 2026-02-03 = 80; urine-albumin 2026-02-03 = 2; body-mass-index 2026-02-03 = 30; smoking-ex 2026-02-03 | yes
    out: no urine test  | 1960-05 | female | diabetes 2015-03-01; hba1c 2026-02-03 = 50; systolic-blood-pressure 2026-02-03 = 130; cholesterol 2026-02-03 = 4; creatinine 2026-02-03 = 80; body-mass-index 2026-02-03 = 30; smoking-ex 2026-02-03 | no
    missing: birth      |         | female | diabetes 2015-03-01                                 | unknown
    on different days   | 1960-05 | male   | diabetes 2015-03-01; hba1c 2025-11-01 = 50; systolic-blood-pressure 2025-12-03 = 130; cholesterol 2026-01-03 = 4; creatinine 2026-02-03 = 80; urine-albumin 2026-03-03 = 2; body-mass-index 2026-04-03 = 30; smoking-current 2026-05-03 | yes
    one a day too early | 1960-05 | male   | diabetes 2015-03-01; hba1c 2025-10-31 = 50; systolic-blood-pressure 2025-12-03 = 130; cholesterol 2026-01-03 = 4; creatinine 2026-02-03 = 80; urine-albumin 2026-03-03 = 2; body-mass-index 2026-04-03 = 30; smoking-never 2026-05-03 | no
    none                | 1960-05 | male   | diabetes 2015-03-01                                 | no
    resolved            | 1960-05 | male   | diabetes 2015-03-01; diabetes-resolved 2020-01-01   | not asked
    aged 16             | 2009-11 | male   | diabetes 2015-03-01                                 | not asked
    unsuitable          | 1960-05 | male   | diabetes 2015-03-01; diabetes-unsuitable 2026-01-10 | excepted
    invited, declined   | 1960-05 | male   | diabetes 2015-03-01; diabetes-invited 2026-01-10; diabetes-declined 2026-02-10 | no, invited, declined
    not registered      | 1960-05 | male   | diabetes 2015-03-01; not registered                 | not asked
    died                | 1960-05 | male   | diabetes 2015-03-01; died 2026-08                   | not asked
    """,
)
