"""Smokers given support to stop."""

import datetime as dt

from fairpractice.criteria import age, on_register, registered, within
from fairpractice.measures.measure import Measure


MEASURE = Measure(
    title="Support to stop smoking",
    why="Support makes it likelier that a smoker stops. The poorest try as often as the richest "
    "and succeed half as often, so they need the more of it.",
    source="NICE indicator IND99 and Quality and Outcomes Framework 2026/27, SMOK004 (an offer of "
    "support and treatment to smokers of 15 and over in 24 months); Kotz and West 2009, Tobacco "
    "Control 18:43; NHS England, Core20PLUS5 (smoking cessation)",
    author="fairpractice contributors",
    checked_by="A second developer, 2026-11-23, against the framework’s guidance 2026/27, as "
    "public code quotes it, and the abstract of Kotz and West 2009; no clinician yet",
    review_by=dt.date(2027, 11, 23),
    population=registered() & age(15) & on_register("smoking-current", ended_by="smoking-ex"),
    numerator=within("smoking-cessation-support", months=24),
    outcomes={
        "declined": within("smoking-cessation-declined", months=24),
    },
    better="higher",
    notes="Somebody smokes whose latest entry of smoking or having stopped is of smoking, however "
    "old it is. Advice, referral and treatment that are coded count; a prescription alone does "
    "not. That help was offered and declined is not seen until a list for it is added, so the "
    "figure is lower than the framework’s.",
    tags=("smoking", "Core20PLUS5", "prevention"),
    spec="""
    person              | birth   | sex    | record                                                            | counted
    in: referred        | 1980-05 | male   | smoking-current 2025-02-03; smoking-cessation-support 2026-02-03  | yes
    out: no support     | 1980-05 | female | smoking-current 2025-02-03                                        | no
    missing: birth      |         | female | smoking-current 2025-02-03                                        | unknown
    first day           | 1980-05 | male   | smoking-current 2015-02-03; smoking-cessation-support 2024-11-01  | yes
    a day too early     | 1980-05 | male   | smoking-current 2015-02-03; smoking-cessation-support 2024-10-31  | no
    has stopped         | 1980-05 | male   | smoking-current 2015-02-03; smoking-ex 2020-01-01                 | not asked
    smokes again        | 1980-05 | male   | smoking-current 2015-02-03; smoking-ex 2020-01-01; smoking-current 2024-01-01 | no
    not known to smoke  | 1980-05 | male   | smoking-cessation-support 2026-02-03                              | not asked
    aged 14             | 2011-11 | male   | smoking-current 2026-02-03                                        | not asked
    not registered      | 1980-05 | male   | smoking-current 2025-02-03; not registered                        | not asked
    died                | 1980-05 | male   | smoking-current 2025-02-03; died 2026-08                          | not asked
    """,
)
