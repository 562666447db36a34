"""Every number that shapes the synthetic population, each with where it comes from.

A *published* number is one that the source gives, for the population the source was about; that
the same number holds in a fictional network is already an assumption. An *assumed* number is ours:
of a plausible size, and meant to be varied. :func:`table` lists them all.
"""

# ruff: noqa: RUF009  (`published` and `assumed` make fields, not values)

import dataclasses
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from fairpractice.population.synthetic.kinds import (
    CONDITIONS,
    ETHNIC_GROUPS,
    NEEDS,
    QOF,
    Condition,
    EthnicGroup,
    Need,
)


Slopes = tuple[tuple[str, float], ...]


def published(value: Any, source: str) -> Any:
    """Return a dataclass field whose value a publication gives."""
    return dataclasses.field(default=value, metadata={"basis": "published", "source": source})


def assumed(value: Any, reason: str) -> Any:
    """Return a dataclass field whose value we chose, and why."""
    return dataclasses.field(default=value, metadata={"basis": "assumed", "source": reason})


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
    poor_english_slope: float = assumed(
        0.1, "log of how much likelier, per fifth, among those whose main language is another"
    )
    disability_slopes: Slopes = assumed(
        (("years", 0.032), ("fifth", 0.18)), "log odds per year of age and fifth"
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
    leaving_slopes: Slopes = assumed(
        (("age_18_to_33", 0.7), ("age_over_60", -0.3), ("fifth", 0.08)),
        "log of how many times the mean rate people leave",
    )
    change_of_practice: float = assumed(0.02, "changes of practice within the network, a year")
    change_of_address: float = assumed(0.09, "moves within the network, a year")
    mortality_slope: float = assumed(0.12, "log hazard per fifth")
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
    recording_slopes: Slopes = assumed(
        (("male", -0.40), ("young", -0.45), ("minority", -0.30), ("poor_english", -0.60),
         ("few_contacts", -0.70)),
        "unequal recording: men, the young, minority ethnic groups and those with poor English are "
        "under-recorded (Khan 2023; Bu 2024 for referral); the sizes are assumed",
    )  # fmt: skip
    recording_by_system: Slopes = published(
        (("EMIS", 1.0), ("TPP", 1.26), ("Vision", 0.46)),
        "social prescribing codes 3.5, 4.4 and 1.6 % of patients by system, Greater Manchester, "
        "November 2023: an artefact of the system, not a difference in need",
    )
    reach: tuple[float, float, float] = assumed(
        (0.93, 0.60, 0.35),
        "share whom each route could reach: has any consultation, would fill in a form, is known "
        "to a council or charity; some people none of them",
    )
    reach_slopes: tuple[Slopes, ...] = assumed(
        (
            (("hardly_any", -4.0), ("mostly_urgent", -1.5), ("years_to_70", 0.03), ("female", 0.5)),
            (("no_address", -6.0), ("years_over_50", -0.035), ("poor_english", -1.5),
             ("fifth", -0.15)),
            (("fifth", 0.15), ("disabled", 0.3), ("female", 0.3)),
        ),
        "log odds of being within reach of each route; no_address is without telephone and e-mail",
    )  # fmt: skip
    learnt_after: float = assumed(0.5, "mean time in years after which a recorded need is recorded")
    stated_again: float = assumed(0.5, "chance a year that a need known by a route is stated again")
    said_no: tuple[float, float] = assumed(
        (0.009, 0.002),
        "chance a year that somebody without a need says so, and declines to say, per topic",
    )
    mistaken: float = assumed(
        0.0003, "chance a year that a need is recorded of somebody who has none, per topic"
    )
    ended_coded: float = assumed(0.25, "share of ended, coded needs with a code that says so")
    ethnicity_recorded: float = published(
        0.782, "78.2 % in general practice, OpenSAFELY; missing more in the young and the mobile"
    )
    ethnicity_slopes: Slopes = assumed(
        (("age_16_to_33", -0.6), ("joined_lately", -0.7), ("male", -0.35), ("minority", -0.25),
         ("poor_english", -0.3), ("hardly_any", -1.0), ("log_activity", 0.5)),
        "log odds of having it recorded: missing more in the mobile and the young (OpenSAFELY)",
    )  # fmt: skip
    on_registering: float = assumed(
        0.85, "share of ethnicity and language written down on registering, not later"
    )
    language_slopes: Slopes = assumed(
        (("log_activity", 0.4), ("joined", 0.35)),
        "log odds of having main language recorded; joined is within the period",
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
    illness_and_need: float = assumed(
        0.15, "log odds of ever having a condition, per standard deviation of vulnerability"
    )
    blood_pressure: Slopes = assumed(
        (("constant", 122.0), ("years_to_80", 0.22), ("fifth", 0.9), ("no_hypertension", -8.0),
         ("hypertension", -1.0), ("engaged_hypertension", -1.5), ("needy_hypertension", 6.0)),
        "usual systolic pressure in mmHg: about two thirds of those with hypertension are "
        "controlled (Quality and Outcomes Framework)",
    )  # fmt: skip
    hba1c: tuple[float, float, float, float] = assumed(
        (42.0, 14.0, 37.0, 3.5),
        "mmol/mol: lowest and mean excess in diabetes; mean and standard deviation without",
    )
    hba1c_slopes: Slopes = assumed(
        (("fifth", 0.02), ("engagement", -0.03)), "log of the excess in diabetes"
    )
    reviewed: float = assumed(0.72, "share of annual reviews done")
    review_slopes: Slopes = assumed(
        (("fifth", -0.13), ("young", -0.5), ("minority", -0.15), ("poor_english", -0.4),
         ("mental_illness", -0.3), ("engagement", 1.0), ("hardly_any", -6.0),
         ("mostly_urgent", -1.5)),
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
    screening_slopes: Slopes = assumed(
        (("fifth", -0.15), ("young", -0.3), ("minority", -0.5), ("poor_english", -0.6),
         ("engagement", 0.9), ("hardly_any", -1.5)),
        "log odds of attending; the gradient is that of breast screening in Scotland (64.2 % most, "
        "82.8 % least deprived)",
    )  # fmt: skip
    no_cervix: tuple[float, float] = assumed((0.02, 0.08), "not eligible at 25-49 and at 50-64")
    smokers: float = published(0.157, f"15.7 %, {QOF}")
    smoked: float = assumed(0.3, "share of those who do not smoke who did")
    reached: Slopes = assumed(
        (("bowel-screening", 0.70), ("breast-screening", 0.68), ("influenza 65 and over", 0.78),
         ("influenza at risk", 0.42), ("COVID-19", 0.60), ("measles, first dose", 0.90),
         ("measles, second dose", 0.92), ("support to stop smoking", 0.25),
         ("check in severe mental illness", 0.62), ("heart-failure review", 0.65),
         ("depression review", 0.25)),
        "share of calls, seasons or years in which people come, about as in England; the second "
        "dose is of those who had the first",
    )  # fmt: skip
    prevention_slopes: Slopes = assumed(
        (("fifth", -0.15), ("young", -0.2), ("minority", -0.4), ("poor_english", -0.5),
         ("engagement", 0.9), ("hardly_any", -1.5), ("mostly_urgent", -0.8)),
        "log odds of coming, for all that is in reached",
    )  # fmt: skip
    measured_in_diabetes: Slopes = assumed(
        (("body-mass-index", 0.92), ("cholesterol", 0.94), ("creatinine", 0.95),
         ("urine-albumin", 0.74), ("smoking", 0.92)),
        "share of reviews of people with diabetes in which each is done, about as in the National "
        "Diabetes Audit; blood pressure and HbA1c are always taken",
    )  # fmt: skip
    measured_in_hypertension: Slopes = assumed(
        (("body-mass-index", 0.5), ("cholesterol", 0.5), ("creatinine", 0.6), ("smoking", 0.5)),
        "share of reviews of people with hypertension and no diabetes in which each is done",
    )
    in_remission: float = assumed(0.04, "share of severe mental illness coded as in remission")
    statins: Slopes = assumed(
        (("coronary-heart-disease", 0.80), ("stroke", 0.72), ("diabetes", 0.60)),
        "share of those with each who are issued a statin",
    )

    # Use of services.
    appointments: float = assumed(
        5.0, "appointments per person a year, about as in England in 2022 (booked, all roles)"
    )
    appointments_by_age: tuple[tuple[float, float], ...] = assumed(
        ((0, 1.6), (3, 1.0), (10, 0.5), (18, 0.6), (30, 0.8), (50, 1.0), (65, 1.3), (75, 1.9),
         (90, 2.4)),
        "relative rate at an age, straight between them",
    )  # fmt: skip
    appointments_slopes: Slopes = assumed(
        (("women_15_to_55", 0.3), ("conditions_to_5", 0.22), ("fifth", 0.03)),
        "log of the relative rate; conditions count up to five",
    )
    appointments_by_style: tuple[float, float, float] = assumed(
        (1.0, 0.12, 0.25), "relative rate: most people, mostly urgent care, hardly any contact"
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
    missed_slopes: Slopes = assumed(
        (("fifth", 0.17), ("age_16_to_30", 0.45), ("age_over_90", 0.4), ("need", 0.35),
         ("poor_english", 0.3), ("mental_illness", 0.4), ("engagement", -0.9)),
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
    usual_slopes: Slopes = assumed(
        (("years", 0.02), ("fifth", -0.13), ("practice", 0.8)),
        "log odds of seeing the usual clinician: per year from 50, per fifth, between practices",
    )
    missed_coded: float = assumed(0.30, "share of missed appointments that are also coded")
    urgent: Slopes = assumed(
        (("emergency_department", 0.40), ("ambulance", 0.09), ("nhs_111", 0.25),
         ("walk_in_centre", 0.06), ("out_of_hours", 0.09)),
        "urgent contacts per person a year",
    )  # fmt: skip
    urgent_ratio: float = published(
        1.7, "emergency department, most against least deprived (tenths, odds ratio), ONS 2021/22"
    )
    urgent_by_age: tuple[tuple[float, float], ...] = assumed(
        ((0, 1.7), (4, 1.0), (12, 0.7), (22, 1.1), (50, 0.8), (70, 1.1), (90, 2.2)),
        "relative rate at an age, straight between them",
    )
    urgent_with_need: float = assumed(0.3, "log of the relative rate of those with a need")
    urgent_by_style: tuple[float, float, float] = assumed(
        (1.0, 7.0, 0.8), "relative rate: most people, mostly urgent care, hardly any contact"
    )
    style_slopes: tuple[Slopes, Slopes] = assumed(
        ((("fifth", 0.25), ("age_18_to_45", 0.4), ("male", 0.4)),
         (("fifth", 0.12), ("age_18_to_45", 0.5), ("male", 0.4))),
        "log of how much likelier: mostly urgent care, and hardly any contact",
    )  # fmt: skip
    mostly_urgent: float = assumed(0.02, "share who use urgent care instead of the practice")
    hardly_any: float = assumed(0.04, "share with next to no contact with the practice")
    referred: float = published(
        0.035, "ever referred to social prescribing: 3.5 % on EMIS, Greater Manchester 2023"
    )
    referral_slopes: Slopes = assumed(
        (("need", 1.3), ("male", -0.4), ("young", -0.6), ("minority", -0.25),
         ("poor_english", -0.3)),
        "log odds of an ad hoc referral: 60 % women, the young under-represented (Bu 2025, "
        "Khan 2023)",
    )  # fmt: skip
    referral_declined: float = published(0.17, "12-22 % of referrals refused, Bu 2025")
    fit_notes: float = assumed(0.12, "fit notes per person of working age a year")
    fit_note_slopes: Slopes = assumed(
        (("fifth", 0.2), ("mental_illness", 0.9)), "log of the relative rate"
    )
    disability_hint: tuple[float, float] = assumed(
        (0.10, 0.0008),
        "share of people coded with a learning disability, and of others, with a sign of one",
    )
    homeless_assessed: float = assumed(
        0.25, "share of homeless people whose health and social needs were assessed"
    )
    standing: tuple[tuple[str, float, int, int, int], ...] = assumed(
        (("care_leaver", 0.012, 0, 25, 2), ("veteran", 0.012, 18, 100, 1)),
        "facts for life: topic, share known of, from and to which age, and the route that says so",
    )
    carer_hint: tuple[float, float] = assumed(
        (0.30, 0.004), "share of carers, and of others, with a weak sign of caring in the record"
    )
    codes_per_visit: float = assumed(
        0.7, "further codes per attended appointment: set so that there are about 20 per person"
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
