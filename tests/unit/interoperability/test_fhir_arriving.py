"""What each kind of resource becomes: drawn small, with what it is set aside for beside it."""

from typing import Any

import pytest

from fairpractice.errors import FairpracticeError
from fairpractice.interoperability.fhir import names
from fairpractice.interoperability.fhir.arriving import COLUMNS, MAKERS, MalformedError, arrive
from fairpractice.interoperability.fhir.elements import STATUSES, Sent, day, day_after, spell


SNOMED, CVX, LOINC = (names.CODE_SYSTEMS[name] for name in ("snomed", "cvx", "loinc"))
DIABETES = {"coding": [{"system": SNOMED, "code": "44054006"}]}
WHO = {"reference": "Patient/p1"}
TODAY = "2026-10-31"


def made(resource: dict[str, Any], full_url: str = "") -> dict[str, list[dict[str, str]]]:
    """Return the rows of a resource by table, without what is empty; it is not set aside."""
    aside, rows = arrive(resource, ("f", 1), Sent(full_url, TODAY))
    assert aside == ""
    found: dict[str, list[dict[str, str]]] = {}
    for table, row in rows:
        named = zip(COLUMNS.get(table, range(9)), row, strict=table in COLUMNS)
        found.setdefault(table, []).append({k: v for k, v in named if v is not None})
    return found


def aside(resource: dict[str, Any]) -> str:
    kind, rows = arrive(resource, ("f", 1), Sent("", TODAY))
    assert not [table for table, _ in rows if table in COLUMNS]
    return kind


def condition(**elements: Any) -> dict[str, Any]:
    return {
        "resourceType": "Condition",
        "code": DIABETES,
        "subject": WHO,
        "recordedDate": "2020-03-04",
        **elements,
    }


def observation(**elements: Any) -> dict[str, Any]:
    return {
        "resourceType": "Observation",
        "status": "final",
        "code": DIABETES,
        "subject": WHO,
        "effectiveDateTime": "2020-03-04",
        **elements,
    }


ENTRY = {
    "source_patient_id": "p1",
    "date": "2020-03-04",
    "code": "44054006",
    "code_system": "snomed",
}


@pytest.mark.parametrize(
    ("resource", "differs"),
    [
        (condition(), {}),
        (condition(onsetDateTime="2019-05-06T23:59:00-05:00"), {"date": "2019-05-06"}),
        (condition(onsetPeriod={"start": "2019-05"}), {"date": "2019-05-01"}),
        (condition(onsetString="as a child"), {}),
        (observation(), {}),
        (observation(valueQuantity={"value": 7.5, "unit": "kg"}), {"value": "7.5"}),
        (observation(valueQuantity={"value": 90, "comparator": ">"}), {}),
        (observation(valueInteger=3), {"value": "3"}),
        (observation(valueString="none seen"), {}),
        (observation(valueBoolean=True), {}),
        (
            {
                "resourceType": "Procedure",
                "status": "completed",
                "code": DIABETES,
                "subject": WHO,
                "performedPeriod": {"start": "2020-03-04T09:00:00Z"},
            },
            {},
        ),
        (
            {
                "resourceType": "Immunization",
                "status": "completed",
                "vaccineCode": {"coding": [{"system": CVX, "code": "62"}]},
                "patient": WHO,
                "occurrenceDateTime": "2020-03-04",
            },
            {"code": "62", "code_system": "cvx"},
        ),
        (
            {
                "resourceType": "Immunization",
                "status": "completed",
                "extension": [{"url": names.VACCINATION, "valueCodeableConcept": DIABETES}],
                "vaccineCode": {"coding": [{"system": CVX, "code": "62"}]},
                "patient": WHO,
                "occurrenceDateTime": "2020-03-04",
            },
            {},
        ),
    ],
)
def test_an_entry(resource: dict[str, Any], differs: dict[str, str]) -> None:
    assert made(resource) == {"event": [{**ENTRY, **differs}]}


@pytest.mark.parametrize(
    ("codings", "code", "system"),
    [
        ([("http://read.info/readv2", "C10F."), (SNOMED, "44054006")], "44054006", "snomed"),
        ([(LOINC, "1-2"), (names.CODE_SYSTEMS["dmd"], "3")], "3", "dmd"),
        ([(LOINC, "1-2"), (CVX, "3")], "1-2", "loinc"),
        ([(SNOMED + "/83821000000107", "44054006")], "44054006", "snomed"),
        ([("https://a.system", "x"), (None, "44054006"), (SNOMED, None)], "x", "https://a.system"),
        ([(names.OUR_CODE_SYSTEM + "emis%20local", "x")], "x", "emis local"),
    ],
)
def test_which_of_several_codings_is_kept(
    codings: list[tuple[str, str]], code: str, system: str
) -> None:
    coding = [
        {k: v for k, v in (("system", system), ("code", code)) if v} for system, code in codings
    ]
    [entry] = made(condition(code={"coding": coding}))["event"]
    assert (entry["code"], entry["code_system"]) == (code, system)


def test_a_panel_is_an_entry_and_one_for_each_part() -> None:
    def part(code: str, **value: Any) -> dict[str, Any]:
        return {"code": {"coding": [{"system": SNOMED, "code": code}]}, **value}

    resource = observation(
        code={"coding": [{"system": LOINC, "code": "85354-9"}]},
        component=[
            part("72313002", valueQuantity={"value": 142}),
            part("1091811000000102", valueQuantity={"value": "94"}),
            part("1", dataAbsentReason={"text": "not measured"}),
        ],
    )
    assert [(e["code"], e.get("value")) for e in made(resource)["event"]] == [
        ("85354-9", None),
        ("72313002", "142"),
        ("1091811000000102", "94"),
    ]


def test_an_answer_is_an_entry_only_where_it_speaks_for_itself() -> None:
    answer = {"coding": [{"system": SNOMED, "code": "8517006"}]}
    smoking = observation(
        code={"coding": [{"system": LOINC, "code": "72166-2"}]}, valueCodeableConcept=answer
    )
    assert [e["code"] for e in made(smoking)["event"]] == ["72166-2", "8517006"]
    # "Family history of …: diabetes" is not diabetes.
    family = observation(
        code={"coding": [{"system": LOINC, "code": "54116-3"}]}, valueCodeableConcept=DIABETES
    )
    assert [e["code"] for e in made(family)["event"]] == ["54116-3"]


@pytest.mark.parametrize(
    ("resource", "kind"),
    [
        (condition(code={"text": "unwell"}), "Condition: no code with its system"),
        (condition(subject={"reference": "Group/1"}), "Condition: not about a patient"),
        (condition(subject={"display": "somebody"}), "Condition: not about a patient"),
        (
            condition(meta={"security": [{"code": "R"}]}),
            "Condition: marked as restricted",
        ),
        (observation(dataAbsentReason={"text": "refused"}), "Observation: no result"),
        (observation(focus=[{"reference": "RelatedPerson/1"}]), "Observation: about somebody else"),
        (observation(valueBoolean=False), "Observation: answered no"),
        (
            observation(valueCodeableConcept={"coding": [{"system": SNOMED, "code": "373067005"}]}),
            "Observation: answered no",
        ),
        (
            observation(valueCodeableConcept={"coding": [{"system": SNOMED, "code": "443390004"}]}),
            "Observation: not known",
        ),
        ({"resourceType": "AllergyIntolerance"}, "AllergyIntolerance"),
        (
            {
                "resourceType": "Encounter",
                "class": {"code": "EMER"},
                "subject": WHO,
                "period": {"start": "2020-03-04"},
            },
            "Encounter",
        ),
        ({"exportId": "x", "eventId": "kickoff"}, "line of an export's log"),
        ({"transactionTime": "x", "output": []}, "manifest of an export"),
        (
            {
                "resourceType": "MedicationStatement",
                "basedOn": [{"reference": "MedicationRequest/1"}],
            },
            "MedicationStatement: of another resource",
        ),
    ],
)
def test_what_is_set_aside(resource: dict[str, Any], kind: str) -> None:
    assert aside(resource) == kind


@pytest.mark.parametrize(
    "status", ["unconfirmed", "provisional", "differential", "refuted", "entered-in-error"]
)
def test_a_condition_that_is_not_confirmed_is_no_fact(status: str) -> None:
    verified = {"coding": [{"system": "http://any", "code": status}]}
    assert aside(condition(verificationStatus=verified)) == f"Condition: {status}"


REQUIRED: dict[str, dict[str, Any]] = {
    "Observation": observation(),
    "Immunization": {"vaccineCode": DIABETES, "patient": WHO},
    "Procedure": {"code": DIABETES, "subject": WHO},
    "MedicationRequest": {
        "intent": "order",
        "medicationCodeableConcept": DIABETES,
        "subject": WHO,
    },
    "MedicationStatement": {"medicationCodeableConcept": DIABETES, "subject": WHO},
    "Appointment": {"participant": [{"actor": WHO}]},
    "EpisodeOfCare": {
        "patient": WHO,
        "managingOrganization": {"identifier": {"system": names.ODS_CODE, "value": "Y01234"}},
    },
}


@pytest.mark.parametrize("kind", STATUSES)
def test_statuses_say_what_is_a_fact(kind: str) -> None:
    stored, not_stored = STATUSES[kind]
    resource = {**REQUIRED[kind], "resourceType": kind}
    for status in stored:
        assert made({**resource, "status": status})
    for status in not_stored:
        assert aside({**resource, "status": status}) == f"{kind}: {status}"
    for status in ("nonsense", None, 7):
        with pytest.raises(MalformedError):
            aside({**resource, "status": status})


PERSON = {
    "resourceType": "Patient",
    "id": "p1",
    "identifier": [
        {"system": names.NHS_NUMBER, "value": "9990000018"},
        {"system": "https://a.system", "value": "x"},
    ],
    "name": [
        {"use": "maiden", "family": "Before"},
        {"use": "official", "family": "One", "given": ["Person", "A"]},
    ],
    "telecom": [
        {"system": "phone", "value": "1", "use": "old"},
        {"system": "email", "value": "a@b.example"},
    ],
    "gender": "other",
    "birthDate": "1970-05-06",
    "deceasedDateTime": "2025-02",
    "address": [{"postalCode": "ZZ99 3VZ"}],
    "generalPractitioner": [
        {"reference": "Practitioner/1"},
        {"identifier": {"system": names.ODS_CODE, "value": "Y01234"}},
    ],
}


def test_a_person() -> None:
    who = {"source_patient_id": "p1", "nhs_number": "9990000018"}
    assert made(PERSON, "urn:uuid:a") == {
        "person_alias": [{0: "https://a.system|x", 1: "p1"}, {0: "urn:uuid:a", 1: "p1"}],
        "patient": [
            {
                **who,
                "birth_month": "1970-05-06",
                "sex": "indeterminate",
                "death_month": "2025-02-01",
                "contact_details": "email",
            }
        ],
        "identity": [
            {
                **who,
                "date_of_birth": "1970-05-06",
                "given_name": "Person A",
                "family_name": "One",
                "postcode": "ZZ99 3VZ",
                "email": "a@b.example",
            }
        ],
        "listed": [{0: "p1", 1: "9990000018", 2: "Y01234", 3: "2025-02-01"}],
    }


def test_a_person_of_whom_little_is_known() -> None:
    assert made({"resourceType": "Patient", "id": "p1", "birthDate": "1970"}) == {
        "patient": [{"source_patient_id": "p1", "birth_month": "1970-01-01"}],
        "listed": [{0: "p1"}],
    }


@pytest.mark.parametrize(
    "said", [{"active": False}, {"active": "false"}, {"deceasedBoolean": True}]
)
def test_nobody_is_on_a_list_who_left_it_or_died(said: dict[str, Any]) -> None:
    assert "listed" not in made({**PERSON, **said})


def test_without_an_id_an_identifier_says_who_it_is() -> None:
    nameless = {k: v for k, v in PERSON.items() if k != "id"}
    [patient] = made(nameless, "urn:uuid:a")["patient"]
    assert patient["source_patient_id"] == "https://a.system|x"


@pytest.mark.parametrize(
    ("system", "code", "snomed"),
    [("England", "A", "92391000000108"), ("Wales", "B", "976671000000104"), ("England", "99", "")],
)
def test_an_ethnic_category_is_told_by_its_system_and_dated_when_it_was_sent(
    system: str, code: str, snomed: str
) -> None:
    coding = {
        "system": f"https://fhir.hl7.org.uk/CodeSystem/UKCore-EthnicCategory{system}",
        "code": code,
    }
    stated = {"url": names.ETHNIC_CATEGORY, "valueCodeableConcept": {"coding": [coding]}}
    entries = made({**PERSON, "extension": [stated]}).get("event", [])
    assert [(e["code"], e["date"]) for e in entries] == [(snomed, TODAY)] * bool(snomed)


@pytest.mark.parametrize(
    ("reference", "own", "nhs"),
    [
        ({"reference": "Patient/p1"}, "p1", None),
        ({"reference": "Patient/p1/_history/3"}, "p1", None),
        ({"reference": "https://a.server/fhir/Patient/p1"}, "p1", None),
        ({"reference": "urn:uuid:a"}, "urn:uuid:a", None),
        ({"reference": "Patient?identifier=https://a.system|x"}, "https://a.system|x", None),
        (
            {"reference": "Patient?identifier=https%3A%2F%2Fa.system%7Cx"},
            "https://a.system|x",
            None,
        ),
        ({"reference": f"Patient?identifier={names.NHS_NUMBER}|9990000018"}, None, "9990000018"),
        ({"identifier": {"system": names.NHS_NUMBER, "value": "9990000018"}}, None, "9990000018"),
        ({"reference": "#p"}, None, "9990000018"),
    ],
)
def test_how_a_resource_may_name_its_person(
    reference: dict[str, Any], own: str | None, nhs: str | None
) -> None:
    held = {
        "resourceType": "Patient",
        "id": "p",
        "identifier": [{"system": names.NHS_NUMBER, "value": "9990000018"}],
    }
    [entry] = made(condition(subject=reference, contained=[held]))["event"]
    assert (entry.get("source_patient_id"), entry.get("nhs_number")) == (own, nhs)


def test_a_registration_is_half_open() -> None:
    [spell] = made(
        {**REQUIRED["EpisodeOfCare"], "resourceType": "EpisodeOfCare", "status": "finished",
         "period": {"start": "2010-04", "end": "2020-01-31"}}
    )["registration"]  # fmt: skip
    assert spell == {
        "source_patient_id": "p1",
        "practice_code": "Y01234",
        "start_date": "2010-04-01",
        "end_date": "2020-02-01",
    }


@pytest.mark.parametrize(
    ("text", "first", "after"),
    [
        ("2020", "2020-01-01", "2021-01-01"),
        ("2020-12", "2020-12-01", "2021-01-01"),
        ("2020-02-28T10:00:00Z", "2020-02-28", "2020-02-29"),
        ("2020-02-31", "2020-02-31", "2020-02-31"),
        ("9999-12-31", "9999-12-31", None),
        (None, None, None),
    ],
)
def test_partial_dates(text: str | None, first: str | None, after: str | None) -> None:
    assert (day(text), day_after(text)) == (first, after)
    assert spell({"start": text, "end": text} if text else {}) == (first, after)


def request(**elements: Any) -> dict[str, Any]:
    return {
        "resourceType": "MedicationRequest",
        "status": "active",
        "intent": "order",
        "medicationCodeableConcept": DIABETES,
        "subject": WHO,
        "authoredOn": "2020-03-04",
        **elements,
    }


@pytest.mark.parametrize(
    ("duration", "days"),
    [
        ({"value": 28, "code": "d"}, "28"),
        ({"value": 4, "unit": "weeks"}, "28"),
        ({"value": 28, "code": "min"}, None),
        ({}, None),
    ],
)
def test_how_long_an_issue_lasts(duration: dict[str, Any], days: str | None) -> None:
    [issue] = made(request(dispenseRequest={"expectedSupplyDuration": duration}))["medication"]
    assert issue.get("days_supply") == days


@pytest.mark.parametrize("intent", ["proposal", "plan", "option"])
def test_what_is_only_meant_is_no_issue(intent: str) -> None:
    assert aside(request(intent=intent)) == f"MedicationRequest: {intent}"


def test_a_medicine_may_be_elsewhere_or_inside() -> None:
    inside = {"resourceType": "Medication", "id": "m", "code": DIABETES}
    elsewhere = request(medicationReference={"reference": "Medication/m"})
    held = request(medicationReference={"reference": "#m"}, contained=[inside])
    del elsewhere["medicationCodeableConcept"], held["medicationCodeableConcept"]
    assert made(elsewhere)["medication"][0]["drug"] == "Medication/m"
    assert made(held)["medication"][0]["code"] == "44054006"


def test_an_appointment() -> None:
    resource = {
        "resourceType": "Appointment",
        "status": "noshow",
        "created": "2026-05-01T10:00:00Z",
        "start": "2026-06-01T09:10:00+01:00",
        "end": "2026-06-01T09:22:30+01:00",
        "participant": [
            {"actor": {"reference": "Location/1"}},
            {"actor": {"reference": "Practitioner/7"}, "type": [{"text": "gp"}]},
            {"actor": WHO},
        ],
    }
    assert made(resource)["appointment"] == [
        {
            "source_patient_id": "p1",
            "booked_on": "2026-05-01",
            "start_date": "2026-06-01",
            "start_time": "09:10",
            "minutes": "12.5",
            "role": "gp",
            "clinician_id": "Practitioner/7",
            "status": "did_not_attend",
        }
    ]


def test_of_two_nameless_participants_neither_is_taken_for_the_patient() -> None:
    def appointment(*references: str) -> dict[str, Any]:
        return {
            "resourceType": "Appointment",
            "status": "fulfilled",
            "participant": [{"actor": {"reference": reference}} for reference in references],
        }

    assert made(appointment("urn:uuid:a", "Practitioner/1"))["appointment"]
    assert aside(appointment("urn:uuid:a", "urn:uuid:b")) == "Appointment: not about a patient"


def consent(**elements: Any) -> dict[str, Any]:
    return {
        "resourceType": "Consent",
        "status": "active",
        "scope": {"coding": [{"code": "research"}]},
        "patient": WHO,
        "dateTime": "2020-03-04",
        "provision": {"type": "deny"},
        **elements,
    }


def test_a_denial_is_an_objection_and_nothing_else_is() -> None:
    [objection] = made(consent())["objection"]
    assert (objection["kind"], objection["purpose"]) == ("objection", "research")
    privacy = consent(scope={"coding": [{"code": "patient-privacy"}]}, dateTime=None)
    [undated] = made(privacy)["objection"]
    assert "purpose" not in undated
    assert undated["recorded_on"] == TODAY
    for other in (
        {"provision": {"type": "permit"}},
        {"scope": {"coding": [{"code": "treatment"}]}},
        {"status": "inactive"},
    ):
        assert aside(consent(**other)) == "Consent"


@pytest.mark.parametrize(
    "resource",
    [
        {"resourceType": "Patientt"},
        {"resourceType": 7},
        {},
        condition(code="44054006"),
        condition(code={"coding": [{"system": SNOMED, "code": 44054006}]}),
        condition(recordedDate=20200304),
        condition(recordedDate=["2020-03-04"]),
        condition(subject={"reference": ["Patient/1"]}),
        condition(meta=None),
        observation(valueQuantity={"value": True}),
        observation(extension=[{}]),
        {"resourceType": "Patient", "id": 7},
        {"resourceType": "Patient", "id": "1", "gender": ["female"]},
        {"resourceType": "Immunization", "status": "completed", "patient": WHO},
    ],
)
def test_what_is_not_as_r4_has_it(resource: dict[str, Any]) -> None:
    with pytest.raises(MalformedError):
        arrive(resource, ("f", 1), Sent("", TODAY))


@pytest.mark.parametrize(
    ("resource", "version"),
    [
        (condition(clinicalStatus="active"), "STU3 or DSTU2"),
        (condition(assertedDate="2020-03-04"), "STU3"),
        (condition(meta={"profile": ["https://fhir.nhs.uk/STU3/StructureDefinition/x"]}), "STU3"),
        ({"resourceType": "Immunization", "notGiven": False}, "STU3"),
        ({"resourceType": "MedicationRequest", "medication": {"concept": {}}}, "R5"),
        ({"resourceType": "MedicationOrder"}, "DSTU2"),
        ({"resourceType": "RequestOrchestration"}, "R5"),
        ({"resourceType": "CapabilityStatement", "fhirVersion": "6.0.0"}, "6.0.0"),
    ],
)
def test_another_version_is_refused_with_where_and_what_to_do(
    resource: dict[str, Any], version: str
) -> None:
    with pytest.raises(FairpracticeError) as refused:
        arrive(resource, ("a.json", 7), Sent("", TODAY))
    assert f"This is FHIR {version}" in refused.value.what
    assert refused.value.where == "a.json, line 7"
    assert "R4 (4.0.1)" in refused.value.fix


def test_r4_has_every_resource_that_rows_are_made_of() -> None:
    assert MAKERS.keys() < names.RESOURCES
    assert not names.RESOURCES & names.OTHER_VERSIONS.keys()
