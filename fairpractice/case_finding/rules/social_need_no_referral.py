"""People with a social need on record and no referral to social prescribing."""

import datetime as dt

from fairpractice.case_finding.rule import Rule
from fairpractice.criteria import age, any_of, circumstance, registered, within


NEEDS = {
    "homelessness": circumstance("homelessness"),
    "temporary housing": circumstance("temporary_housing"),
    "housing problem": circumstance("housing_problem"),
    "financial hardship": circumstance("financial_hardship"),
    "debt": circumstance("debt"),
    "food insecurity": circumstance("food_insecurity"),
    "fuel poverty": circumstance("fuel_poverty"),
    "unemployment": circumstance("unemployment"),
    "social isolation": circumstance("social_isolation"),
    "transport": circumstance("transport"),
    "digital exclusion": circumstance("digital_exclusion"),
}

RULE = Rule(
    title="Social need present and no referral",
    why="Referral from the consulting room favours those who come most and ask best. Somebody "
    "whose need is known already should not have to ask again.",
    source="Painter 2025, BMJ Leader (referral only from a consultation leaves out many); Bu and "
    "others 2024, British Journal of Psychiatry (other routes than the consultation reach poorer "
    "areas, younger people, men and minorities more fairly)",
    author="fairpractice contributors",
    checked_by="A second developer, 2026-11-23, against the abstract of Bu 2024; no clinician yet",
    review_by=dt.date(2027, 11, 23),
    population=registered() & age(18),
    finds=any_of(*NEEDS.values()) & ~within("social-prescribing-referral", months=12),
    outcomes=NEEDS
    | {
        "declined": within("social-prescribing-declined", months=12),
    },
    link_workers=True,
    action="Let the link worker make contact, say where the practice knows of the need from, ask "
    "whether it is still so and what the person would want. Offer, do not push.",
    notes="A need counts while it is fresh and nobody recorded that it has ended; nothing recorded "
    "means not known, and most people are not known. Sensitive topics, such as domestic abuse, are "
    "not used. Somebody who declined stays on the list and is shown as such. Referrals to other "
    "help than social prescribing are not seen.",
    tags=("social prescribing", "social determinants", "inclusion"),
    spec="""
    person                     | birth   | sex    | record                                                       | found
    in: need, no referral      | 1980-05 | male   | fact food_insecurity present 2026-09-01                      | yes, food insecurity
    out: referred              | 1980-05 | female | fact food_insecurity present 2026-09-01; social-prescribing-referral 2026-09-08 | no, food insecurity
    missing: nobody asked      | 1980-05 | male   |                                                              | unknown
    missing: birth             |         | male   | fact food_insecurity present 2026-09-01                      | unknown, food insecurity
    nobody asked, referred     | 1980-05 | male   | social-prescribing-referral 2026-09-08                       | no
    would not say              | 1980-05 | male   | fact debt declined 2026-09-01                                | unknown
    asked, said no, to one     | 1980-05 | male   | fact debt absent 2026-09-01                                  | unknown
    two needs                  | 1980-05 | male   | fact debt present 2026-09-01; fact transport present 2026-09-01 | yes, debt, transport
    told by the council        | 1980-05 | male   | fact housing_problem present 2026-09-01 by external          | yes, housing problem
    need has ended             | 1980-05 | male   | fact debt present 2026-08-01; fact debt absent 2026-09-01    | unknown
    need ended on a date       | 1980-05 | male   | fact debt present 2026-08-01 until 2026-09-15                | unknown
    declined: shown            | 1980-05 | male   | fact debt present 2026-09-01; social-prescribing-declined 2026-09-08 | yes, debt, declined
    referred 11 months ago     | 1980-05 | male   | fact debt present 2026-09-01; social-prescribing-referral 2025-11-30 | no, debt
    referred 13 months ago     | 1980-05 | male   | fact debt present 2026-09-01; social-prescribing-referral 2025-09-30 | yes, debt
    sensitive: not used        | 1980-05 | male   | fact domestic_abuse present 2026-09-01                       | unknown
    aged 17                    | 2008-11 | male   | fact food_insecurity present 2026-09-01                      | not asked
    not registered             | 1980-05 | male   | fact food_insecurity present 2026-09-01; not registered      | not asked
    died                       | 1980-05 | male   | fact food_insecurity present 2026-09-01; died 2026-10        | not asked
    """,
)
