"""The six parts of the yearly physical health check in severe mental illness."""

import datetime as dt

from fairpractice.criteria import on_register, registered, within
from fairpractice.measures.measure import Measure


SMOKING = (
    within("smoking-current", months=12)
    | within("smoking-ex", months=12)
    | within("smoking-never", months=12)
)

MEASURE = Measure(
    title="Severe mental illness: full physical health check",
    why="People with severe mental illness die 15 to 20 years earlier, mostly of heart and lung "
    "disease that a yearly check would find. It is one of the five clinical areas of Core20PLUS5.",
    source="NHS England, Improving the physical health of people living with severe mental "
    "illness: the six elements of the core yearly check are alcohol, blood pressure, body mass "
    "index, blood lipids, blood glucose and smoking (each apart in the Quality and Outcomes "
    "Framework 2026/27: MH003, MH006, MH007, MH011, MH012 and SMOK002)",
    author="fairpractice contributors",
    checked_by="A second developer, 2026-11-23, against NHS England’s guidance, and the "
    "framework’s guidance 2026/27, as public code quotes it; no clinician yet",
    review_by=dt.date(2027, 11, 23),
    population=registered()
    & on_register("severe-mental-illness", ended_by="severe-mental-illness-remission"),
    numerator=within("alcohol-intake", months=12)
    & within("systolic-blood-pressure", months=12)
    & within("body-mass-index", months=12)
    & within("cholesterol", months=12)
    & within("hba1c", months=12)
    & SMOKING,
    better="higher",
    notes="All six parts must be there. For blood glucose HbA1c is looked at, for lipids total "
    "cholesterol, for alcohol an intake: a fasting glucose, a ratio or a questionnaire is not "
    "seen. The framework lets lipids stand for 24 months in some and leaves people with diabetes "
    "out of glucose; here neither. That a part was declined is not seen. People in remission are "
    "left out, as in the framework; a new entry of the illness brings them back.",
    tags=("mental health", "long-term condition", "review", "Core20PLUS5"),
    spec="""
    person             | birth   | sex    | record                                                     | counted
    in: all six        | 1980-05 | male   | severe-mental-illness 2010-01-01; alcohol-intake 2026-02-03 = 5; systolic-blood-pressure 2026-02-03 = 120; body-mass-index 2026-02-03 = 30; cholesterol 2026-02-03 = 5; hba1c 2026-02-03 = 40; smoking-never 2026-02-03 | yes
    out: no alcohol    | 1980-05 | female | severe-mental-illness 2010-01-01; systolic-blood-pressure 2026-02-03 = 120; body-mass-index 2026-02-03 = 30; cholesterol 2026-02-03 = 5; hba1c 2026-02-03 = 40; smoking-never 2026-02-03 | no
    missing: birth and sex |     |        | severe-mental-illness 2010-01-01                           | no
    on different days  | 1980-05 | male   | severe-mental-illness 2010-01-01; alcohol-intake 2025-11-01 = 5; systolic-blood-pressure 2026-01-03 = 120; body-mass-index 2026-02-03 = 30; cholesterol 2026-03-03 = 5; hba1c 2026-04-03 = 40; smoking-ex 2026-05-03 | yes
    one a day too early | 1980-05 | male  | severe-mental-illness 2010-01-01; alcohol-intake 2025-10-31 = 5; systolic-blood-pressure 2026-01-03 = 120; body-mass-index 2026-02-03 = 30; cholesterol 2026-03-03 = 5; hba1c 2026-04-03 = 40; smoking-current 2026-05-03 | no
    smoking not asked  | 1980-05 | male   | severe-mental-illness 2010-01-01; alcohol-intake 2026-02-03 = 5; systolic-blood-pressure 2026-02-03 = 120; body-mass-index 2026-02-03 = 30; cholesterol 2026-02-03 = 5; hba1c 2026-02-03 = 40 | no
    in remission       | 1980-05 | male   | severe-mental-illness 2010-01-01; severe-mental-illness-remission 2024-01-01 | not asked
    ill again          | 1980-05 | male   | severe-mental-illness 2010-01-01; severe-mental-illness-remission 2024-01-01; severe-mental-illness 2026-01-01 | no
    another illness    | 1980-05 | male   | depression 2020-01-01                                      | not asked
    not registered     | 1980-05 | male   | severe-mental-illness 2010-01-01; not registered           | not asked
    died               | 1980-05 | male   | severe-mental-illness 2010-01-01; died 2026-08             | not asked
    """,
)
