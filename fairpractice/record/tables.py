"""The tables of the record. Each is declared once; everything else reads the declaration."""

from fairpractice.record.contract import Column, Table
from fairpractice.record.topics import TOPICS


SEXES = ("female", "male", "indeterminate")
APPOINTMENT_STATUSES = ("attended", "did_not_attend", "cancelled")
URGENT_CONTACT_KINDS = (
    "emergency_department",
    "ambulance",
    "nhs_111",
    "walk_in_centre",
    "out_of_hours",
)
FACT_STATUSES = ("present", "absent", "unknown", "declined")
ROUTES = ("asked", "self_reported", "external")
LAWFUL_BASES = ("direct_care", "consent", "sharing_agreement")
SENSITIVITIES = ("ordinary", "sensitive")
CONTACT_DETAILS = ("telephone", "email", "both", "none")
OBJECTION_KINDS = ("national_data_opt_out", "type_1_opt_out", "objection")
PURPOSES = ("direct_care", "planning", "research")
AREA_VINTAGES = (
    "lsoa_2011",
    "lsoa_2021",
    "data_zone_2011",
    "data_zone_2021",
    "soa_2001",
)

PATIENT_ID = Column(
    "patient_id",
    "int64",
    "pseudonym of the person, made from the linkage key and the record's own secret",
    required=True,
    also_called=("patient", "patient id", "person id", "pseudo id", "nhs number", "nhs_no"),
)
PRACTICE_CODE = Column(
    "practice_code",
    "string",
    "ODS code of the practice",
    shape="ods_code",
    also_called=("practice", "practice code", "gp practice code", "ods code", "organisation code"),
)
CODE = Column(
    "code",
    "string",
    "the concept, in its code system",
    required=True,
    also_called=("snomed", "snomed code", "snomed ct", "conceptid", "concept id", "snomedctcode"),
)
CODE_SYSTEM = Column(
    "code_system",
    "string",
    "which system the code is from: snomed, dmd, ctv3, cvx, local; snomed when a source is silent",
    required=True,
    also_called=("coding system", "system"),
)

RECORDED_AS = Column(
    "recorded_as",
    "string",
    "what sort of record the source took it from: OMOP's type concept, such as 32817 (a health "
    "record), 32810 (a claim) or 32865 (said by the person)",
)
AS_SENT = (
    Column(
        "source_code",
        "string",
        "the code as the source had it before it was mapped: that of OMOP's source concept, else "
        "the source's own value where it is like a code",
    ),
    Column(
        "source_system",
        "string",
        "the vocabulary of source_code as OMOP names it, such as Read; `concept` where the source "
        "concept's number is all that is known; empty for the source's own value",
    ),
    RECORDED_AS,
)

PATIENT = Table(
    "patient",
    "a person",
    (
        PATIENT_ID,
        Column(
            "birth_month",
            "date",
            "first day of the month of birth",
            also_called=("date of birth", "dob", "birth date", "month of birth", "birth month"),
        ),
        Column(
            "sex",
            "string",
            "sex as registered; empty when not known",
            allowed=SEXES,
            also_called=("gender", "stated gender", "person stated gender"),
        ),
        Column(
            "death_month",
            "date",
            "first day of the month of death",
            also_called=("date of death", "dod", "death date", "deceased date"),
        ),
        Column(
            "contact_details",
            "string",
            "which ways to contact the person are held (the details themselves are in identity)",
            allowed=CONTACT_DETAILS,
        ),
    ),
    key=("patient_id",),
    sorted_by=("patient_id",),
)

IDENTITY = Table(
    "identity",
    "a person's identifiers: kept apart, encrypted, opened for direct care alone",
    (
        PATIENT_ID,
        Column(
            "nhs_number",
            "string",
            "NHS number",
            shape="nhs_number",
            also_called=("nhs number", "nhs no", "nhsnumber"),
        ),
        Column("source_patient_id", "string", "the person's identifier in the source"),
        Column("date_of_birth", "date", "full date of birth", also_called=("dob", "birth date")),
        Column(
            "given_name",
            "string",
            "given name",
            also_called=("first name", "forename", "given name"),
        ),
        Column(
            "family_name",
            "string",
            "family name",
            also_called=("last name", "surname", "family name"),
        ),
        Column(
            "postcode",
            "string",
            "postcode of usual address",
            shape="postcode",
            also_called=("post code",),
        ),
        Column(
            "telephone",
            "string",
            "telephone number",
            also_called=("phone", "mobile", "phone number", "telephone number"),
        ),
        Column("email", "string", "e-mail address", also_called=("e-mail", "email address")),
    ),
    key=("patient_id",),
    sorted_by=("patient_id",),
)

REGISTRATION = Table(
    "registration",
    "a spell at a practice, half-open: the end date is the first day no longer registered",
    (
        PATIENT_ID,
        Column(
            "practice_code",
            "string",
            PRACTICE_CODE.meaning,
            required=True,
            shape="ods_code",
            also_called=PRACTICE_CODE.also_called,
        ),
        Column(
            "start_date",
            "date",
            "first day registered",
            required=True,
            also_called=("registration date", "registered on", "registered", "reg date", "start"),
        ),
        Column(
            "end_date",
            "date",
            "first day no longer registered; empty while registered",
            also_called=("deregistration date", "deduction date", "dereg date", "left", "end"),
        ),
    ),
    key=("patient_id", "practice_code", "start_date"),
    sorted_by=("patient_id", "start_date"),
    date="start_date",
    practice="practice_code",
    origin=(RECORDED_AS,),
)

ADDRESS = Table(
    "address",
    "a spell in a small area, half-open",
    (
        PATIENT_ID,
        Column(
            "area_code",
            "string",
            "code of the small area",
            required=True,
            shape="small_area",
            also_called=(
                "lsoa",
                "lsoa code",
                "lsoa11",
                "lsoa11cd",
                "lsoa21",
                "lsoa21cd",
                "data zone",
                "datazone",
                "patient lsoa",
            ),
        ),
        Column(
            "area_vintage",
            "string",
            "which edition of small areas the code is from",
            required=True,
            allowed=AREA_VINTAGES,
        ),
        Column("start_date", "date", "first day there", also_called=("from", "address start")),
        Column(
            "end_date",
            "date",
            "first day no longer there",
            also_called=("to", "until", "address end"),
        ),
    ),
    key=("patient_id", "area_vintage", "start_date"),
    sorted_by=("patient_id", "start_date"),
    date="start_date",
)

EVENT = Table(
    "event",
    "a coded entry in the general-practice record",
    (
        PATIENT_ID,
        Column(
            "date",
            "date",
            "the day it is about",
            required=True,
            also_called=("event date", "effective date", "entry date", "consultation date"),
        ),
        CODE,
        CODE_SYSTEM,
        Column(
            "value",
            "float64",
            "a numeric result in the unit usual for the code",
            also_called=("numeric value", "result", "value1"),
        ),
        PRACTICE_CODE,
    ),
    key=("patient_id", "date", "code", "code_system", "value", "practice_code"),
    sorted_by=("patient_id", "date"),
    date="date",
    practice="practice_code",
    origin=AS_SENT,
)

MEDICATION = Table(
    "medication",
    "an issue of a prescription",
    (
        PATIENT_ID,
        Column(
            "issued_on",
            "date",
            "day of issue",
            required=True,
            also_called=("issue date", "date issued", "prescription date"),
        ),
        CODE,
        CODE_SYSTEM,
        Column(
            "days_supply",
            "int32",
            "days the issue should last, in days",
            also_called=("duration", "days supply", "course length"),
        ),
        PRACTICE_CODE,
    ),
    key=("patient_id", "issued_on", "code", "code_system", "days_supply", "practice_code"),
    sorted_by=("patient_id", "issued_on"),
    date="issued_on",
    practice="practice_code",
    origin=AS_SENT,
)

APPOINTMENT = Table(
    "appointment",
    "a booked slot at the practice",
    (
        PATIENT_ID,
        Column(
            "booked_on", "date", "day it was booked", also_called=("booking date", "date booked")
        ),
        Column(
            "start_date",
            "date",
            "day of the appointment",
            required=True,
            also_called=("appointment date", "appt date", "slot date", "date"),
        ),
        Column(
            "start_time",
            "string",
            "time of day, HH:MM",
            also_called=("appointment time", "appt time", "time"),
        ),
        Column(
            "minutes",
            "float64",
            "length of the slot, or of the consultation where known",
            also_called=("duration", "planned duration", "actual duration", "length"),
        ),
        Column(
            "role",
            "string",
            "role of the clinician, such as gp or practice nurse",
            also_called=("clinician role", "staff role", "hcp type"),
        ),
        Column(
            "clinician_id",
            "string",
            "pseudonym of the clinician",
            also_called=("clinician", "clinician id", "practitioner id"),
        ),
        Column(
            "status",
            "string",
            "what became of it",
            required=True,
            allowed=APPOINTMENT_STATUSES,
            also_called=("appointment status", "appt status", "slot status"),
        ),
        PRACTICE_CODE,
    ),
    key=("patient_id", "start_date", "start_time", "clinician_id", "status", "practice_code"),
    sorted_by=("patient_id", "start_date"),
    date="start_date",
    practice="practice_code",
)

URGENT_CONTACT = Table(
    "urgent_contact",
    "a contact with urgent care outside the practice",
    (
        PATIENT_ID,
        Column(
            "date",
            "date",
            "day of the contact",
            required=True,
            also_called=("contact date", "arrival date", "attendance date"),
        ),
        Column(
            "kind",
            "string",
            "which service",
            required=True,
            allowed=URGENT_CONTACT_KINDS,
            also_called=("contact type", "service type", "department type"),
        ),
        Column(
            "organisation_code",
            "string",
            "ODS code of the service",
            shape="ods_code",
            also_called=("provider code", "site code"),
        ),
    ),
    key=("patient_id", "date", "kind", "organisation_code"),
    sorted_by=("patient_id", "date"),
    date="date",
    origin=(RECORDED_AS,),
)

SOCIAL_FACT = Table(
    "social_fact",
    "one statement about one person's circumstances",
    (
        PATIENT_ID,
        Column(
            "topic",
            "string",
            "what it is about; a topic of fairpractice.record.topics",
            required=True,
            allowed=tuple(TOPICS),
        ),
        Column("code", "string", "the concept stated, where one exists"),
        Column("code_system", "string", "which system the code is from"),
        Column("status", "string", "what is stated", required=True, allowed=FACT_STATUSES),
        Column(
            "route",
            "string",
            "how it came: asked by the team, entered by the person, "
            "or sent by another organisation",
            required=True,
            allowed=ROUTES,
        ),
        Column(
            "source_organisation",
            "string",
            "who stated it",
            also_called=("organisation", "source org"),
        ),
        Column(
            "recorder_role",
            "string",
            "role of whoever wrote it down",
            also_called=("recorded by role",),
        ),
        Column(
            "recorded_on",
            "date",
            "day it was written down",
            required=True,
            also_called=("recorded date", "date recorded", "date"),
        ),
        Column("true_from", "date", "first day it was true, where stated"),
        Column("true_until", "date", "first day it was no longer true, where stated"),
        Column(
            "lawful_basis",
            "string",
            "why it may be held; never assumed",
            required=True,
            allowed=LAWFUL_BASES,
        ),
        Column(
            "sensitivity",
            "string",
            "sensitive facts leave no trace outside direct care",
            required=True,
            allowed=SENSITIVITIES,
        ),
    ),
    key=("patient_id", "topic", "code", "status", "route", "source_organisation", "recorded_on"),
    sorted_by=("patient_id", "recorded_on"),
    date="recorded_on",
)

OBJECTION = Table(
    "objection",
    "an opt-out or objection to a use of the person's data",
    (
        PATIENT_ID,
        Column("kind", "string", "what was registered", required=True, allowed=OBJECTION_KINDS),
        Column("purpose", "string", "for an objection: the purpose it is about", allowed=PURPOSES),
        Column(
            "recorded_on",
            "date",
            "day it took effect",
            required=True,
            also_called=("date", "opt out date"),
        ),
        Column("withdrawn_on", "date", "first day it no longer holds"),
    ),
    key=("patient_id", "kind", "purpose", "recorded_on"),
    sorted_by=("patient_id", "recorded_on"),
)

TABLES: dict[str, Table] = {
    table.name: table
    for table in (
        PATIENT,
        IDENTITY,
        REGISTRATION,
        ADDRESS,
        EVENT,
        MEDICATION,
        APPOINTMENT,
        URGENT_CONTACT,
        SOCIAL_FACT,
        OBJECTION,
    )
}
