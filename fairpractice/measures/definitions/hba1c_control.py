"""Blood glucose control in diabetes."""

import datetime as dt

from fairpractice.criteria import age, latest, on_register, registered, within
from fairpractice.measures.measure import Measure


MEASURE = Measure(
    title="Diabetes: HbA1c at target",
    why="Years of high glucose cost sight, kidneys and feet. Control is worst in the young and the "
    "poor, whose food, work and housing make it hard, and who are followed up least.",
    source="Quality and Outcomes Framework 2026/27, DM020: last IFCC-HbA1c in 12 months 58 "
    "mmol/mol or less",
    author="fairpractice contributors",
    checked_by="A second developer, 2026-11-23, against the framework’s guidance 2026/27, as "
    "public code quotes it; no clinician yet",
    review_by=dt.date(2027, 11, 23),
    population=registered() & age(17) & on_register("diabetes", ended_by="diabetes-resolved"),
    unless=within("diabetes-unsuitable", months=12),
    numerator=latest("hba1c", months=12) <= 58,
    outcomes={
        "invited": within("diabetes-invited", months=12),
        "declined": within("diabetes-declined", months=12),
    },
    better="higher",
    notes="Without a value in 12 months control is not known: such people are counted apart, as "
    "unknown, where the framework counts them as not at target; look at both. The framework leaves "
    "out people with moderate or severe frailty (they have a target of 75 mmol/mol in DM021), who "
    "are counted here, and those on as much treatment as they bear.",
    tags=("diabetes", "long-term condition"),
    spec="""
    person              | birth   | sex    | record                                              | counted
    in: at target       | 1960-05 | male   | diabetes 2015-03-01; hba1c 2026-02-03 = 52          | yes
    out: above          | 1960-05 | female | diabetes 2015-03-01; hba1c 2026-02-03 = 70          | no
    missing: no value   | 1960-05 | female | diabetes 2015-03-01                                 | unknown
    missing: birth      |         | female | diabetes 2015-03-01; hba1c 2026-02-03 = 52          | unknown
    exactly 58          | 1960-05 | male   | diabetes 2015-03-01; hba1c 2026-02-03 = 58          | yes
    59                  | 1960-05 | male   | diabetes 2015-03-01; hba1c 2026-02-03 = 59          | no
    latest counts       | 1960-05 | male   | diabetes 2015-03-01; hba1c 2026-02-03 = 80; hba1c 2026-08-03 = 50 | yes
    first day           | 1960-05 | male   | diabetes 2015-03-01; hba1c 2025-11-01 = 50          | yes
    a day too early     | 1960-05 | male   | diabetes 2015-03-01; hba1c 2025-10-31 = 50          | unknown
    resolved            | 1960-05 | male   | diabetes 2015-03-01; diabetes-resolved 2020-01-01   | not asked
    aged 16             | 2009-11 | male   | diabetes 2015-03-01                                 | not asked
    unsuitable          | 1960-05 | male   | diabetes 2015-03-01; diabetes-unsuitable 2026-01-10 | excepted
    invited, declined   | 1960-05 | male   | diabetes 2015-03-01; diabetes-invited 2026-01-10; diabetes-declined 2026-02-10 | unknown, invited, declined
    not registered      | 1960-05 | male   | diabetes 2015-03-01; not registered                 | not asked
    died                | 1960-05 | male   | diabetes 2015-03-01; died 2026-08                   | not asked
    """,
)
