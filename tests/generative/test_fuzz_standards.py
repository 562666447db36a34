"""FHIR and OMOP broken at random: nothing crashes, and every resource and row is accounted for.

A few thousand inputs always, a hundred thousand in the soak. What breaks them is drawn from a seed,
so that a failure can be had again.
"""

import io
import json
import random
import re
import tempfile
from collections.abc import Callable
from pathlib import Path

import pytest

from fairpractice.errors import FairpracticeError
from fairpractice.interoperability.fhir import reading
from fairpractice.interoperability.fhir.arriving import (
    COLUMNS,
    LOOKED_UP,
    MalformedError,
    arrive,
)
from fairpractice.interoperability.fhir.elements import Sent
from fairpractice.record.store import open_record
from fairpractice.record.tables import TABLES
from fairpractice.sources.fhir import import_fhir
from fairpractice.sources.importing import Outcome
from fairpractice.sources.omop import import_omop
from tests.support.fhir import EACH, xml, xml_bundle
from tests.unit.sources.conftest import TODAY


NDJSON = "".join(json.dumps(one) + "\n" for one in EACH).encode()
BUNDLE = json.dumps(
    {"resourceType": "Bundle", "type": "collection", "entry": [{"resource": r} for r in EACH]},
    indent=1,
).encode()
XML = xml_bundle(EACH).encode()
ONE_XML = xml(EACH[0]).encode()
TABLES_OF_CDM = {
    "person": ("person_id,gender_concept_id,year_of_birth,month_of_birth", "{id},8532,19{k}0,{k}"),
    "care_site": ("care_site_id,care_site_source_value", "{id},Y0{k}234"),
    "observation_period": (
        "person_id,observation_period_start_date,observation_period_end_date",
        "{id},2010-01-0{k},2025-12-31",
    ),
    "condition_occurrence": (
        "person_id,condition_concept_id,condition_start_date,condition_source_value",
        "{id},201826,2020-03-0{k},38341003",
    ),
    "measurement": (
        "person_id,measurement_concept_id,measurement_date,value_as_number",
        "{id},201826,2020-03-0{k},{k}.5",
    ),
    "concept": ("concept_id,vocabulary_id,concept_code", "{id},SNOMED,44054006"),
    "note": ("note_id,note_text", '{id},"some words"'),
}


def sheet(name: str, n: int) -> bytes:
    """Return a table of eight rows; those of each ``n`` are about other people."""
    heading, row = TABLES_OF_CDM[name]
    rows = "".join(row.format(id=n * 10 + k, k=k) + "\n" for k in range(1, 9))
    return f"{heading}\n{rows}".encode()


TOKENS = [
    *(b'"', b"{", b"}", b"[", b"]", b",", b":", b"\\", b"\n", b"\r", b"\0", b"\xff", b"\xc3\xa9"),
    *(b"null", b"NaN", b"1e999", b"-0", b"true", b'"\\ud800"', b"{}", b"[]", b"9" * 400),
    *(b"<", b"/>", b"&amp;", b"&x;", b"<!--", b"<a/>", b'value="', b"<![CDATA["),
    *(b"2020-02-31", b"9999-12-31", b"0000", b"\xef\xbb\xbf", "\u2028".encode(), b"urn:uuid:1|"),
]
JSON_VALUE = re.compile(rb'"[^"\\]*"|\b\d+\b')


def mutated(raw: bytes, chance: random.Random, start: int = 0) -> bytes:
    """Return bytes broken in one to four places, none before ``start``."""
    broken = bytearray(raw)
    for _ in range(chance.randint(1, 4)):
        at = chance.randint(min(start, len(broken)), len(broken))
        match chance.randrange(7):
            case 0 if at < len(broken):
                broken[at] = chance.randrange(256)
            case 1:
                broken[at:at] = chance.choice(TOKENS)
            case 2:
                del broken[at : at + chance.randint(1, 20)]
            case 3 if chance.random() < 0.3:
                del broken[at:]
            case 4:
                broken[at:at] = broken[at : at + chance.randint(1, 200)]
            case _:  # one value in the place of another
                values = list(JSON_VALUE.finditer(bytes(broken), start))
                if values:
                    old = chance.choice(values)
                    new = chance.choice([*TOKENS, chance.choice(values)[0]])
                    broken[old.start() : old.end()] = new
    return bytes(broken)


def read(raw: bytes, name: str) -> None:
    """Read a file, and check what is found and made of it."""
    last, items = 0, 0
    for line, item, url in reading.resources(io.BytesIO(raw), name):
        assert line >= last or name.endswith(".xml"), "a reader goes forward"
        last, items = line, items + 1
        if not isinstance(item, dict):
            assert item.kind
            continue
        try:
            aside, rows = arrive(item, (name, line), Sent(url, TODAY.isoformat()))
        except (MalformedError, FairpracticeError):
            continue
        assert aside or rows
        for table, row in rows:
            assert len(row) == len(COLUMNS.get(table) or LOOKED_UP[table])
            assert all(value is None or type(value) is str for value in row)
    if name.endswith(".ndjson") and not raw.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<"):
        whole = raw.removesuffix(b"\n")
        assert items == (whole.count(b"\n") + 1 if whole else raw.count(b"\n"))


@pytest.mark.parametrize("count", [900, pytest.param(50_000, marks=pytest.mark.soak)])
def test_no_json_crashes_the_reader(count: int) -> None:
    chance = random.Random(count)
    for n in range(count):
        raw, name = ((NDJSON, "x.ndjson"), (BUNDLE, "x.json"))[n % 3 == 0]
        read(mutated(raw, chance), name)


@pytest.mark.parametrize("count", [700, pytest.param(30_000, marks=pytest.mark.soak)])
def test_no_xml_crashes_the_reader(count: int) -> None:
    chance = random.Random(count)
    for n in range(count):
        read(mutated((XML, ONE_XML)[n % 2], chance), "x.xml")


def imported(run: Callable[[Path, Path], Outcome], files: dict[str, bytes]) -> Outcome | None:
    """Import files, check that the counts add up, and that a refusal leaves nothing behind."""
    with tempfile.TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        patch.setenv("FAIRPRACTICE_KEY_FILE", f"{folder}/key")
        export, record = Path(folder) / "export", Path(folder) / "a.record"
        export.mkdir()
        for name, content in files.items():
            (export / name).write_bytes(content)
        try:
            outcome = run(export, record)
        except FairpracticeError:
            assert not record.exists(), "a refusal leaves nothing behind"
            return None
        for tally in outcome.tallies:
            tally.check()
        assert sum(cause.rows for cause in outcome.causes) == sum(
            tally.quarantined.total() for tally in outcome.tallies
        )
        held = open_record(record, purpose="direct_care", today=TODAY)
        for name in set(TABLES) - {"identity"}:
            objecting = held.table(name, of_objectors=True)
            stored = sum(tally.stored for tally in outcome.tallies if tally.table == name)
            assert objecting.count().execute() == stored
        return outcome


IMPORTS = [8, pytest.param(400, marks=pytest.mark.soak)]
FILES = 25  # an import


@pytest.mark.parametrize("imports", IMPORTS)
def test_every_resource_of_broken_files_is_accounted_for(imports: int) -> None:
    chance = random.Random(imports)
    done = 0
    for _ in range(imports):
        files = {f"{n}.ndjson": mutated(NDJSON, chance) for n in range(FILES - 6)}
        files |= {f"{n}.xml": mutated(XML, chance) for n in range(4)}
        files |= {"good.ndjson": NDJSON, "good.json": BUNDLE}
        done += imported(lambda a, b: import_fhir([a], b, today=TODAY), files) is not None
    assert done > imports / 4, "most are taken in: the test is of what becomes of them"


@pytest.mark.parametrize("imports", IMPORTS)
def test_every_row_of_broken_tables_is_accounted_for(imports: int) -> None:
    chance = random.Random(imports)
    done = 0
    for _ in range(imports):
        files = {f"{name}_0.csv": sheet(name, 0) for name in TABLES_OF_CDM}
        for n in range(1, FILES - len(TABLES_OF_CDM) + 1):
            name = chance.choice(list(TABLES_OF_CDM))
            raw = sheet(name, n)
            after_heading = 0 if chance.random() < 0.02 else raw.index(b"\n") + 1
            files[f"{name}_{n}.csv"] = mutated(raw, chance, after_heading)
        done += (
            imported(lambda a, b: import_omop([a], b, practice="Y01234", today=TODAY), files)
            is not None
        )
    assert done > imports / 4, "most are taken in: the test is of what becomes of them"
