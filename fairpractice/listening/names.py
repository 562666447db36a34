"""What things are called in questionnaires: HL7's extensions, and ours where it has none."""

from fairpractice.interoperability.fhir.names import EXTENSION, OUR_CODE_SYSTEM


_HL7 = "http://hl7.org/fhir/StructureDefinition/"

# HL7's, of FHIR R4. A score of an option is written in any of these ways.
ORDINALS = (f"{_HL7}ordinalValue", f"{_HL7}valueset-ordinalValue", f"{_HL7}codesystem-ordinalValue")
HIDDEN = f"{_HL7}questionnaire-hidden"
MINIMUM, MAXIMUM = f"{_HL7}minValue", f"{_HL7}maxValue"
EXCLUSIVE = f"{_HL7}questionnaire-optionExclusive"
ABSENT = f"{_HL7}data-absent-reason"
COMPLETION = f"{_HL7}questionnaireresponse-completionMode"
PARTICIPATION = "http://terminology.hl7.org/CodeSystem/v3-ParticipationMode"

# Ours.
SOURCE = f"{EXTENSION}questionnaire-source"
LICENCE = f"{EXTENSION}questionnaire-licence"
MODES = f"{EXTENSION}questionnaire-mode"
NEEDS = f"{EXTENSION}questionnaire-needs"
SCORE = f"{EXTENSION}questionnaire-score"
EASY_READ = f"{EXTENSION}easy-read"
STATES = f"{EXTENSION}states"
URGENT = f"{EXTENSION}urgent"
HELP_WITH = f"{EXTENSION}help-with"
HELP = f"{EXTENSION}help"

MODE_SYSTEM = f"{OUR_CODE_SYSTEM}answering-mode"
"""The code system of how a questionnaire was answered."""
