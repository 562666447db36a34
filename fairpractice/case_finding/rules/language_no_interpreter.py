"""People whose main language is not English, of whom no interpreter need is recorded."""

import datetime as dt

from fairpractice.case_finding.rule import Rule
from fairpractice.criteria import circumstance, circumstance_recorded, registered


RULE = Rule(
    title="Language barrier and no interpreter flag",
    why="Somebody who cannot follow what is said cannot consent, ask or come back. Where the need "
    "for an interpreter is not flagged, relatives and children interpret, or nobody does.",
    source="NHS England 2018, Guidance for commissioners: interpreting and translation services in "
    "primary care; the 5 years are our own",
    author="fairpractice contributors",
    checked_by="A second developer, 2026-11-23, against what Healthwatch and a local "
    "medical committee say of the guidance; no clinician yet",
    review_by=dt.date(2027, 11, 23),
    population=registered(),
    finds=circumstance("language_main") & ~circumstance_recorded("interpreter_need", months=60),
    outcomes={
        "interpreter needed": circumstance("interpreter_need"),
    },
    action="Ask the person, in their language, whether they would like an interpreter for "
    "appointments, which language and dialect, and how they want to be written to. Record the "
    "answer, also when it is no.",
    notes="Anybody of whom an interpreter need was recorded in the last 5 years, needed or not, is "
    "off the list: needs change, so after that it is time to ask again. "
    "Nothing recorded about the main language means not known, unless an interpreter need was. "
    "Deaf people who sign are found only where their language is recorded.",
    tags=("language", "access", "inclusion"),
    spec="""
    person                   | birth   | sex    | record                                                                 | found
    in: not English, no flag | 1980-05 | male   | fact language_main present 2020-03-01                                  | yes
    out: English             | 1980-05 | female | fact language_main absent 2020-03-01                                   | no
    missing: language        | 1980-05 | male   |                                                                        | unknown
    missing: birth and sex   |         |        | fact language_main present 2020-03-01                                  | yes
    coded in the record      | 1980-05 | male   | english-not-main-language 2012-03-01                                   | yes
    interpreter needed       | 1980-05 | male   | fact language_main present 2020-03-01; fact interpreter_need present 2024-03-01 | no, interpreter needed
    interpreter coded        | 1980-05 | male   | english-not-main-language 2012-03-01; interpreter-needed 2024-03-01    | no, interpreter needed
    asked, not needed        | 1980-05 | male   | fact language_main present 2020-03-01; fact interpreter_need absent 2024-03-01 | no
    would not say            | 1980-05 | male   | fact language_main declined 2020-03-01                                 | unknown
    flagged, language not    | 1980-05 | male   | fact interpreter_need present 2024-03-01                               | no, interpreter needed
    asked 59 months ago      | 1980-05 | male   | fact language_main present 2020-03-01; fact interpreter_need present 2021-11-30 | no, interpreter needed
    asked 61 months ago      | 1980-05 | male   | fact language_main present 2020-03-01; fact interpreter_need present 2021-09-30 | yes
    flagged later            | 1980-05 | male   | fact language_main present 2020-03-01; fact interpreter_need present 2026-11-01 | yes
    a child                  | 2022-05 | female | fact language_main present 2023-03-01                                  | yes
    not registered           | 1980-05 | male   | fact language_main present 2020-03-01; not registered                  | not asked
    died                     | 1980-05 | male   | fact language_main present 2020-03-01; died 2026-02                    | not asked
    """,
)
