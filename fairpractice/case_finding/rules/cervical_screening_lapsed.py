"""Women who have had cervical screening, and not for a long time."""

import datetime as dt

from fairpractice.case_finding.rule import Rule
from fairpractice.criteria import age, ever, registered, sex, within


RULE = Rule(
    title="Cervical screening lapsed",
    why="Somebody who came once and not again was often put off: by pain, by a manner, by a clinic "
    "at the wrong time. One question can bring her back.",
    source="NHS Cervical Screening Programme: women and people with a cervix are invited every 5 "
    "years (at 25 to 49 every 3 years until July 2025)",
    author="fairpractice contributors",
    checked_by="",
    review_by=dt.date(2027, 11, 23),
    population=registered(months=6) & sex("female") & age(25, 64) & ever("cervical-screening"),
    unless=ever("cervical-screening-unsuitable"),
    finds=~within("cervical-screening", months=66),
    outcomes={
        "declined": within("cervical-screening-declined", months=66),
        "did not answer invitations": within("cervical-screening-invited", months=66),
    },
    action="Ask how the last one was and what would make the next bearable: another sample taker, "
    "a smaller speculum, a chaperone, an evening. Offer self-sampling where it is to be had.",
    notes="Five years and six months are allowed at all ages, since the interval is five years now "
    "for those without human papillomavirus: somebody who is to come sooner is not found by this. "
    "Those never tested are in another rule.",
    tags=("screening", "cancer", "Core20PLUS5", "prevention"),
    spec="""
    person                 | birth   | sex    | record                                                   | found
    in: ten years ago      | 1980-05 | female | cervical-screening 2016-02-01                            | yes
    out: two years ago     | 1980-05 | female | cervical-screening 2024-02-01                            | no
    missing: sex           | 1980-05 |        | cervical-screening 2016-02-01                            | unknown
    missing: birth         |         | female | cervical-screening 2016-02-01                            | unknown
    first day of 66 months | 1980-05 | female | cervical-screening 2021-05-01                            | no
    a day too early        | 1980-05 | female | cervical-screening 2021-04-30                            | yes
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
