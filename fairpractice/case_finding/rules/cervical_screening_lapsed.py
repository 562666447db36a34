"""Women who have had cervical screening, and not for a long time."""

import datetime as dt

from fairpractice.case_finding.rule import Rule
from fairpractice.criteria import age, ever, registered, sex, within


RULE = Rule(
    title="Cervical screening lapsed",
    why="Somebody who came once and not again was often put off: by pain, by a manner, by a clinic "
    "at the wrong time. One question can bring her back.",
    source="NHS Cervical Screening Programme: women and people with a cervix are invited every 5 "
    "years; at 25 to 49 after 3 years, unless a test since 1 July 2025 was negative for human "
    "papillomavirus",
    author="fairpractice contributors",
    checked_by="A second developer, 2026-11-23, against practices’ notices of the change of "
    "July 2025; no clinician yet",
    review_by=dt.date(2027, 11, 23),
    population=registered(months=6) & sex("female") & age(25, 64) & ever("cervical-screening"),
    unless=ever("cervical-screening-unsuitable"),
    # Until the end of 2028 a test of more than 42 months ago was before July 2025.
    finds=(age(25, 49) & ~within("cervical-screening", months=42))
    | ~within("cervical-screening", months=66),
    outcomes={
        "declined": within("cervical-screening-declined", months=66),
        "did not answer invitations": within("cervical-screening-invited", months=66),
    },
    action="Ask how the last one was and what would make the next bearable: another sample taker, "
    "a smaller speculum, a chaperone, an evening. Offer self-sampling where it is to be had.",
    notes="Six months’ grace are given after the interval: under 50 it is 3 years, since whoever "
    "was last tested before July 2025 is still called after 3; from 50 it is 5. Somebody who is "
    "to come sooner, after a positive test or a self-sample, is not found by this. Those never "
    "tested are in another rule.",
    tags=("screening", "cancer", "Core20PLUS5", "prevention"),
    spec="""
    person                 | birth   | sex    | record                                                   | found
    in: ten years ago      | 1980-05 | female | cervical-screening 2016-02-01                            | yes
    out: two years ago     | 1980-05 | female | cervical-screening 2024-02-01                            | no
    first day of 42 months | 1980-05 | female | cervical-screening 2023-05-01                            | no
    under 50, too early    | 1980-05 | female | cervical-screening 2023-04-30                            | yes
    aged 49, four years    | 1976-11 | female | cervical-screening 2022-10-01                            | yes
    aged 50, four years    | 1976-10 | female | cervical-screening 2022-10-01                            | no
    missing: sex           | 1980-05 |        | cervical-screening 2016-02-01                            | unknown
    missing: birth         |         | female | cervical-screening 2016-02-01                            | unknown
    first day of 66 months | 1970-05 | female | cervical-screening 2021-05-01                            | no
    a day too early        | 1970-05 | female | cervical-screening 2021-04-30                            | yes
    never                  | 1980-05 | female |                                                          | not asked
    joined 5 months ago    | 1980-05 | female | cervical-screening 2016-02-01; registered 2026-05-31     | not asked
    aged 65                | 1961-10 | female | cervical-screening 2016-02-01                            | not asked
    has no cervix          | 1970-05 | female | cervical-screening 2006-02-01; cervical-screening-unsuitable 2012-03-04 | excepted
    declined: shown        | 1980-05 | female | cervical-screening 2016-02-01; cervical-screening-declined 2023-02-01 | yes, declined
    no answer: shown       | 1980-05 | female | cervical-screening 2016-02-01; cervical-screening-invited 2023-02-01 | yes, did not answer invitations
    a man                  | 1980-05 | male   |                                                          | not asked
    died                   | 1980-05 | female | cervical-screening 2016-02-01; died 2026-08              | not asked
    """,
)
