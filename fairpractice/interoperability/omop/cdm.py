"""OMOP's Common Data Model as far as a record takes it in.

Sources: OHDSI, *OMOP Common Data Model v5.4* (tables and columns; 5.3 is the same in what is read
here), and the concept ids of the OHDSI standardised vocabularies.
"""

from dataclasses import dataclass


VERSIONS = ("5.3", "5.4")

# Tables that feed no table of the record: their rows are counted and set aside.
NOT_KEPT = (
    "care_site",
    "condition_era",
    "cost",
    "device_exposure",
    "dose_era",
    "drug_era",
    "episode",
    "episode_event",
    "fact_relationship",
    "location",
    "note",
    "note_nlp",
    "payer_plan_period",
    "provider",
    "specimen",
    "visit_detail",
)
# Tables that say nothing about people. The first two are looked at.
ABOUT_DATA = (
    "concept",
    "cdm_source",
    "cohort",
    "cohort_definition",
    "concept_ancestor",
    "concept_class",
    "concept_relationship",
    "concept_synonym",
    "domain",
    "drug_strength",
    "metadata",
    "relationship",
    "source_to_concept_map",
    "vocabulary",
)

# The record's names of vocabularies. A code of any other is set aside by its vocabulary.
VOCABULARIES = {
    "SNOMED": "snomed",
    "dm+d": "dmd",
    "Read": "read2",
    "CTV3": "ctv3",
    "CVX": "cvx",
    "LOINC": "loinc",
    "RxNorm": "rxnorm",
    "RxNorm Extension": "rxnorm extension",
    "ICD10": "icd10",
    "ICD10CM": "icd10cm",
    "ICD9CM": "icd9cm",
    "OPCS4": "opcs4",
    "ATC": "atc",
    "CPT4": "cpt4",
    "HCPCS": "hcpcs",
    "NDC": "ndc",
    "Gemscript": "gemscript",
}
PREFERRED = ("SNOMED", "dm+d")

FEMALE, MALE, OTHER = 8532, 8507, 8521
EQUALS = (4172703,)  # operators of a measurement beside which its number is its value
NO = (4188540, 45878245, 4132135, 45883375)  # answers: no, no (LOINC), absent, negative response
URGENT = {
    9203: "emergency_department",  # emergency room visit
    262: "emergency_department",  # emergency room and inpatient visit
    581478: "ambulance",
    8782: "walk_in_centre",  # urgent care facility
}


@dataclass(frozen=True)
class Entry:
    """A table whose rows are coded entries or issues: the columns that say what and when."""

    name: str
    into: str
    date: str
    concept: str
    value: str = ""
    days: str = ""
    operator: str = ""
    answer: str = ""

    @property
    def source_concept(self) -> str:
        """The column of the concept as the source had it."""
        return f"{self.concept.removesuffix('_concept_id')}_source_concept_id"

    @property
    def source_value(self) -> str:
        """The column of the source's own code."""
        return f"{self.concept.removesuffix('_concept_id')}_source_value"

    @property
    def kind(self) -> str:
        """The column of the type concept: what sort of record the row is from."""
        return f"{self.concept.removesuffix('_concept_id')}_type_concept_id"


ENTRIES = (
    Entry("condition_occurrence", "event", "condition_start_date", "condition_concept_id"),
    Entry("procedure_occurrence", "event", "procedure_date", "procedure_concept_id"),
    Entry(
        "measurement",
        "event",
        "measurement_date",
        "measurement_concept_id",
        value="value_as_number",
        operator="operator_concept_id",
    ),
    Entry(
        "observation",
        "event",
        "observation_date",
        "observation_concept_id",
        value="value_as_number",
        answer="value_as_concept_id",
    ),
    Entry(
        "drug_exposure",
        "medication",
        "drug_exposure_start_date",
        "drug_concept_id",
        days="days_supply",
    ),
)

# For each table that is read, the columns that it must have, then those that it may have.
COLUMNS: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "person": (
        ("person_id", "year_of_birth", "gender_concept_id"),
        ("month_of_birth", "day_of_birth", "birth_datetime", "care_site_id"),
    ),
    "death": (("person_id", "death_date"), ("death_type_concept_id",)),
    "observation_period": (
        ("person_id", "observation_period_start_date", "observation_period_end_date"),
        ("period_type_concept_id",),
    ),
    "visit_occurrence": (
        ("person_id", "visit_concept_id", "visit_start_date"),
        ("care_site_id", "visit_type_concept_id"),
    ),
    "care_site": (("care_site_id",), ("care_site_source_value",)),
    "concept": (("concept_id", "vocabulary_id", "concept_code"), ()),
    "cdm_source": ((), ("cdm_version",)),
    **{
        entry.name: (
            ("person_id", entry.date, entry.concept),
            (
                entry.source_concept,
                entry.source_value,
                entry.kind,
                *filter(None, (entry.value, entry.days, entry.operator, entry.answer)),
            ),
        )
        for entry in ENTRIES
    },
}
KNOWN = frozenset({*COLUMNS, *NOT_KEPT, *ABOUT_DATA})
