"""People who missed three or more appointments in a year."""

import datetime as dt

from fairpractice.case_finding.rule import Rule
from fairpractice.criteria import appointments, registered


RULE = Rule(
    title="Repeatedly did not attend",
    why="Somebody who keeps missing appointments is usually kept away by something: work, "
    "transport, language, fear, low mood, caring for others. People who miss many die far sooner, "
    "and striking them off makes it worse.",
    source="McQueenie and others 2019, BMC Medicine 17:2 (more than two missed appointments a year "
    "as a marker of early death); Ellis and others 2017, Lancet Public Health 2:e551 (who misses "
    "more than two a year)",
    author="fairpractice contributors",
    checked_by="A second developer, 2026-11-23, against the abstracts of both papers; no "
    "clinician yet",
    review_by=dt.date(2027, 11, 23),
    population=registered(),
    finds=appointments("did_not_attend", months=12) >= 3,
    action="Ring the person, not to reprove but to ask what gets in the way, and agree how to be "
    "in touch: time of day, telephone or visit, interpreter, reminder. For a child or an adult at "
    "risk, read it as “was not brought” and think of safeguarding.",
    notes="Cancelled appointments do not count. Where a practice's appointment book was not "
    "imported, nobody is found: see data quality first.",
    tags=("access", "appointments", "inclusion"),
    spec="""
    person                  | birth   | sex    | record                                                     | found
    in: missed three        | 1980-05 | male   | 3 x did_not_attend 2026-03-01                              | yes
    out: missed two         | 1980-05 | female | 2 x did_not_attend 2026-03-01; attended 2026-04-01         | no
    missing: no appointment | 1980-05 | male   |                                                            | no
    missing: birth and sex  |         |        | 3 x did_not_attend 2026-03-01                              | yes
    attended as well        | 1980-05 | male   | 3 x did_not_attend 2026-03-01; 9 x attended 2026-04-01     | yes
    cancelled one           | 1980-05 | male   | 2 x did_not_attend 2026-03-01; cancelled 2026-04-01        | no
    first day of the year   | 1980-05 | male   | 3 x did_not_attend 2025-11-01                              | yes
    one a day too early     | 1980-05 | male   | did_not_attend 2025-10-31; 2 x did_not_attend 2025-11-01   | no
    all long ago            | 1980-05 | male   | 3 x did_not_attend 2024-03-01                              | no
    third one is tomorrow   | 1980-05 | male   | 2 x did_not_attend 2026-03-01; did_not_attend 2026-11-01   | no
    a child                 | 2022-05 | female | 3 x did_not_attend 2026-03-01                              | yes
    not registered          | 1980-05 | male   | 3 x did_not_attend 2026-03-01; not registered              | not asked
    died                    | 1980-05 | male   | 3 x did_not_attend 2026-03-01; died 2026-05                | not asked
    """,
)
