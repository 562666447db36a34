"""How many FHIR resources a second come in: ``python -m benchmarks.fhir [--resources N]``.

One line of NDJSON a resource, made here (people, conditions, observations, immunizations, of the
size that a clinical system writes), imported into a new record. The reference is reading each line
with Python's own ``json`` in the same run: no import in Python can be quicker. Seconds are of
processor time, of all threads.
"""

import argparse
import json
import os
import resource
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from fairpractice.interoperability.fhir import names
from fairpractice.sources.fhir import import_fhir


SNOMED, CVX = names.CODE_SYSTEMS["snomed"], names.CODE_SYSTEMS["cvx"]
A_PERSON = 20  # resources
CODES = ("44054006", "38341003", "195967001", "73211009", "13645005")


def concept(system: str, code: str, text: str) -> dict[str, Any]:
    """Return a concept as systems write it, with its words twice."""
    return {"coding": [{"system": system, "code": code, "display": text}], "text": text}


def people(count: int) -> Iterator[dict[str, Any]]:
    """Yield resources, each person's after them."""
    profile = "http://hl7.org/fhir/us/core/StructureDefinition/us-core-"
    status = "http://terminology.hl7.org/CodeSystem/condition-"
    for n in range(count):
        who = f"{n // A_PERSON:08x}-8d06-89de-ad63-0204a93e76c3"
        each = {"id": f"{n:08x}-2ded-840c-ee5b-6b123fdcfb0b", "meta": {"profile": [profile + "x"]}}
        day = f"20{10 + n % 16}-{1 + n % 12:02}-{1 + n % 28:02}T22:58:16-05:00"
        if n % A_PERSON == 0:
            yield {
                **each,
                "resourceType": "Patient",
                "id": who,
                "identifier": [
                    {"system": f"https://a.system/{k}", "value": f"{who}{k}"} for k in range(3)
                ],
                "name": [{"use": "official", "family": f"Person {n}", "given": ["A", "B"]}],
                "telecom": [{"system": "phone", "value": "555-0100", "use": "home"}],
                "gender": ("female", "male")[n // A_PERSON % 2],
                "birthDate": "1970-05-06",
                "address": [{"line": ["1 A Street"], "city": "A", "postalCode": "ZZ99 3VZ"}],
            }
        elif n % 4 == 0:
            yield {
                **each,
                "resourceType": "Immunization",
                "status": "completed",
                "vaccineCode": concept(CVX, "140", "Influenza, seasonal, injectable"),
                "patient": {"reference": f"Patient/{who}"},
                "encounter": {"reference": f"Encounter/{who}"},
                "occurrenceDateTime": day,
                "primarySource": True,
            }
        elif n % 2 == 0:
            yield {
                **each,
                "resourceType": "Observation",
                "status": "final",
                "category": [{"coding": [{"system": status, "code": "vital-signs"}]}],
                "code": concept(SNOMED, "27113001", "Body weight (observable entity)"),
                "subject": {"reference": f"Patient/{who}"},
                "encounter": {"reference": f"Encounter/{who}"},
                "effectiveDateTime": day,
                "issued": day,
                "valueQuantity": {"value": 60 + n % 400 / 10, "unit": "kg", "code": "kg"},
            }
        else:
            yield {
                **each,
                "resourceType": "Condition",
                "clinicalStatus": {"coding": [{"system": status + "clinical", "code": "active"}]},
                "verificationStatus": {
                    "coding": [{"system": status + "ver-status", "code": "confirmed"}]
                },
                "category": [concept(status + "category", "encounter-diagnosis", "Diagnosis")],
                "code": concept(SNOMED, CODES[n % 5], "A disorder (disorder)"),
                "subject": {"reference": f"Patient/{who}"},
                "encounter": {"reference": f"Encounter/{who}"},
                "onsetDateTime": day,
                "recordedDate": day,
            }


def main() -> None:
    """Make a file, read it, import it, and say how long each took."""
    asked = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    asked.add_argument("--resources", type=int, default=200_000)
    count: int = asked.parse_args().resources
    with tempfile.TemporaryDirectory() as folder:
        os.environ["FAIRPRACTICE_KEY_FILE"] = f"{folder}/key"
        path = Path(folder) / "all.ndjson"
        with path.open("w", encoding="utf-8") as file:
            file.writelines(json.dumps(one) + "\n" for one in people(count))
        began = time.process_time()
        with path.open("rb") as lines:
            for line in lines:
                json.loads(line)
        read = time.process_time() - began
        began = time.process_time()
        outcome = import_fhir([path], Path(folder) / "a.record")
        took = time.process_time() - began
        stored = sum(tally.stored for tally in outcome.tallies if tally.table != "resource")
        size = path.stat().st_size
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"{count:,} resources, {size / count:,.0f} bytes each; {stored:,} rows stored")
    print(f"json.loads of each line: {read:6.1f} s, {count / read:9,.0f} a second")
    print(f"import into a record:    {took:6.1f} s, {count / took:9,.0f} a second")
    print(f"import / json.loads:     {took / read:6.1f}")
    print(f"most memory held:        {memory:6,.0f} MB")
    if count / took < 20_000:
        sys.exit("slower than 20,000 resources a second")


if __name__ == "__main__":
    main()
