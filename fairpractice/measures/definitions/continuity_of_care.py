"""Continuity of care."""

import datetime as dt

from fairpractice.criteria import registered, usual_provider_of_care
from fairpractice.measures.measure import Measure


MEASURE = Measure(
    title="Continuity of care",
    why="People who see the same clinician live longer, go to hospital less and are more content; "
    "those with the most complex lives have the most to gain and often get it least.",
    source="Saultz 2003, Annals of Family Medicine 1:134 (review of the indices, usual provider "
    "continuity among them); Pereira Gray and others 2018, BMJ Open 8:e021161 (continuity and "
    "mortality)",
    author="fairpractice contributors",
    checked_by="A second developer, 2026-11-23, against the abstracts of both papers; no clinician "
    "yet",
    review_by=dt.date(2027, 11, 23),
    population=registered(),
    numerator=usual_provider_of_care(months=24, at_least=3),
    better="higher",
    unit="share of visits to the clinician seen most",
    notes="The mean, over people with at least 3 attended appointments in 24 months whose "
    "clinician is known, of the share of those appointments with the clinician seen most. With few "
    "visits the index is high by chance, so compare groups that visit about as often. A team that "
    "shares care well still scores low.",
    tags=("continuity", "appointments", "personalised care"),
    spec="""
    person                    | birth   | sex    | record                                                             | counted
    in: 3 of 4 with one       | 1960-05 | male   | 3 x attended 2026-03-01 with A; attended 2026-04-01 with B         | 0.75
    out: always another       | 1960-05 | male   | attended 2026-01-01 with A; attended 2026-02-01 with B; attended 2026-03-01 with C; attended 2026-04-01 with D | 0.25
    missing: two visits       | 1960-05 | male   | 2 x attended 2026-03-01 with A                                     | unknown
    missing: clinicians       | 1960-05 | male   | 5 x attended 2026-03-01                                            | unknown
    missing: birth and sex    |         |        | 3 x attended 2026-03-01 with A                                     | 1
    one clinician not known   | 1960-05 | male   | 2 x attended 2026-03-01 with A; 2 x attended 2026-04-01 with B; 4 x attended 2026-05-01 | 0.5
    missed ones left out      | 1960-05 | male   | 3 x attended 2026-03-01 with A; 3 x did_not_attend 2026-05-01 with B | 1
    23 and 25 months ago      | 1960-05 | male   | 3 x attended 2024-11-30 with A; 3 x attended 2024-09-30 with B     | 1
    no appointment            | 1960-05 | male   |                                                                    | unknown
    not registered            | 1960-05 | male   | 3 x attended 2026-03-01 with A; not registered                     | not asked
    died                      | 1960-05 | male   | 3 x attended 2026-03-01 with A; died 2026-05                       | not asked
    """,
)
