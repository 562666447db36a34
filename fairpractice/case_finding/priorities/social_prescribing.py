"""Who is offered one of a few places with a social prescribing link worker first."""

import datetime as dt

from fairpractice.case_finding.priority import AtLeast, Points, Priority, Tie
from fairpractice.criteria import (
    age,
    appointments,
    circumstance,
    contactable,
    registered,
    urgent_contacts,
    within,
)


PRIORITY = Priority(
    title="Social prescribing: who first",
    why="Referral from the consulting room reaches those who come often and ask well. Women are "
    "referred more than men, and the young are few among them; who does not come cannot be "
    "referred there. With few places, the person to ring first is one in need whom nobody "
    "else is about to reach.",
    source="Bu and others 2024, British Journal of Psychiatry, and 2025, Lancet Public Health, and "
    "Khan and others 2023, NIHR Open Research (who is referred, and by which route); Painter 2025, "
    "BMJ Leader (referral only from a consultation leaves out many); McQueenie and others 2019, BMC "
    "Medicine 17:2 (missed appointments). The points are our own judgement",
    author="fairpractice contributors",
    checked_by="A second developer, 2026-11-23, against the abstracts of Bu, Khan and "
    "McQueenie; no clinician yet",
    review_by=dt.date(2027, 11, 23),
    population=registered() & age(18),
    set_aside={
        "referred in the last 12 months": within("social-prescribing-referral", months=12),
        "declined in the last 6 months": within("social-prescribing-declined", months=6),
    },
    points=(
        # What is known to be needed, by whichever route it became known.
        Points("no home", circumstance("homelessness") | circumstance("temporary_housing"), 4),
        Points("food insecurity", circumstance("food_insecurity"), 3),
        Points("financial hardship", circumstance("financial_hardship"), 3),
        Points("social isolation", circumstance("social_isolation"), 3),
        Points("debt", circumstance("debt"), 2),
        Points("fuel poverty", circumstance("fuel_poverty"), 2),
        Points("housing problem", circumstance("housing_problem"), 2),
        Points("unemployment", circumstance("unemployment"), 2),
        Points("carer", circumstance("carer"), 2),
        Points("transport", circumstance("transport"), 1),
        Points("digital exclusion", circumstance("digital_exclusion"), 1),
        # What makes it likely that nobody else reaches the person.
        Points(
            "not seen for two years",
            registered(months=24) & (appointments("attended", months=24) < 1),
            2,
        ),
        Points("misses appointments", appointments("did_not_attend", months=12) >= 2, 2),
        Points(
            "urgent care more than the practice",
            (urgent_contacts(months=12) >= 2)
            & (urgent_contacts(months=12) > appointments("attended", months=12)),
            2,
        ),
        Points("main language not English", circumstance("language_main"), 1),
        # Support and strengths that are known.
        Points("seen often", appointments("attended", months=12) >= 6, -1),
        Points("says not isolated", ~circumstance("social_isolation"), -1),
    ),
    least=1,
    by_practice=True,
    minima=(
        AtLeast("people whose main language is not English", circumstance("language_main"), 0.8),
        AtLeast("people under 30", age(18, 29), 0.5),
        AtLeast("ethnic group", "ethnic_group", 0.5),
        AtLeast("sex", "sex", 0.7),
    ),
    ties=(Tie(appointments("attended", months=24), "fewest"),),
    outcomes={
        "no telephone or e-mail": ~contactable(),
    },
    action="Ring at a time agreed or likely to be safe, say only your name and that you work with "
    "the surgery until you know whom you are speaking to, and ask whether it is a good moment. "
    "Leave no message, and write only to an address the person has given for it. Say where what "
    "is known was said, ask whether it is still so and what would help. Offer, do not push.",
    notes="Points for need count while a statement is fresh and nobody said that it has ended; "
    "nothing recorded gives no points and takes none away, so that people of whom nobody asked "
    "stand lower than they should: ask them. A practice that records little finds fewer people "
    "and so gets fewer places. Sensitive topics are not used, and the same safe way of making "
    "contact is meant for everybody, so that nobody is marked by it. Deprivation of the area gives "
    "no points: many in need live elsewhere.",
    tags=("social prescribing", "social determinants", "inclusion", "capacity"),
    spec="""
    person                     | birth   | sex    | record                                                        | found
    in: food insecurity        | 1980-05 | male   | fact food_insecurity present 2026-09-01; attended 2026-01-05  | yes, food insecurity
    out: said no to all        | 1980-05 | female | fact homelessness absent 2026-09-01; fact temporary_housing absent 2026-09-01; fact food_insecurity absent 2026-09-01; fact financial_hardship absent 2026-09-01; fact social_isolation absent 2026-09-01; fact debt absent 2026-09-01; fact fuel_poverty absent 2026-09-01; fact housing_problem absent 2026-09-01; fact unemployment absent 2026-09-01; fact carer absent 2026-09-01; fact transport absent 2026-09-01; fact digital_exclusion absent 2026-09-01; fact language_main absent 2026-09-01; attended 2026-01-05 | no, says not isolated
    said no to one             | 1980-05 | female | fact debt absent 2026-09-01; attended 2026-01-05              | unknown
    missing: birth             |         | male   | fact food_insecurity present 2026-09-01; attended 2026-01-05  | unknown, food insecurity
    missing: nobody asked      | 1980-05 | male   | attended 2026-01-05                                           | unknown
    referred                   | 1980-05 | male   | fact debt present 2026-09-01; attended 2026-01-05; social-prescribing-referral 2026-09-08 | excepted, debt, referred in the last 12 months
    referred 13 months ago     | 1980-05 | male   | fact debt present 2026-09-01; attended 2026-01-05; social-prescribing-referral 2025-09-30 | yes, debt
    declined                   | 1980-05 | male   | fact debt present 2026-09-01; attended 2026-01-05; social-prescribing-declined 2026-06-01 | excepted, debt, declined in the last 6 months
    declined 7 months ago      | 1980-05 | male   | fact debt present 2026-09-01; attended 2026-01-05; social-prescribing-declined 2026-03-30 | yes, debt
    two needs, by two routes   | 1980-05 | male   | fact debt present 2026-09-01 by self_reported; fact transport present 2026-09-01 by external; attended 2026-01-05 | yes, debt, transport
    no home                    | 1980-05 | male   | fact temporary_housing present 2026-09-01; attended 2026-01-05 | yes, no home
    carer, fuel and housing    | 1980-05 | male   | carer 2026-01-05; fact fuel_poverty present 2026-09-01; fact housing_problem present 2026-09-01; attended 2026-01-05 | yes, fuel poverty, housing problem, carer
    work, money, online        | 1980-05 | male   | fact unemployment present 2026-09-01; fact financial_hardship present 2026-09-01; fact digital_exclusion present 2026-09-01; attended 2026-01-05 | yes, financial hardship, unemployment, digital exclusion
    isolated                   | 1980-05 | male   | fact social_isolation present 2026-09-01; attended 2026-01-05 | yes, social isolation
    not isolated, in debt      | 1980-05 | male   | fact social_isolation absent 2026-09-01; fact debt present 2026-09-01; attended 2026-01-05 | yes, debt, says not isolated
    need has gone stale        | 1980-05 | male   | fact debt present 2025-09-01; attended 2026-01-05             | unknown
    not seen for two years     | 1980-05 | male   | attended 2024-10-30                                           | yes, not seen for two years
    seen once                  | 1980-05 | male   | attended 2024-11-01                                           | unknown
    new, not seen yet          | 1980-05 | male   | registered 2025-11-01                                         | unknown
    missed two                 | 1980-05 | male   | 2 x did_not_attend 2026-03-01; attended 2026-01-05            | yes, misses appointments
    missed one                 | 1980-05 | male   | did_not_attend 2026-03-01; attended 2026-01-05                | unknown
    missed two, first day      | 1980-05 | male   | 2 x did_not_attend 2025-11-01; attended 2026-01-05            | yes, misses appointments
    missed two, too long ago   | 1980-05 | male   | 2 x did_not_attend 2025-10-31; attended 2026-01-05            | unknown
    urgent care, first day     | 1980-05 | male   | 2 x nhs_111 2025-11-01; attended 2026-01-05                   | yes, urgent care more than the practice
    urgent care, too long ago  | 1980-05 | male   | 2 x nhs_111 2025-10-31; attended 2026-01-05                   | unknown
    urgent care more           | 1980-05 | male   | 2 x nhs_111 2026-03-01; attended 2026-01-05                   | yes, urgent care more than the practice
    urgent care as often       | 1980-05 | male   | 2 x nhs_111 2026-03-01; 2 x attended 2026-01-05               | unknown
    language                   | 1980-05 | female | english-not-main-language 2012-03-01; attended 2026-01-05     | yes, main language not English
    seen often, in debt        | 1980-05 | male   | fact debt present 2026-09-01; 6 x attended 2026-01-05         | yes, debt, seen often
    no telephone               | 1980-05 | male   | fact debt present 2026-09-01; attended 2026-01-05; contact none | yes, debt, no telephone or e-mail
    sensitive: not used        | 1980-05 | male   | fact domestic_abuse present 2026-09-01; attended 2026-01-05   | unknown
    aged 17                    | 2008-11 | male   | fact food_insecurity present 2026-09-01; attended 2026-01-05  | not asked
    not registered             | 1980-05 | male   | fact debt present 2026-09-01; not registered                  | not asked
    died                       | 1980-05 | male   | fact debt present 2026-09-01; attended 2026-01-05; died 2026-10 | not asked
    """,
)
