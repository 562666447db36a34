"""People of 45 and over whose blood pressure nobody has taken for five years."""

import datetime as dt

from fairpractice.case_finding.rule import Rule
from fairpractice.criteria import age, appointments, registered, within


RULE = Rule(
    title="Blood pressure not checked for 5 years",
    why="High blood pressure does not hurt until it kills. Men, people in work and people who trust "
    "no clinic go longest without anybody taking it.",
    source="Quality and Outcomes Framework 2026/27, BP002 (45 and over, in the last 5 years); NHS "
    "England, Core20PLUS5 for adults, 5 (hypertension case-finding)",
    author="fairpractice contributors",
    checked_by="A second developer, 2026-11-23, against the published notes on the business "
    "rules of BP002; no clinician yet",
    review_by=dt.date(2027, 11, 23),
    population=registered(months=12) & age(45),
    finds=~within("systolic-blood-pressure", months=60),
    outcomes={
        "seen in the last year": appointments("attended", months=12) >= 1,
    },
    action="Take it when the person comes for anything else. Those who do not come: send a text "
    "with where it can be taken without an appointment, such as a pharmacy, a library or a mosque.",
    notes="Only people registered for 12 months are asked about, since earlier readings may not "
    "have come with the record. A systolic reading counts wherever it was taken, if it was filed.",
    tags=("hypertension", "Core20PLUS5", "prevention"),
    spec="""
    person                | birth   | sex    | record                                   | found
    in: never             | 1970-05 | male   |                                          | yes
    out: last year        | 1970-05 | female | systolic-blood-pressure 2025-09-12 = 130 | no
    missing: birth        |         | female |                                          | unknown
    first day             | 1970-05 | male   | systolic-blood-pressure 2021-11-01 = 130 | no
    a day too early       | 1970-05 | male   | systolic-blood-pressure 2021-10-31 = 130 | yes
    seen, not taken       | 1970-05 | male   | attended 2026-03-01                      | yes, seen in the last year
    joined 11 months ago  | 1970-05 | male   | registered 2025-11-30                    | not asked
    aged 44               | 1981-11 | male   |                                          | not asked
    died                  | 1970-05 | male   | died 2026-08                             | not asked
    """,
)
