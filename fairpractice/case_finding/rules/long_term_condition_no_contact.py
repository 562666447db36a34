"""People with a long-term condition whom the practice has not seen for two years."""

import datetime as dt

from fairpractice.case_finding.rule import Rule
from fairpractice.criteria import any_of, appointments, ever, on_register, registered


CONDITIONS = any_of(
    on_register("diabetes", ended_by="diabetes-resolved"),
    on_register("hypertension", ended_by="hypertension-resolved"),
    on_register("asthma", ended_by="asthma-resolved"),
    on_register("copd", ended_by="copd-resolved"),
    ever("chronic-kidney-disease"),
    ever("coronary-heart-disease"),
    ever("heart-failure"),
    ever("stroke"),
    ever("severe-mental-illness"),
    ever("learning-disability"),
    ever("dementia"),
    ever("epilepsy"),
)

RULE = Rule(
    title="Long-term condition and no contact for two years",
    why="Somebody whose condition needs care, and who has not been seen for two years, has been "
    "lost sight of. Such people fall out of averages of those who come; many are in hidden need.",
    source="Tudor Hart 1971, Lancet 297:405 (the inverse care law); the two years are our own",
    author="fairpractice contributors",
    checked_by="A second developer, 2026-11-23, against the law as quoted; no clinician yet",
    review_by=dt.date(2027, 11, 23),
    population=registered(months=24) & CONDITIONS,
    finds=appointments("attended", months=24) < 1,
    outcomes={
        "did not attend in 24 months": appointments("did_not_attend", months=24) >= 1,
    },
    action="Check that the address and telephone number are right and whether the person still "
    "lives here. Then make contact by a person, not a letter: ring, visit, or ask a link worker.",
    notes="Only appointments at the practice are looked at: repeat prescriptions, home visits that "
    "were not booked and hospital clinics are not seen. Where a practice's appointment book was "
    "not imported, everybody with a condition is found: see data quality first. Asthma counts "
    "however old, and conditions without a code for being resolved count for good.",
    tags=("long-term condition", "access", "inclusion"),
    spec="""
    person                    | birth   | sex    | record                                                       | found
    in: last seen 3 years ago | 1960-05 | male   | diabetes 2015-03-01; attended 2023-10-01                     | yes
    out: seen this year       | 1960-05 | female | diabetes 2015-03-01; attended 2026-02-01                     | no
    missing: no appointment   | 1960-05 | male   | diabetes 2015-03-01                                          | yes
    missing: birth and sex    |         |        | diabetes 2015-03-01; attended 2023-10-01                     | yes
    first day of the 24       | 1960-05 | male   | stroke 2015-03-01; attended 2024-11-01                       | no
    a day too early           | 1960-05 | male   | stroke 2015-03-01; attended 2024-10-31                       | yes
    missed is not seen: shown | 1960-05 | male   | copd 2015-03-01; did_not_attend 2026-02-01                   | yes, did not attend in 24 months
    cancelled is not seen     | 1960-05 | male   | copd 2015-03-01; cancelled 2026-02-01                        | yes
    booked for later          | 1960-05 | male   | copd 2015-03-01; attended 2023-02-01; attended 2026-11-01    | yes
    resolved                  | 1960-05 | male   | asthma 1975-03-01; asthma-resolved 1990-01-01; attended 2023-02-01 | not asked
    no condition              | 1960-05 | male   | attended 2023-10-01                                          | not asked
    joined 2 years ago        | 1960-05 | male   | epilepsy 1970-03-01; cancelled 2026-02-01; registered 2024-10-31 | yes
    joined a day later        | 1960-05 | male   | epilepsy 1970-03-01; cancelled 2026-02-01; registered 2024-11-01 | not asked
    died                      | 1960-05 | male   | diabetes 2015-03-01; attended 2023-10-01; died 2024-05       | not asked
    """,
)
