"""Diabetes annual review."""

import datetime as dt

from fairpractice.criteria import age, on_register, registered, within
from fairpractice.measures.measure import Measure


MEASURE = Measure(
    title="Diabetes annual review",
    why="A yearly review finds early damage to eyes, kidneys, feet and heart while it can be "
    "halted. People in deprived areas get diabetes younger, and the young are reviewed least.",
    source="NICE guidelines NG28 and NG17 (yearly review of adults with diabetes); the register is "
    "that of the Quality and Outcomes Framework (DM017 until 2024/25): aged 17 or over, not "
    "resolved",
    author="fairpractice contributors",
    checked_by="A second developer, 2026-11-23, against the register as NHS North Central London "
    "codes it, not the NICE guidelines; no clinician yet",
    review_by=dt.date(2027, 11, 23),
    population=registered() & age(17) & on_register("diabetes", ended_by="diabetes-resolved"),
    unless=within("diabetes-unsuitable", months=12),
    numerator=within("diabetes-review", months=12),
    outcomes={
        "invited": within("diabetes-invited", months=12),
        "declined": within("diabetes-declined", months=12),
    },
    better="higher",
    notes="The last 12 months up to the day asked are counted, not the contract's year from April. "
    "People who declined are shown and stay counted, where the framework may take them out: who "
    "declines is part of the inequality. A review that was done and not coded is not seen.",
    tags=("diabetes", "long-term condition", "review"),
    spec="""
    person                     | birth   | sex    | record                                                 | counted
    in: reviewed               | 1960-05 | male   | diabetes 2015-03-01; diabetes-review 2026-02-03        | yes
    out: not reviewed          | 1960-05 | female | diabetes 2015-03-01                                    | no
    missing: birth             |         | female | diabetes 2015-03-01                                    | unknown
    11 months ago              | 1960-05 | male   | diabetes 2015-03-01; diabetes-review 2025-11-30        | yes
    13 months ago              | 1960-05 | male   | diabetes 2015-03-01; diabetes-review 2025-09-30        | no
    first day of the 12 months | 1960-05 | male   | diabetes 2015-03-01; diabetes-review 2025-11-01        | yes
    a day too early            | 1960-05 | male   | diabetes 2015-03-01; diabetes-review 2025-10-31        | no
    no diabetes                | 1960-05 | male   |                                                        | not asked
    resolved                   | 1960-05 | male   | diabetes 2015-03-01; diabetes-resolved 2020-01-01      | not asked
    resolved, then back        | 1960-05 | male   | diabetes 2015-03-01; diabetes-resolved 2020-01-01; diabetes 2022-05-05 | no
    coded and resolved one day | 1960-05 | male   | diabetes 2020-01-01; diabetes-resolved 2020-01-01      | no
    aged 16                    | 2009-11 | female | diabetes 2015-03-01                                    | not asked
    aged 17                    | 2009-10 | female | diabetes 2015-03-01                                    | no
    unsuitable this year       | 1960-05 | female | diabetes 2015-03-01; diabetes-unsuitable 2026-01-10    | excepted
    unsuitable long ago        | 1960-05 | female | diabetes 2015-03-01; diabetes-unsuitable 2020-01-10    | no
    declined: still counted    | 1960-05 | female | diabetes 2015-03-01; diabetes-declined 2026-01-10      | no, declined
    invited, then declined     | 1960-05 | female | diabetes 2015-03-01; diabetes-invited 2025-12-10; diabetes-declined 2026-01-10 | no, invited, declined
    not registered             | 1960-05 | female | diabetes 2015-03-01; not registered                    | not asked
    died                       | 1960-05 | female | diabetes 2015-03-01; died 2026-06                      | not asked
    """,
)
