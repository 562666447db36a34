"""Smokers with a long-term condition who have had no support to stop."""

import datetime as dt

from fairpractice.case_finding.rule import Rule
from fairpractice.criteria import age, any_of, ever, on_register, registered, within


ILL = any_of(
    on_register("copd", ended_by="copd-resolved"),
    on_register("asthma", ended_by="asthma-resolved"),
    on_register("diabetes", ended_by="diabetes-resolved"),
    on_register("hypertension", ended_by="hypertension-resolved"),
    ever("chronic-kidney-disease"),
    ever("coronary-heart-disease"),
    ever("stroke"),
    on_register("severe-mental-illness", ended_by="severe-mental-illness-remission"),
)

RULE = Rule(
    title="Smoker with a long-term condition and no support",
    why="For somebody who is ill already, stopping does more than most medicines. People with "
    "mental illness are offered help least, though they want it as much.",
    source="Quality and Outcomes Framework, SMOK005 until 2025 (an offer of support and treatment "
    "in the last 12 months to smokers with a listed condition); NICE guideline NG209",
    author="fairpractice contributors",
    checked_by="A second developer, 2026-11-23, against the published lists of retired "
    "indicators; no clinician yet",
    review_by=dt.date(2027, 11, 23),
    population=registered() & age(15) & on_register("smoking-current", ended_by="smoking-ex") & ILL,
    finds=~within("smoking-cessation-support", months=12),
    outcomes={
        "asked in the last year": within("smoking-current", months=12),
        "declined": within("smoking-cessation-declined", months=12),
    },
    action="Ask once more, without reproach, what stopping would mean now. Offer a named adviser, "
    "treatment and a vape, and a call in a week, not only a telephone number.",
    notes="Somebody smokes whose latest entry of smoking or having stopped is of smoking, however "
    "old: ask first whether it is still so. Peripheral arterial disease is not looked at. "
    "Treatment that was prescribed without a code for support is not seen.",
    tags=("smoking", "long-term condition", "Core20PLUS5", "prevention"),
    spec="""
    person               | birth   | sex    | record                                                            | found
    in: no support       | 1970-05 | male   | copd 2015-01-01; smoking-current 2024-02-03                       | yes
    out: referred        | 1970-05 | female | copd 2015-01-01; smoking-current 2024-02-03; smoking-cessation-support 2026-02-03 | no
    missing: birth       |         | female | stroke 2015-01-01; smoking-current 2024-02-03                     | unknown
    first day            | 1970-05 | male   | asthma 2015-01-01; smoking-current 2024-02-03; smoking-cessation-support 2025-11-01 | no
    a day too early      | 1970-05 | male   | asthma 2015-01-01; smoking-current 2024-02-03; smoking-cessation-support 2025-10-31 | yes
    asked lately: shown  | 1970-05 | male   | diabetes 2015-01-01; smoking-current 2026-02-03                   | yes, asked in the last year
    mental illness       | 1970-05 | male   | severe-mental-illness 2015-01-01; smoking-current 2024-02-03      | yes
    has stopped          | 1970-05 | male   | copd 2015-01-01; smoking-current 2014-02-03; smoking-ex 2020-01-01 | not asked
    not ill              | 1970-05 | male   | smoking-current 2024-02-03                                        | not asked
    aged 14              | 2011-11 | male   | asthma 2015-01-01; smoking-current 2026-02-03                     | not asked
    died                 | 1970-05 | male   | copd 2015-01-01; smoking-current 2024-02-03; died 2026-08         | not asked
    """,
)
