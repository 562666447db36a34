"""What is spread among people: ethnic groups, needs and long-term conditions, one row a kind.

Part of the parameters (:mod:`fairpractice.population.synthetic.parameters`): each row has the
source of its main number.
"""

from dataclasses import dataclass


ROUTES = ("asked", "self_reported", "external")

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
