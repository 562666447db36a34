"""People whose depression was recorded in the last year and who have had no review."""

import datetime as dt

from fairpractice.case_finding.rule import Rule
from fairpractice.criteria import age, on_register, registered, within


RULE = Rule(
    title="Depression and no review",
    why="Somebody who is depressed does not ask for the next appointment. Those who live alone, "
    "men, and people whose English is poor are followed up least.",
    source="Quality and Outcomes Framework, DEP004 until 2025 (a review 10 to 56 days after a new "
    "diagnosis); NICE guideline NG222",
    author="fairpractice contributors",
    checked_by="A second developer, 2026-11-23, against the published lists of retired "
    "indicators; no clinician yet",
    review_by=dt.date(2027, 11, 23),
    population=registered()
    & age(18)
    & on_register("depression", ended_by="depression-resolved")
    & within("depression", months=12, until=2),
    unless=within("depression-unsuitable", months=12),
    finds=~within("depression-review", months=12),
    outcomes={
        "invited": within("depression-invited", months=12),
        "declined": within("depression-declined", months=12),
    },
    action="Ring, do not write. Ask about sleep, thoughts of dying, work and money, and agree when "
    "to speak again before ringing off.",
    notes="Depression that was entered between two and twelve months ago, for the first time or "
    "again, and no review in twelve months: the framework looked at new diagnoses alone, and "
    "looked for the review in its own few weeks, until the indicator was retired in April 2025. "
    "Talking therapies elsewhere are not seen.",
    tags=("mental health", "review"),
    spec="""
    person               | birth   | sex    | record                                                | found
    in: no review        | 1980-05 | male   | depression 2026-03-01                                 | yes
    out: reviewed        | 1980-05 | female | depression 2026-03-01; depression-review 2026-04-03   | no
    missing: birth       |         | female | depression 2026-03-01                                 | unknown
    review, first day    | 1980-05 | male   | depression 2025-12-01; depression-review 2025-11-01   | no
    review, too early    | 1980-05 | male   | depression 2025-12-01; depression-review 2025-10-31   | yes
    entered last month   | 1980-05 | male   | depression 2026-09-01                                 | not asked
    two months ago       | 1980-05 | male   | depression 2026-08-31                                 | yes
    entered long ago     | 1980-05 | male   | depression 2020-03-01                                 | not asked
    resolved             | 1980-05 | male   | depression 2026-03-01; depression-resolved 2026-08-01 | not asked
    invited, declined    | 1980-05 | male   | depression 2026-03-01; depression-invited 2026-04-01; depression-declined 2026-05-01 | yes, invited, declined
    unsuitable           | 1980-05 | male   | depression 2026-03-01; depression-unsuitable 2026-05-01 | excepted
    aged 17              | 2008-11 | male   | depression 2026-03-01                                 | not asked
    died                 | 1980-05 | male   | depression 2026-03-01; died 2026-08                   | not asked
    """,
)
