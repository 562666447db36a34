"""People with severe mental illness whose yearly physical check is not whole."""

import datetime as dt

from fairpractice.case_finding.rule import Rule
from fairpractice.criteria import on_register, registered, within


SMOKING = (
    within("smoking-current", months=12)
    | within("smoking-ex", months=12)
    | within("smoking-never", months=12)
)
DUE = {
    "alcohol due": ~within("alcohol-intake", months=12),
    "blood pressure due": ~within("systolic-blood-pressure", months=12),
    "body mass index due": ~within("body-mass-index", months=12),
    "cholesterol due": ~within("cholesterol", months=12),
    "HbA1c due": ~within("hba1c", months=12),
    "smoking status due": ~SMOKING,
}

RULE = Rule(
    title="Severe mental illness and no full physical check",
    why="People with severe mental illness die 15 to 20 years earlier, mostly of heart and lung "
    "disease. They come least when they are worst, and a letter does not bring them.",
    source="NHS England 2024, Improving the physical health of people living with severe mental "
    "illness: six parts each year; Core20PLUS5 for adults, 2",
    author="fairpractice contributors",
    checked_by="A second developer, 2026-11-23, against the guidance of 2024; no clinician yet",
    review_by=dt.date(2027, 11, 23),
    population=registered()
    & on_register("severe-mental-illness", ended_by="severe-mental-illness-remission"),
    finds=DUE["alcohol due"]
    | DUE["blood pressure due"]
    | DUE["body mass index due"]
    | DUE["cholesterol due"]
    | DUE["HbA1c due"]
    | DUE["smoking status due"],
    outcomes=DUE,
    action="Ask who the person trusts, a key worker or a relative, and offer the check with them "
    "there: at home, at the depot clinic, or in two short visits. Do what is missing, not all of "
    "it again.",
    notes="Which parts are missing is shown beside each person. People in remission are left out. "
    "The guidance takes blood glucose as well as HbA1c; here only HbA1c is looked at, so that "
    "somebody whose glucose was measured is shown as due. "
    "Checks done by the mental health trust are seen only where they were filed, and that a part "
    "was declined is not seen.",
    tags=("mental health", "long-term condition", "review", "Core20PLUS5"),
    spec="""
    person               | birth   | sex    | record                                        | found
    in: nothing done     | 1980-05 | male   | severe-mental-illness 2010-01-01              | yes, alcohol due, blood pressure due, body mass index due, cholesterol due, HbA1c due, smoking status due
    out: all six         | 1980-05 | female | severe-mental-illness 2010-01-01; alcohol-intake 2026-02-03 = 5; systolic-blood-pressure 2026-02-03 = 120; body-mass-index 2026-02-03 = 30; cholesterol 2026-02-03 = 5; hba1c 2026-02-03 = 40; smoking-never 2026-02-03 | no
    missing: birth and sex |       |        | severe-mental-illness 2010-01-01; alcohol-intake 2026-02-03 = 5 | yes, blood pressure due, body mass index due, cholesterol due, HbA1c due, smoking status due
    first day            | 1980-05 | male   | severe-mental-illness 2010-01-01; alcohol-intake 2025-11-01 = 5; systolic-blood-pressure 2026-02-03 = 120; body-mass-index 2026-02-03 = 30; cholesterol 2026-02-03 = 5; hba1c 2026-02-03 = 40; smoking-ex 2026-02-03 | no
    a day too early      | 1980-05 | male   | severe-mental-illness 2010-01-01; alcohol-intake 2025-10-31 = 5; systolic-blood-pressure 2026-02-03 = 120; body-mass-index 2026-02-03 = 30; cholesterol 2026-02-03 = 5; hba1c 2026-02-03 = 40; smoking-current 2026-02-03 | yes, alcohol due
    in remission         | 1980-05 | male   | severe-mental-illness 2010-01-01; severe-mental-illness-remission 2024-01-01; alcohol-intake 2026-02-03 = 5; systolic-blood-pressure 2026-02-03 = 120; body-mass-index 2026-02-03 = 30; cholesterol 2026-02-03 = 5; hba1c 2026-02-03 = 40; smoking-never 2026-02-03 | not asked
    no such illness      | 1980-05 | male   | alcohol-intake 2026-02-03 = 5; systolic-blood-pressure 2026-02-03 = 120; body-mass-index 2026-02-03 = 30; cholesterol 2026-02-03 = 5; hba1c 2026-02-03 = 40; smoking-never 2026-02-03 | not asked
    """,
)
