"""Every number that shapes the synthetic population, each with where it comes from.

A *published* number is one that the source gives, for the population the source was about; that
the same number holds in a fictional network is already an assumption. An *assumed* number is ours:
of a plausible size, and meant to be varied. :func:`table` lists them all.
"""

import dataclasses
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any


def published(value: Any, source: str) -> Any:
    """Return a dataclass field whose value a publication gives."""
    return dataclasses.field(default=value, metadata={"basis": "published", "source": source})


def assumed(value: Any, reason: str) -> Any:
    """Return a dataclass field whose value we chose, and why."""
    return dataclasses.field(default=value, metadata={"basis": "assumed", "source": reason})


ROUTES = ("asked", "self_reported", "external")
DELAYS = ("same_day", "next_day", "days_2_to_7", "over_a_week")

QOF = "Quality and Outcomes Framework 2021-22, England: mean of practices' registers"
CODED = "10-25 % of needs are coded (material disadvantage 6.1 % coded, Davies, JECH 2024)"
STATUS_QUO = "STATUS QUO study: 2.7 % of patients coded as carers, 10.1 % say they are one"


@dataclass(frozen=True)
class EthnicGroup:
    """A group, its share of the people of England and Wales, and where they live.

    ``deprived`` is the log of how much more common it is per fifth towards the most deprived;
    ``not_english`` the share whose main language is not English.
    """

    id: str
    share: float
    deprived: float
    not_english: float


@dataclass(frozen=True)
class Need:
    """How a need is spread, how long it lasts and how often each route records it.

    ``prevalence`` is among adults on any day; ``years`` the mean length. The slopes are shifts of
    a latent score with standard deviation 1: ``deprivation`` per fifth towards the most deprived,
    the others for belonging to the group. ``recorded`` are the chances that an existing need is
    recorded by being asked, by the person's own entry and by another organisation. ``codelist``
    is what a practice codes it with, ``ended_by`` what says that it is over; a need with no
    codelist reaches the record as a social fact.
    """

    topic: str
    prevalence: float
    years: float
    recorded: tuple[float, float, float]
    deprivation: float = 0.1
    young: float = 0.0
    old: float = 0.0
    female: float = 0.0
    disabled: float = 0.3
    language: float = 0.2
    minority: float = 0.1
    codelist: str = ""
    ended_by: str = ""
    sensitive: bool = False
    basis: str = "assumed"
    source: str = f"size assumed; {CODED}"


@dataclass(frozen=True)
class Condition:
    """How a long-term condition is spread and looked after.

    ``prevalence`` is among people of ``youngest`` years and over, as its register counts them;
    ``onset`` the mean age at diagnosis in the middle fifth and ``spread`` its standard deviation,
    in years; ``deprivation`` and ``minority`` the log odds of ever having it, per fifth towards the
    most deprived and for minority ethnic groups; ``drug`` what is issued for it. ``review`` begins
    the names of its lists of reviews, invitations, declines and unsuitability.
    """

    codelist: str
    prevalence: float
    onset: float
    spread: float
    youngest: int = 0
    deprivation: float = 0.12
    minority: float = 0.0
    female: float = 0.0
    resolved: float = 0.0
    drug: str = ""
    review: str = ""
    source: str = QOF


ETHNIC_GROUPS = (
    EthnicGroup("white_british", 0.744, -0.10, 0.002),
    EthnicGroup("white_irish", 0.009, 0.0, 0.01),
    EthnicGroup("gypsy_or_irish_traveller", 0.001, 0.45, 0.05),
    EthnicGroup("roma", 0.002, 0.40, 0.75),
    EthnicGroup("other_white", 0.062, 0.08, 0.50),
    EthnicGroup("white_and_black_caribbean", 0.009, 0.20, 0.01),
    EthnicGroup("white_and_black_african", 0.004, 0.15, 0.05),
    EthnicGroup("white_and_asian", 0.008, 0.0, 0.05),
    EthnicGroup("other_mixed", 0.008, 0.05, 0.10),
    EthnicGroup("indian", 0.031, -0.08, 0.28),
    EthnicGroup("pakistani", 0.027, 0.38, 0.32),
    EthnicGroup("bangladeshi", 0.011, 0.38, 0.36),
    EthnicGroup("chinese", 0.007, -0.05, 0.45),
    EthnicGroup("other_asian", 0.016, 0.10, 0.40),
    EthnicGroup("african", 0.025, 0.35, 0.25),
    EthnicGroup("caribbean", 0.010, 0.30, 0.02),
    EthnicGroup("other_black", 0.005, 0.30, 0.10),
    EthnicGroup("arab", 0.006, 0.25, 0.50),
    EthnicGroup("other", 0.016, 0.20, 0.40),
)
WHITE = ("white_british", "white_irish", "other_white")

NEEDS = (
    Need("homelessness", 0.005, 0.8, (0.25, 0.03, 0.30), 0.15, 0.25, -0.5, -0.3, 0.3, 0.1, 0.1,
         "homeless", "no-longer-homeless"),
    Need("housing_problem", 0.05, 3.0, (0.12, 0.10, 0.08), 0.12, 0.25, -0.2, 0.0, 0.3, 0.25, 0.15,
         "housing-problem"),
    Need("financial_hardship", 0.10, 4.0, (0.10, 0.12, 0.06), 0.14, 0.1, -0.2, 0.1, 0.4, 0.2, 0.1),
    Need("debt", 0.06, 4.0, (0.10, 0.08, 0.08), 0.13, 0.15, -0.4, 0.0, 0.3, 0.1, 0.05),
    Need("food_insecurity", 0.11, 3.0, (0.10, 0.10, 0.06), 0.14, 0.2, -0.4, 0.05, 0.5, 0.15, 0.1,
         "food-insecurity", basis="published",
         source=f"11 % of people, Family Resources Survey 2022/23; {CODED}"),
    Need("fuel_poverty", 0.08, 4.0, (0.10, 0.08, 0.06), 0.12, 0.1, 0.1, 0.0, 0.3, 0.1, 0.05),
    Need("unemployment", 0.04, 1.5, (0.20, 0.08, 0.05), 0.13, 0.35, -1.5, -0.05, 0.4, 0.2, 0.15,
         "unemployed"),
    Need("social_isolation", 0.071, 4.0, (0.15, 0.10, 0.05), 0.08, 0.2, 0.05, 0.05, 0.7, 0.2, 0.0,
         "social-isolation", basis="published",
         source=f"7.1 % often or always lonely; 14-15 % of disabled, 3 % of other adults, "
                f"9-10 % at 16-24, DCMS 2023/24; {CODED}"),
    Need("carer", 0.08, 6.0, (0.27, 0.10, 0.10), 0.03, -0.3, 0.05, 0.15, 0.1, 0.0, 0.05,
         "carer", "no-longer-carer", basis="published",
         source=f"8 % of adults care; coded {STATUS_QUO} (2.7/10.1 = 27 %)"),
    Need("domestic_abuse", 0.045, 3.0, (0.10, 0.03, 0.08), 0.07, 0.25, -0.4, 0.35, 0.3, 0.05, 0.0,
         sensitive=True),
    Need("transport", 0.04, 4.0, (0.10, 0.08, 0.04), 0.08, -0.1, 0.5, 0.1, 0.8, 0.1, 0.0),
    Need("digital_exclusion", 0.06, 8.0, (0.12, 0.01, 0.05), 0.10, -0.6, 0.9, 0.0, 0.4, 0.4, 0.1),
)  # fmt: skip

CONDITIONS = (
    Condition("diabetes", 0.076, 56, 15, 17, 0.16, 0.65, -0.25, 0.01, "metformin-500mg-tablets",
              "diabetes"),
    Condition("hypertension", 0.143, 58, 14, 0, 0.08, 0.15, 0.0, 0.01, "amlodipine-5mg-tablets",
              "hypertension"),
    Condition("asthma", 0.065, 22, 19, 6, 0.08, -0.05, 0.2, 0.03, "beclometasone-100-inhaler",
              "asthma"),
    Condition("copd", 0.019, 63, 10, 0, 0.33, -0.6, 0.0, 0.01, "tiotropium-18-inhaler", "copd"),
    Condition("chronic-kidney-disease", 0.040, 70, 12, 18, 0.08, 0.0, 0.15),
    Condition("coronary-heart-disease", 0.031, 65, 12, 0, 0.14, 0.1, -0.6),
    Condition("heart-failure", 0.010, 73, 11, 0, 0.14, 0.0, -0.2),
    Condition("stroke", 0.018, 69, 12, 0, 0.12, 0.0, -0.1),
    Condition("severe-mental-illness", 0.010, 33, 11, 0, 0.30, 0.3, 0.0, 0.0,
              "olanzapine-10mg-tablets"),
    Condition("depression", 0.126, 38, 16, 18, 0.14, -0.35, 0.6, 0.0, "sertraline-50mg-tablets"),
    Condition("dementia", 0.0075, 81, 7, 0, 0.06, 0.0, 0.25),
    Condition("learning-disability", 0.0058, 6, 4, 0, 0.18, 0.0, -0.3),
    Condition("epilepsy", 0.0082, 28, 20, 18, 0.14),
)  # fmt: skip


@dataclass(frozen=True)
class Parameters:
    """The shape of the population. Rates are a year; slopes of chances are log odds."""

    # Whom the network serves.
    area_fifths: tuple[float, ...] = assumed(
        (0.40, 0.25, 0.15, 0.12, 0.08),
        "share of people by national fifth of their area, most deprived first: a deprived town "
        "with all fifths in it",
    )
    ages: tuple[float, ...] = assumed(
        (5.4, 5.9, 6.1, 5.8, 6.0, 6.6, 7.1, 6.8, 6.5, 6.0, 6.8, 6.8, 5.9, 4.9, 4.7, 4.0, 2.6, 1.5,
         0.8),
        "per cent in each five years of age, about as in England in 2022",
    )  # fmt: skip
    younger_when_deprived: float = assumed(
        0.06, "relative fall in the number of people per ten years of age and fifth"
    )
    ethnic_groups: tuple[EthnicGroup, ...] = published(
        ETHNIC_GROUPS,
        "shares of the Census 2021 in England and Wales (ONS); who lives where and the share whose "
        "main language is not English (8.9 % of all) are assumed",
    )
    poor_english: float = published(
        0.018, "1.8 % cannot speak English well, Census 2021; here of the whole network"
    )
    disabled: float = published(0.25, "25 % of adults are disabled, Family Resources Survey")
    contact_held: tuple[float, float] = assumed(
        (0.90, 0.62), "share with a telephone number and with an e-mail address on record"
    )
    no_nhs_number: float = assumed(
        0.004, "share without an NHS number: newborn, newly arrived, not traced"
    )

    # Coming, going and dying.
    turnover: float = assumed(
        0.08,
        "people leaving the network a year: with changes of practice about 10 % of a list, more of "
        "the young and the deprived",
    )
    change_of_practice: float = assumed(0.02, "changes of practice within the network, a year")
    change_of_address: float = assumed(0.09, "moves within the network, a year")
    mortality: tuple[float, float] = assumed(
        (0.0013, 0.094), "Gompertz: hazard at 40 and its rise per year of age, about England's"
    )

    # Need, and who is told of it.
    needs: tuple[Need, ...] = published(NEEDS, "each its own, in the table of needs")
    shared_vulnerability: float = assumed(
        0.75, "correlation of each need's latent score with the one vulnerability behind all"
    )
    route_dependence: float = assumed(
        0.3,
        "correlation between routes of the chance of being recorded (Gaussian copula, 0 to 1): "
        "people known by one route are likelier known by another",
    )
    recording_slopes: tuple[tuple[str, float], ...] = assumed(
        (("male", -0.40), ("young", -0.45), ("minority", -0.30), ("poor_english", -0.60),
         ("few_contacts", -0.70)),
        "unequal recording: men, the young, minority ethnic groups and those with poor English are "
        "under-recorded (Khan 2023; Bu 2024 for referral); the sizes are assumed",
    )  # fmt: skip
    recording_by_system: tuple[tuple[str, float], ...] = published(
        (("EMIS", 1.0), ("TPP", 1.26), ("Vision", 0.46)),
        "social prescribing codes 3.5, 4.4 and 1.6 % of patients by system, Greater Manchester, "
        "November 2023: an artefact of the system, not a difference in need",
    )
    reach: tuple[float, float, float] = assumed(
        (0.93, 0.60, 0.35),
        "share whom each route could reach: has any consultation, would fill in a form, is known "
        "to a council or charity; some people none of them",
    )
    said_no: tuple[float, float] = assumed(
        (0.03, 0.006), "share of those without a need who say so, and who decline to say, per topic"
    )
    mistaken: float = assumed(0.001, "share without a need of whom one is recorded all the same")
    ended_coded: float = assumed(0.25, "share of ended, coded needs with a code that says so")
    ethnicity_recorded: float = published(
        0.782, "78.2 % in general practice, OpenSAFELY; missing more in the young and the mobile"
    )
    language_recorded: float = assumed(
        0.45, "share with main language recorded, where it is not English"
    )
    interpreter_recorded: float = assumed(0.35, "share of those who need one with a code for it")

    # Long-term conditions and prevention.
    conditions: tuple[Condition, ...] = published(CONDITIONS, QOF)
    onset_shift: float = published(
        3.0,
        "years earlier per fifth: multimorbidity starts 10-15 years earlier in the most deprived "
        "than in the least, Barnett, Lancet 2012",
    )
    reviewed: float = assumed(0.72, "share of annual reviews done")
    review_slopes: tuple[tuple[str, float], ...] = assumed(
        (("fifth", -0.13), ("young", -0.5), ("minority", -0.15), ("poor_english", -0.4),
         ("mental_illness", -0.3), ("frailty", 1.0)),
        "log odds of a review; fifth is per step towards the most deprived",
    )  # fmt: skip
    invited: float = assumed(0.85, "share of annual reviews invited for")
    declined: float = assumed(0.03, "share of those not reviewed who have declined")
    unsuitable: float = assumed(0.015, "share of those not reviewed recorded as unsuitable")
    screened: tuple[float, float] = assumed(
        (0.78, 0.83),
        "chance that a cervical screening round is attended at 25-49 and 50-64 by somebody who is "
        "ever screened; with the never screened it makes the coverage of about 69 % in England",
    )
    never_screened: float = assumed(0.08, "share of eligible women who are never screened")
    screening_slopes: tuple[tuple[str, float], ...] = assumed(
        (("fifth", -0.15), ("young", -0.3), ("minority", -0.5), ("poor_english", -0.6),
         ("frailty", 0.9)),
        "log odds of attending; the gradient is that of breast screening in Scotland (64.2 % most, "
        "82.8 % least deprived)",
    )  # fmt: skip
    no_cervix: tuple[float, float] = assumed((0.02, 0.08), "not eligible at 25-49 and at 50-64")
    smokers: float = published(0.157, f"15.7 %, {QOF}")

    # Use of services.
    appointments: float = assumed(
        5.0, "appointments per person a year, about as in England in 2022 (booked, all roles)"
    )
    unlike: float = assumed(0.9, "shape of the gamma of people's rates of contact")
    cancelled: float = assumed(0.06, "share of appointments cancelled")
    delays: tuple[float, ...] = assumed(
        (0.37, 0.10, 0.20, 0.33), "share booked the same day, the day before, 2-7 days, longer"
    )
    missed_by_delay: tuple[float, ...] = published(
        (0.019, 0.05, 0.068, 0.085),
        "not attended by booking delay, England 2018 (5.34 % overall), NHS Digital",
    )
    missed_slopes: tuple[tuple[str, float], ...] = assumed(
        (("fifth", 0.17), ("age_16_to_30", 0.45), ("age_over_90", 0.4), ("need", 0.35),
         ("poor_english", 0.3), ("mental_illness", 0.4), ("frailty", 0.9)),
        "log odds of not attending: deprivation the strongest, then 16-30 and over 90 (Ellis, "
        "Lancet Public Health 2017); the sizes are assumed",
    )  # fmt: skip
    minutes: tuple[float, float, float] = published(
        (10.9, -0.5, 0.9),
        "mean consultation, change in the most deprived fifth, change with many conditions "
        "(>= 6 in the paper, >= 4 here), Gopfert, BJGP 2021",
    )
    usual_doctor: float = assumed(
        0.50, "share of doctor's appointments with the usual one: less in the young and deprived"
    )
    missed_coded: float = assumed(0.30, "share of missed appointments that are also coded")
    urgent: tuple[tuple[str, float], ...] = assumed(
        (("emergency_department", 0.40), ("ambulance", 0.09), ("nhs_111", 0.25),
         ("walk_in_centre", 0.06), ("out_of_hours", 0.09)),
        "urgent contacts per person a year",
    )  # fmt: skip
    urgent_ratio: float = published(
        1.7, "emergency department, most against least deprived (tenths, odds ratio), ONS 2021/22"
    )
    mostly_urgent: float = assumed(0.02, "share who use urgent care instead of the practice")
    hardly_any: float = assumed(0.04, "share with next to no contact with the practice")
    referred: float = published(
        0.035, "ever referred to social prescribing: 3.5 % on EMIS, Greater Manchester 2023"
    )
    referral_slopes: tuple[tuple[str, float], ...] = assumed(
        (("need", 1.3), ("male", -0.4), ("young", -0.6), ("minority", -0.25),
         ("poor_english", -0.3)),
        "log odds of an ad hoc referral: 60 % women, the young under-represented (Bu 2025, "
        "Khan 2023)",
    )  # fmt: skip
    referral_declined: float = published(0.17, "12-22 % of referrals refused, Bu 2025")
    fit_notes: float = assumed(0.12, "fit notes per person of working age a year")
    carer_hint: tuple[float, float] = assumed(
        (0.30, 0.004), "share of carers, and of others, with a weak sign of caring in the record"
    )
    codes_per_visit: float = assumed(
        1.0, "further codes per attended appointment: set so that there are about 20 per person"
    )

    # Objections.
    national_opt_out: float = published(
        0.055, "about 5.5 % of people, NHS Digital, national data opt-out"
    )
    type_1_opt_out: float = assumed(0.03, "type 1 opt-out: about 3 % of people")
    objections: float = assumed(0.001, "objections to one purpose")


def table(parameters: Parameters) -> Iterator[tuple[str, str, str, str]]:
    """Yield name, value, basis ("published" or "assumed") and source of every parameter."""
    for field in dataclasses.fields(parameters):
        value = getattr(parameters, field.name)
        basis, source = field.metadata["basis"], field.metadata["source"]
        if field.name == "needs":
            for need in value:
                yield f"needs: {need.topic}", f"{need.prevalence:.1%}", need.basis, need.source
        elif field.name == "conditions":
            for condition in value:
                yield (
                    f"conditions: {condition.codelist}",
                    f"{condition.prevalence:.2%} at {condition.youngest} and over",
                    "published",
                    condition.source,
                )
        elif field.name == "ethnic_groups":
            for group in value:
                yield f"ethnic_groups: {group.id}", f"{group.share:.1%}", basis, source
        else:
            yield field.name, _plain(value), basis, source


def _plain(value: Any) -> str:
    if isinstance(value, tuple):
        return ", ".join(_plain(part) if not isinstance(part, tuple) else f"({_plain(part)})"
                         for part in value)  # fmt: skip
    return str(value)
