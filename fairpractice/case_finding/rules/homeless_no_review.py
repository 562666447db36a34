"""People who are homeless or in temporary housing and whose needs nobody has assessed."""

import datetime as dt

from fairpractice.case_finding.rule import Rule
from fairpractice.criteria import appointments, circumstance, registered, urgent_contacts, within


RULE = Rule(
    title="Homeless or in temporary housing, without a review",
    why="People who die while homeless are about 45 years old. They are seen in emergencies, one "
    "complaint at a time, and seldom by somebody who asks about all of it.",
    source="NICE guideline NG214, Integrated health and social care for people experiencing "
    "homelessness, recommendations 1.1.5 and 1.6 (longer contacts, and an assessment of all needs); "
    "Office for National Statistics, Deaths of homeless people, 2019 registrations (mean age); the "
    "12 months are our own",
    author="fairpractice contributors",
    checked_by="A second developer, 2026-11-23, against recommendations 1.1 of NG214 and the "
    "statistical bulletin; no clinician yet",
    review_by=dt.date(2027, 11, 23),
    population=registered(),
    finds=(circumstance("homelessness") | circumstance("temporary_housing"))
    & ~within("health-and-social-needs-assessment", months=12),
    outcomes={
        "homeless": circumstance("homelessness"),
        "in temporary housing": circumstance("temporary_housing"),
        "seen in the last year": appointments("attended", months=12) >= 1,
        "urgent care in the last year": urgent_contacts(months=12) >= 1,
    },
    action="Go where the person is, with an outreach worker if there is one. Ask about teeth, feet, "
    "skin, drink and drugs, mood, safety and benefits, and put the next contact in their hand.",
    notes="The latest statement about where somebody lives decides: a settled home ends it, and "
    "after 6 months without news it is not known. An assessment counts only where it was coded. "
    "The guideline is about people of 16 and over; children are asked about as well. "
    "Most people are not known to be housed either: nothing recorded means not known.",
    tags=("homelessness", "review", "inclusion"),
    spec="""
    person                 | birth   | sex    | record                                                          | found
    in: homeless           | 1980-05 | male   | fact homelessness present 2026-09-01                            | yes, homeless
    out: assessed          | 1980-05 | female | fact homelessness present 2026-09-01; health-and-social-needs-assessment 2026-02-01 | no, homeless
    missing: nobody asked  | 1980-05 | male   |                                                                 | unknown
    missing: birth and sex |         |        | fact homelessness present 2026-09-01                            | yes, homeless
    coded                  | 1980-05 | male   | homeless 2026-08-01                                             | yes, homeless
    in temporary housing   | 1980-05 | male   | temporary-housing 2026-08-01                                    | yes, in temporary housing
    housed since           | 1980-05 | male   | homeless 2026-07-01; no-longer-homeless 2026-09-01              | no
    homeless a year ago    | 1980-05 | male   | homeless 2025-09-01                                             | unknown
    first day              | 1980-05 | male   | homeless 2026-08-01; health-and-social-needs-assessment 2025-11-01 | no, homeless
    a day too early        | 1980-05 | male   | homeless 2026-08-01; health-and-social-needs-assessment 2025-10-31 | yes, homeless
    seen: shown            | 1980-05 | male   | homeless 2026-08-01; attended 2026-03-01; emergency_department 2026-04-01 | yes, homeless, seen in the last year, urgent care in the last year
    would not say          | 1980-05 | male   | fact homelessness declined 2026-09-01                           | unknown
    died                   | 1980-05 | male   | homeless 2026-08-01; died 2026-09                               | not asked
    """,
)
