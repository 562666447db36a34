"""People on a long-term-condition register without its review in 15 months."""

import datetime as dt

from fairpractice.case_finding.rule import Rule
from fairpractice.criteria import age, on_register, registered, within


DIABETES = age(17) & on_register("diabetes", ended_by="diabetes-resolved")
HYPERTENSION = age(18) & on_register("hypertension", ended_by="hypertension-resolved")
ASTHMA = age(5) & on_register("asthma", ended_by="asthma-resolved")
COPD = on_register("copd", ended_by="copd-resolved")

DUE = {
    "diabetes review due": DIABETES & ~within("diabetes-review", months=15),
    "blood pressure due": HYPERTENSION & ~within("systolic-blood-pressure", months=15),
    "asthma review due": ASTHMA & ~within("asthma-review", months=15),
    "COPD review due": COPD & ~within("copd-review", months=15),
}

RULE = Rule(
    title="Missed long-term condition reviews",
    why="Reviews are missed most by people who are poor, move often, work shifts or fear bad "
    "news: those who lose most when damage is found late. Recall letters alone reach those who "
    "come anyway.",
    source="Quality and Outcomes Framework 2026/27 (asthma AST015, from the age of 5; COPD COPD010; "
    "hypertension HYP010 and HYP011; diabetes, NICE guidelines NG28 and NG17), with 3 months' grace "
    "after the 12",
    author="fairpractice contributors",
    checked_by="A second developer, 2026-11-23, against published notes on AST015, COPD010, "
    "HYP010 and HYP011, 2026/27; no clinician yet",
    review_by=dt.date(2027, 11, 23),
    population=registered() & (DIABETES | HYPERTENSION | ASTHMA | COPD),
    finds=DUE["diabetes review due"]
    | DUE["blood pressure due"]
    | DUE["asthma review due"]
    | DUE["COPD review due"],
    outcomes=DUE
    | {
        "invited for diabetes": within("diabetes-invited", months=15),
        "declined for diabetes": within("diabetes-declined", months=15),
        "unsuitable for diabetes": within("diabetes-unsuitable", months=15),
        "invited for hypertension": within("hypertension-invited", months=15),
        "declined for hypertension": within("hypertension-declined", months=15),
        "unsuitable for hypertension": within("hypertension-unsuitable", months=15),
        "invited for asthma": within("asthma-invited", months=15),
        "declined for asthma": within("asthma-declined", months=15),
        "unsuitable for asthma": within("asthma-unsuitable", months=15),
        "invited for COPD": within("copd-invited", months=15),
        "declined for COPD": within("copd-declined", months=15),
        "unsuitable for COPD": within("copd-unsuitable", months=15),
    },
    action="Offer one appointment for all reviews that are due, at a time and in a way the person "
    "can manage. Where letters failed, ring or visit; where the person declined, ask why and "
    "leave the door open.",
    notes="Every condition is looked at by itself: a person with two reviews due is found once, "
    "and both are shown. For hypertension the review is a blood pressure reading. That a review was "
    "held is looked at, not its parts (exacerbations, breathlessness, a written plan), nor whether "
    "asthma was treated in the last year, which the framework asks for. People who "
    "declined, and those for whom a review was marked unsuitable, stay on the list and are shown "
    "as such, so that somebody looks at them at least once. Other conditions follow when openly "
    "licensed codes for their reviews are known.",
    tags=("long-term condition", "review", "diabetes", "hypertension", "asthma", "COPD"),
    spec="""
    person                    | birth   | sex    | record                                                     | found
    in: never reviewed        | 1960-05 | male   | diabetes 2015-03-01                                        | yes, diabetes review due
    out: reviewed             | 1960-05 | female | diabetes 2015-03-01; diabetes-review 2026-02-01            | no
    missing: birth            |         | female | diabetes 2015-03-01                                        | unknown
    14 months ago             | 1960-05 | male   | diabetes 2015-03-01; diabetes-review 2025-08-31            | no
    16 months ago             | 1960-05 | male   | diabetes 2015-03-01; diabetes-review 2025-06-30            | yes, diabetes review due
    first day of the 15       | 1960-05 | male   | diabetes 2015-03-01; diabetes-review 2025-08-01            | no
    a day too early           | 1960-05 | male   | diabetes 2015-03-01; diabetes-review 2025-07-31            | yes, diabetes review due
    two conditions, one due   | 1960-05 | male   | diabetes 2015-03-01; asthma 1970-01-01; diabetes-review 2026-02-01 | yes, asthma review due
    two conditions, both due  | 1960-05 | male   | diabetes 2015-03-01; copd 2010-01-01                       | yes, diabetes review due, COPD review due
    blood pressure due        | 1960-05 | male   | hypertension 2015-03-01                                    | yes, blood pressure due
    blood pressure taken      | 1960-05 | male   | hypertension 2015-03-01; systolic-blood-pressure 2026-02-01 = 190 | no
    resolved                  | 1960-05 | male   | diabetes 2015-03-01; diabetes-resolved 2019-03-01          | not asked
    one resolved, one due     | 1960-05 | male   | diabetes 2015-03-01; diabetes-resolved 2019-03-01; copd 2010-01-01 | yes, COPD review due
    declined: shown           | 1960-05 | male   | diabetes 2015-03-01; diabetes-declined 2026-02-01          | yes, diabetes review due, declined for diabetes
    declined 16 months ago    | 1960-05 | male   | diabetes 2015-03-01; diabetes-declined 2025-06-30          | yes, diabetes review due
    invited: shown            | 1960-05 | male   | asthma 2015-03-01; asthma-invited 2026-02-01               | yes, asthma review due, invited for asthma
    unsuitable: shown         | 1960-05 | male   | hypertension 2015-03-01; hypertension-unsuitable 2026-02-01 | yes, blood pressure due, unsuitable for hypertension
    asthma at 4               | 2021-11 | male   | asthma 2024-03-01                                          | not asked
    asthma at 5               | 2021-10 | male   | asthma 2024-03-01                                          | yes, asthma review due
    no condition              | 1960-05 | male   |                                                            | not asked
    not registered            | 1960-05 | male   | diabetes 2015-03-01; not registered                        | not asked
    died                      | 1960-05 | male   | diabetes 2015-03-01; died 2026-05                          | not asked
    """,
)
