"""Interpreter need recorded where the main language is not English."""

import datetime as dt

from fairpractice.criteria import circumstance, circumstance_recorded, registered
from fairpractice.measures.measure import Measure


MEASURE = Measure(
    title="Interpreter need recorded",
    why="Where nobody wrote down whether an interpreter is needed, none is booked: children "
    "interpret for their parents, and consent is none.",
    source="NHS England 2018, Guidance for commissioners: interpreting and translation services in "
    "primary care",
    author="fairpractice contributors",
    checked_by="A second developer, 2026-11-23, against NHS England’s page on interpreting, not "
    "the guidance itself; no clinician yet",
    review_by=dt.date(2027, 11, 23),
    population=registered() & circumstance("language_main"),
    numerator=circumstance_recorded("interpreter_need", months=60),
    outcomes={"interpreter needed": circumstance("interpreter_need")},
    better="higher",
    notes="People whose main language is recorded and is not English are looked at; for how many "
    "it is recorded at all is said in the part on what is recorded. An answer of no, or a wish not "
    "to say, counts as recorded. After 5 years it is time to ask again. Deaf people who sign are "
    "seen only where their language is recorded; what they need is the matter of the Accessible "
    "Information Standard, not of this measure.",
    tags=("completeness", "language", "access"),
    spec="""
    person                  | birth   | sex    | record                                                                 | counted
    in: needed              | 1980-05 | male   | fact language_main present 2020-03-01; fact interpreter_need present 2024-03-01 | yes, interpreter needed
    out: not asked          | 1980-05 | female | fact language_main present 2020-03-01                                  | no
    missing: language       | 1980-05 | male   |                                                                        | unknown
    missing: birth and sex  |         |        | fact language_main present 2020-03-01                                  | no
    not needed              | 1980-05 | male   | fact language_main present 2020-03-01; fact interpreter_need absent 2024-03-01 | yes
    coded                   | 1980-05 | male   | english-not-main-language 2012-03-01; interpreter-needed 2024-03-01    | yes, interpreter needed
    59 months ago           | 1980-05 | male   | fact language_main present 2020-03-01; fact interpreter_need absent 2021-11-30 | yes
    61 months ago           | 1980-05 | male   | fact language_main present 2020-03-01; fact interpreter_need absent 2021-09-30 | no
    English                 | 1980-05 | male   | fact language_main absent 2020-03-01                                   | not asked
    would not say           | 1980-05 | male   | fact language_main declined 2020-03-01                                 | unknown
    not registered          | 1980-05 | male   | fact language_main present 2020-03-01; not registered                  | not asked
    died                    | 1980-05 | male   | fact language_main present 2020-03-01; died 2026-08                    | not asked
    """,
)
