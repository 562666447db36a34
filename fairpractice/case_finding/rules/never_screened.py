"""Women invited for cervical screening of whom no test is on record."""

import datetime as dt

from fairpractice.case_finding.rule import Rule
from fairpractice.criteria import age, ever, registered, sex, within


RULE = Rule(
    title="Never had cervical screening",
    why="Screening protects those who come. Women who never came are more often poor, from a "
    "minority, disabled, or survivors of abuse, and a letter in English once more does not "
    "change that.",
    source="NHS Cervical Screening Programme: women and people with a cervix are invited from 24 "
    "years and 6 months to 64",
    author="fairpractice contributors",
    checked_by="A second developer, 2026-11-23, against practices’ notices of the change of "
    "July 2025; no clinician yet",
    review_by=dt.date(2027, 11, 23),
    population=registered(months=6) & sex("female") & age(25, 64),
    unless=ever("cervical-screening-unsuitable"),
    finds=~ever("cervical-screening"),
    outcomes={
        "declined": ever("cervical-screening-declined"),
        "did not answer invitations": within("cervical-screening-invited", months=66),
    },
    action="Ask first whether she was screened elsewhere. If not, invite her in her language, by "
    "somebody she trusts, and offer a choice of time, place and sample taker; ask what would make "
    "it bearable. A woman who declined is asked no more often than she wishes.",
    notes="At 25 somebody has been invited for six months; she must also have been registered for "
    "six. A test done abroad, or before the practice's computer records, may be missing. People "
    "with a cervix who are registered as male are not seen here.",
    tags=("screening", "cancer", "Core20PLUS5", "prevention"),
    spec="""
    person                     | birth   | sex    | record                                                     | found
    in: no test                | 1990-05 | female |                                                            | yes
    out: a test long ago       | 1970-05 | female | cervical-screening 1999-02-01                              | no
    missing: sex               | 1990-05 |        |                                                            | unknown
    missing: birth             |         | female |                                                            | unknown
    missing: birth, a man      |         | male   |                                                            | not asked
    joined 6 months ago        | 1990-05 | female | registered 2026-04-30                                      | yes
    joined 5 months ago        | 1990-05 | female | registered 2026-05-31                                      | not asked
    aged 24                    | 2001-11 | female |                                                            | not asked
    aged 25                    | 2001-10 | female |                                                            | yes
    aged 64                    | 1961-11 | female |                                                            | yes
    aged 65                    | 1961-10 | female |                                                            | not asked
    has no cervix              | 1970-05 | female | cervical-screening-unsuitable 2012-03-04                   | excepted
    declined: shown            | 1990-05 | female | cervical-screening-declined 2019-02-01                     | yes, declined
    did not answer: shown      | 1990-05 | female | cervical-screening-invited 2024-02-01                      | yes, did not answer invitations
    tested after the day asked | 1990-05 | female | cervical-screening 2026-11-01                              | yes
    a man                      | 1990-05 | male   |                                                            | not asked
    died                       | 1990-05 | female | died 2026-05                                               | not asked
    """,
)
