"""What things are called in FHIR: code systems, identifiers, our own extensions, R4's resources.

Sources: HL7 FHIR R4 (4.0.1), UK Core, and for other versions the R3 and R5 pages "diff to R4".
"""

HOME = "https://fairpractice.example/fhir"
"""What our own names begin with. They are names: there is nothing to be fetched at them."""

NHS_NUMBER = "https://fhir.nhs.uk/Id/nhs-number"
ODS_CODE = "https://fhir.nhs.uk/Id/ods-organization-code"
SOURCE_PATIENT_ID = f"{HOME}/Id/source-patient-id"
CLINICIAN = f"{HOME}/Id/clinician"

# The record's name of a code system, and FHIR's. What is not here keeps its address as its name.
CODE_SYSTEMS = {
    "snomed": "http://snomed.info/sct",
    "dmd": "https://dmd.nhs.uk",
    "ctv3": "http://read.info/ctv3",
    "read2": "http://read.info/readv2",
    "cvx": "http://hl7.org/fhir/sid/cvx",
    "loinc": "http://loinc.org",
    "rxnorm": "http://www.nlm.nih.gov/research/umls/rxnorm",
    "icd10": "http://hl7.org/fhir/sid/icd-10",
    "icd10cm": "http://hl7.org/fhir/sid/icd-10-cm",
    "opcs4": "https://fhir.hl7.org.uk/CodeSystem/OPCS-4",
}
OUR_CODE_SYSTEM = f"{HOME}/CodeSystem/"
NAMES_OF_SYSTEMS = {address: name for name, address in CODE_SYSTEMS.items()} | {
    "urn:oid:2.16.840.1.113883.6.96": "snomed",
    "urn:oid:2.16.840.1.113883.12.292": "cvx",
    "urn:oid:2.16.840.1.113883.6.1": "loinc",
}
PREFERRED = ("snomed", "dmd")  # of several codings of one concept, the first of these is kept

TOPIC = f"{OUR_CODE_SYSTEM}social-topic"
FACT_STATUS = f"{OUR_CODE_SYSTEM}fact-status"
URGENT_CONTACT = f"{OUR_CODE_SYSTEM}urgent-contact"

EXTENSION = f"{HOME}/StructureDefinition/"
PRACTICE = f"{EXTENSION}practice"
SMALL_AREA = f"{EXTENSION}small-area"
CONTACT_DETAILS = f"{EXTENSION}contact-details"
MINUTES = f"{EXTENSION}minutes"
NO_TIME = f"{EXTENSION}time-not-known"
SOCIAL_FACT = f"{EXTENSION}social-fact"
OBJECTION = f"{EXTENSION}objection"
EXACT_END = f"{EXTENSION}first-day-after"
NOT_A_PATIENT = "known-by-address-alone"  # a tag: the record has no patient row

SAID_ELSEWHERE = "language-and-interpreter-said-elsewhere"  # a tag: other resources say it whole

INTERPRETER = "http://hl7.org/fhir/StructureDefinition/patient-interpreterRequired"
NHS_COMMUNICATION = "https://fhir.hl7.org.uk/StructureDefinition/Extension-UKCore-NHSCommunication"
BCP_47 = "urn:ietf:bcp:47"
LANGUAGES = (BCP_47, "https://fhir.hl7.org.uk/CodeSystem/UKCore-HumanLanguage")

ETHNIC_CATEGORY = "https://fhir.hl7.org.uk/StructureDefinition/Extension-UKCore-EthnicCategory"
VACCINATION = "https://fhir.hl7.org.uk/StructureDefinition/Extension-UKCore-VaccinationProcedure"

# Answers that say by themselves what the question was about, so that they are entries too.
SPEAKING_ANSWERS = frozenset({("loinc", "72166-2")})  # tobacco smoking status

# Answers by which what was asked about is not so, or not known.
NO = frozenset({("snomed", "373067005"), ("snomed", "2667000"), ("loinc", "LA32-8")})
NOT_KNOWN = frozenset({("snomed", "261665006"), ("snomed", "443390004"), ("loinc", "LA12688-0")})

# Those of R4 (4.0.1) and of R4B (4.3.0), which differs where nothing is kept.
_RESOURCES = """
Account ActivityDefinition AdministrableProductDefinition AdverseEvent AllergyIntolerance
Appointment AppointmentResponse AuditEvent Basic Binary BiologicallyDerivedProduct BodyStructure
Bundle CapabilityStatement CarePlan CareTeam CatalogEntry ChargeItem ChargeItemDefinition
Citation Claim ClaimResponse ClinicalImpression ClinicalUseDefinition CodeSystem Communication
CommunicationRequest CompartmentDefinition Composition ConceptMap Condition Consent Contract
Coverage CoverageEligibilityRequest CoverageEligibilityResponse DetectedIssue Device
DeviceDefinition DeviceMetric DeviceRequest DeviceUseStatement DiagnosticReport DocumentManifest
DocumentReference EffectEvidenceSynthesis Encounter Endpoint EnrollmentRequest
EnrollmentResponse EpisodeOfCare EventDefinition Evidence EvidenceReport EvidenceVariable
ExampleScenario ExplanationOfBenefit FamilyMemberHistory Flag Goal GraphDefinition Group
GuidanceResponse HealthcareService ImagingStudy Immunization ImmunizationEvaluation
ImmunizationRecommendation ImplementationGuide Ingredient InsurancePlan Invoice Library Linkage
List Location ManufacturedItemDefinition Measure MeasureReport Media Medication
MedicationAdministration MedicationDispense MedicationKnowledge MedicationRequest
MedicationStatement MedicinalProduct MedicinalProductAuthorization
MedicinalProductContraindication MedicinalProductDefinition MedicinalProductIndication
MedicinalProductIngredient MedicinalProductInteraction MedicinalProductManufactured
MedicinalProductPackaged MedicinalProductPharmaceutical MedicinalProductUndesirableEffect
MessageDefinition MessageHeader MolecularSequence NamingSystem NutritionOrder NutritionProduct
Observation ObservationDefinition OperationDefinition OperationOutcome Organization
OrganizationAffiliation PackagedProductDefinition Parameters Patient PaymentNotice
PaymentReconciliation Person PlanDefinition Practitioner PractitionerRole Procedure Provenance
Questionnaire QuestionnaireResponse RegulatedAuthorization RelatedPerson RequestGroup
ResearchDefinition ResearchElementDefinition ResearchStudy ResearchSubject RiskAssessment
RiskEvidenceSynthesis Schedule SearchParameter ServiceRequest Slot Specimen SpecimenDefinition
StructureDefinition StructureMap Subscription SubscriptionStatus SubscriptionTopic Substance
SubstanceDefinition SubstanceNucleicAcid SubstancePolymer SubstanceProtein
SubstanceReferenceInformation SubstanceSourceMaterial SubstanceSpecification SupplyDelivery
SupplyRequest Task TerminologyCapabilities TestReport TestScript ValueSet VerificationResult
VisionPrescription
"""
RESOURCES = frozenset(_RESOURCES.split())

# Resources that R4 does not have, and the version that does.
OTHER_VERSIONS = {
    "BodySite": "STU3 or DSTU2",
    "Conformance": "DSTU2",
    "DataElement": "STU3 or DSTU2",
    "DeviceComponent": "STU3 or DSTU2",
    "DeviceUseRequest": "DSTU2",
    "DiagnosticOrder": "DSTU2",
    "EligibilityRequest": "STU3 or DSTU2",
    "EligibilityResponse": "STU3 or DSTU2",
    "ImagingManifest": "STU3",
    "MedicationOrder": "DSTU2",
    "Order": "DSTU2",
    "ProcedureRequest": "STU3 or DSTU2",
    "ProcessRequest": "STU3 or DSTU2",
    "ReferralRequest": "STU3 or DSTU2",
    "Sequence": "STU3",
    "ServiceDefinition": "STU3",
    "ActorDefinition": "R5",
    "ArtifactAssessment": "R5",
    "BiologicallyDerivedProductDispense": "R5",
    "ConditionDefinition": "R5",
    "DeviceAssociation": "R5",
    "DeviceDispense": "R5",
    "DeviceUsage": "R5",
    "EncounterHistory": "R5",
    "FormularyItem": "R5",
    "GenomicStudy": "R5",
    "ImagingSelection": "R5",
    "InventoryItem": "R5",
    "InventoryReport": "R5",
    "NutritionIntake": "R5",
    "Permission": "R5",
    "RequestOrchestration": "R5",
    "Requirements": "R5",
    "TestPlan": "R5",
    "Transport": "R5",
}

# Elements that a resource has in another version and not in R4.
OTHER_ELEMENTS: dict[str, dict[str, str]] = {
    "AllergyIntolerance": {"assertedDate": "STU3", "substance": "DSTU2"},
    "Appointment": {"incomingReferral": "STU3", "indication": "STU3", "class": "R5"},
    "Condition": {
        "assertedDate": "STU3",
        "context": "STU3",
        "patient": "DSTU2",
        "dateRecorded": "DSTU2",
    },
    "Consent": {"except": "STU3", "consentingParty": "STU3", "decision": "R5"},
    "Encounter": {"incomingReferral": "STU3", "patient": "DSTU2", "actualPeriod": "R5"},
    "Immunization": {
        "notGiven": "STU3",
        "date": "STU3 or DSTU2",
        "wasNotGiven": "DSTU2",
        "informationSource": "R5",
    },
    "MedicationRequest": {"context": "STU3", "medication": "R5"},
    "MedicationStatement": {"taken": "STU3", "wasNotTaken": "DSTU2", "medication": "R5"},
    "Observation": {
        "comment": "STU3",
        "context": "STU3",
        "comments": "DSTU2",
        "triggeredBy": "R5",
        "instantiatesCanonical": "R5",
    },
    "Patient": {"animal": "STU3 or DSTU2", "careProvider": "DSTU2"},
    "Procedure": {
        "context": "STU3",
        "notDone": "STU3",
        "notPerformed": "DSTU2",
        "occurrenceDateTime": "R5",
        "occurrencePeriod": "R5",
    },
}
