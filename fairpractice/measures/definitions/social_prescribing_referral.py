"""Referral to social prescribing."""

import datetime as dt

from fairpractice.criteria import age, registered, within
from fairpractice.measures.measure import Measure


MEASURE = Measure(
    title="Referral to social prescribing",
    why="Referral from the consulting room reaches those who come and ask. Of those offered it in "
    "England in 2023 six in ten were women, and men decline it more often.",
    source="NHS England, Network Contract DES, social prescribing indicator (referrals coded as "
    "such in 12 months); Bu and others 2025, Lancet Public Health (who is referred)",
    author="fairpractice contributors",
    checked_by="A second developer, 2026-11-23, against the abstract of Bu 2025, not the national "
    "indicator; no clinician yet",
    review_by=dt.date(2027, 11, 23),
    population=registered() & age(18),
    numerator=within("social-prescribing-referral", months=12),
    outcomes={
        "declined": within("social-prescribing-declined", months=12),
    },
    better="neither",
    notes="Need is not taken into account, so neither more nor less is better as such: look at "
    "whether it follows need across groups. An offer that was declined does not count, as in the "
    "national indicator, and is shown. Systems differ in what they code.",
    tags=("social prescribing", "social determinants"),
    spec="""
    person             | birth   | sex    | record                                  | counted
    in: referred       | 1980-05 | male   | social-prescribing-referral 2026-02-03  | yes
    out: not referred  | 1980-05 | female |                                         | no
    missing: birth     |         | female | social-prescribing-referral 2026-02-03  | unknown
    first day          | 1980-05 | male   | social-prescribing-referral 2025-11-01  | yes
    a day too early    | 1980-05 | male   | social-prescribing-referral 2025-10-31  | no
    declined           | 1980-05 | male   | social-prescribing-declined 2026-02-03  | no, declined
    aged 17            | 2008-11 | male   | social-prescribing-referral 2026-02-03  | not asked
    not registered     | 1980-05 | male   | not registered                          | not asked
    died               | 1980-05 | male   | died 2026-08                            | not asked
    """,
)
