"""People with diabetes of whom a care process is missing."""

import datetime as dt

from fairpractice.case_finding.rule import Rule
from fairpractice.criteria import age, on_register, registered, within


SMOKING = (
    within("smoking-current", months=15)
    | within("smoking-ex", months=15)
    | within("smoking-never", months=15)
)
DUE = {
    "HbA1c due": ~within("hba1c", months=15),
    "blood pressure due": ~within("systolic-blood-pressure", months=15),
    "cholesterol due": ~within("cholesterol", months=15),
    "creatinine due": ~within("creatinine", months=15),
    "urine albumin due": ~within("urine-albumin", months=15),
    "body mass index due": ~within("body-mass-index", months=15),
    "smoking status due": ~SMOKING,
}

RULE = Rule(
    title="Diabetes with a care process missing",
    why="A review that was begun and not finished counts as done and leaves the danger unseen. "
    "Urine is tested least, and in the young and the poor least of all.",
    source="National Diabetes Audit, care processes, within its 15 months (as in NICE guidelines "
    "NG28 and NG17); since April 2026 also Quality and Outcomes Framework, DM037, within 12 months",
    author="fairpractice contributors",
    checked_by="A second developer, 2026-11-23, against published notes on DM037, 2026/27; no "
    "clinician yet",
    review_by=dt.date(2027, 11, 23),
    population=registered() & age(17) & on_register("diabetes", ended_by="diabetes-resolved"),
    unless=within("diabetes-unsuitable", months=12),
    finds=DUE["HbA1c due"]
    | DUE["blood pressure due"]
    | DUE["cholesterol due"]
    | DUE["creatinine due"]
    | DUE["urine albumin due"]
    | DUE["body mass index due"]
    | DUE["smoking status due"],
    outcomes=DUE
    | {
        "invited": within("diabetes-invited", months=12),
        "declined": within("diabetes-declined", months=12),
    },
    action="Offer one appointment for all that is missing, with a sample bottle sent ahead. Where "
    "letters failed, ring; ask what time and place would do.",
    notes="Seven of the audit’s eight processes are looked at: foot surveillance has no openly "
    "licensed codes. Eye screening is the screening programme’s. A test that a hospital did is "
    "seen only where it was filed.",
    tags=("diabetes", "long-term condition", "review"),
    spec="""
    person              | birth   | sex    | record                                              | found
    in: no urine test   | 1960-05 | male   | diabetes 2015-03-01; hba1c 2026-02-03 = 50; systolic-blood-pressure 2026-02-03 = 130; cholesterol 2026-02-03 = 4; creatinine 2026-02-03 = 80; body-mass-index 2026-02-03 = 30; smoking-ex 2026-02-03 | yes, urine albumin due
    out: all done       | 1960-05 | female | diabetes 2015-03-01; hba1c 2026-02-03 = 50; systolic-blood-pressure 2026-02-03 = 130; cholesterol 2026-02-03 = 4; creatinine 2026-02-03 = 80; urine-albumin 2026-02-03 = 2; body-mass-index 2026-02-03 = 30; smoking-ex 2026-02-03 | no
    missing: birth      |         | female | diabetes 2015-03-01; hba1c 2026-02-03 = 50          | unknown, blood pressure due, cholesterol due, creatinine due, urine albumin due, body mass index due, smoking status due
    first day of the 15 | 1960-05 | male   | diabetes 2015-03-01; hba1c 2025-08-01 = 50; systolic-blood-pressure 2026-02-03 = 130; cholesterol 2026-02-03 = 4; creatinine 2026-02-03 = 80; urine-albumin 2026-02-03 = 2; body-mass-index 2026-02-03 = 30; smoking-never 2026-02-03 | no
    a day too early     | 1960-05 | male   | diabetes 2015-03-01; hba1c 2025-07-31 = 50; systolic-blood-pressure 2026-02-03 = 130; cholesterol 2026-02-03 = 4; creatinine 2026-02-03 = 80; urine-albumin 2026-02-03 = 2; body-mass-index 2026-02-03 = 30; smoking-current 2026-02-03 | yes, HbA1c due
    declined: shown     | 1960-05 | male   | diabetes 2015-03-01; diabetes-invited 2026-01-10; diabetes-declined 2026-02-10; hba1c 2026-02-03 = 50; systolic-blood-pressure 2026-02-03 = 130; cholesterol 2026-02-03 = 4; creatinine 2026-02-03 = 80; urine-albumin 2026-02-03 = 2; body-mass-index 2026-02-03 = 30 | yes, smoking status due, invited, declined
    unsuitable          | 1960-05 | male   | diabetes 2015-03-01; diabetes-unsuitable 2026-01-10; hba1c 2026-02-03 = 50; systolic-blood-pressure 2026-02-03 = 130; cholesterol 2026-02-03 = 4; creatinine 2026-02-03 = 80; urine-albumin 2026-02-03 = 2; body-mass-index 2026-02-03 = 30; smoking-ex 2026-02-03 | excepted
    resolved            | 1960-05 | male   | diabetes 2015-03-01; diabetes-resolved 2020-01-01; hba1c 2026-02-03 = 40; systolic-blood-pressure 2026-02-03 = 130; cholesterol 2026-02-03 = 4; creatinine 2026-02-03 = 80; urine-albumin 2026-02-03 = 2; body-mass-index 2026-02-03 = 30; smoking-ex 2026-02-03 | not asked
    """,
)
