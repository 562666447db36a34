"""The topics of social facts: how long a statement stays fresh, and which codes state it."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Topic:
    """One topic.

    Attributes
    ----------
    id, label
        Its name in data, and in sentences.
    family
        Topics of one family exclude each other: one being present says that the others are not.
    freshness_months
        For how many months a statement is believed; ``None``: for life.
    sensitive
        Whether every statement about it is: it leaves no trace outside direct care.
    codelist, ended_by
        The codelists whose codes, in a person's events, say that it is so, or no longer so.
    """

    id: str
    label: str
    family: str
    freshness_months: int | None
    sensitive: bool = False
    codelist: str | None = None
    ended_by: str | None = None


TOPICS: dict[str, Topic] = {
    topic.id: topic
    for topic in (
        # Where a family has several, what is needed most comes first: on one day, it wins.
        Topic("homelessness", "homelessness", "residence", 6, codelist="homeless"),
        Topic(
            "temporary_housing", "temporary housing", "residence", 6, codelist="temporary-housing"
        ),
        Topic("settled_home", "a settled home", "residence", 12, codelist="no-longer-homeless"),
        Topic("housing_problem", "a housing problem", "housing", 12, codelist="housing-problem"),
        Topic("financial_hardship", "financial hardship", "finances", 12),
        Topic("debt", "debt", "debt", 12, codelist="debt"),
        Topic("food_insecurity", "food insecurity", "food", 6, codelist="food-insecurity"),
        Topic("fuel_poverty", "fuel poverty", "fuel", 12, codelist="fuel-poverty"),
        Topic("unemployment", "unemployment", "work", 12, codelist="unemployed"),
        Topic("social_isolation", "social isolation", "isolation", 12, codelist="social-isolation"),
        Topic("carer", "being a carer", "caring", 24, codelist="carer", ended_by="no-longer-carer"),
        Topic(
            "language_main",
            "a main language other than English",
            "language",
            None,
            codelist="english-not-main-language",
        ),
        Topic(
            "interpreter_need",
            "the need for an interpreter",
            "interpreter",
            60,
            codelist="interpreter-needed",
        ),
        Topic(
            "domestic_abuse",
            "domestic abuse",
            "abuse",
            12,
            sensitive=True,
            codelist="domestic-abuse",
        ),
        Topic("veteran", "service in the armed forces", "armed_forces", None, codelist="veteran"),
        Topic("care_leaver", "having been in care", "care_leaver", None, codelist="care-leaver"),
        Topic(
            "asylum_or_refugee",
            "seeking asylum or being a refugee",
            "migration",
            60,
            sensitive=True,
            codelist="asylum-or-refugee",
        ),
        Topic("prison", "contact with prison", "prison", 12, sensitive=True, codelist="prison"),
        Topic(
            "transport",
            "difficulty with transport",
            "transport",
            12,
            codelist="transport-problem",
        ),
        Topic("digital_exclusion", "digital exclusion", "digital", 24),
        Topic("disability", "disability", "disability", None),
    )
}

SENSITIVE = tuple(topic.id for topic in TOPICS.values() if topic.sensitive)
