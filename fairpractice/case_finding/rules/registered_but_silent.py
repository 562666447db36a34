"""People on the list of whom the record says nothing for two years."""

import datetime as dt

from fairpractice.case_finding.rule import Rule
from fairpractice.criteria import appointments, coded_entries, issued, registered, urgent_contacts


SILENT = (
    (appointments(months=24) < 1)
    & (coded_entries(months=24) < 1)
    & (issued(months=24) < 1)
    & (urgent_contacts(months=24) < 1)
)

RULE = Rule(
    title="Registered but silent",
    why="Among those of whom nothing is heard are the well, those who have left, and those who have "
    "given up. Only asking tells them apart, and striking all of them off loses the last.",
    source="Tudor Hart 1971, Lancet 297:405 (the inverse care law); the two years are our own",
    author="fairpractice contributors",
    checked_by="A second developer, 2026-11-23, against the law as quoted; no clinician yet",
    review_by=dt.date(2027, 11, 23),
    population=registered(months=24),
    finds=SILENT,
    link_workers=True,
    action="Check the address, then make contact by a person. Ask whether they are well, whether "
    "they tried to get through, and what would make it easier. Strike nobody off for silence.",
    notes="No appointment of any kind, no coded entry, no issue of a medicine and no urgent contact "
    "in 24 months. A letter or text that was coded as sent breaks the silence, and so hides "
    "somebody. Where a source was not imported, its silence is not theirs.",
    tags=("access", "inclusion"),
    spec="""
    person                 | birth   | sex    | record                                 | found
    in: nothing at all     | 1980-05 | male   |                                        | yes
    out: an appointment    | 1980-05 | female | attended 2026-03-01                    | no
    missing: birth and sex |         |        |                                        | yes
    a missed appointment   | 1980-05 | male   | did_not_attend 2026-03-01              | no
    a coded entry          | 1980-05 | male   | smoking-never 2026-03-01               | no
    an issue               | 1980-05 | male   | prescribed statin 2026-03-01           | no
    an urgent contact      | 1980-05 | male   | nhs_111 2026-03-01                     | no
    all too long ago       | 1980-05 | male   | attended 2024-10-31; smoking-never 2024-10-31; prescribed statin 2024-10-31; nhs_111 2024-10-31 | yes
    appointment, first day | 1980-05 | male   | attended 2024-11-01                    | no
    entry, first day       | 1980-05 | male   | smoking-never 2024-11-01               | no
    issue, first day       | 1980-05 | male   | prescribed statin 2024-11-01           | no
    urgent, first day      | 1980-05 | male   | nhs_111 2024-11-01                     | no
    joined 23 months ago   | 1980-05 | male   | registered 2024-11-30                  | not asked
    died                   | 1980-05 | male   | died 2026-08                           | not asked
    """,
)
