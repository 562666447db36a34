"""Tables and settings broken at random: refused with a reason, or every line accounted for.

Some two thousand inputs always, more than a hundred thousand in the soak, for everything that reads
text that somebody else wrote. What breaks them is drawn from a seed, so that a failure can be had
again.
"""

import io
import random
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from fairpractice.codelists import lists
from fairpractice.errors import FairpracticeError
from fairpractice.population import published
from fairpractice.sources import mapping_file, text
from fairpractice.sources.guess import write_starter
from tests.unit.sources.conftest import EVENTS, PEOPLE, Trial


PEOPLE_CSV = "Id,Born,Sex,LSOA\n" + "".join(
    f"{n},0{n}/01/19{60 + n},{'FM'[n % 2]},E0100000{n}\n" for n in range(1, 8)
)
EVENTS_CSV = "Id;Date;Code;Value\n" + "".join(
    f'{n % 7};0{n}/03/2020;44054006;"{n},5 zoë"\n' for n in range(1, 9)
)
INDEX = "Notes\n\nLSOA code,Rank,Decile\n" + "".join(f"E0100000{n},{n},{n}\n" for n in range(1, 8))
CODELIST = """# title: Diabetes
# source: a test
# licence: none
code,term,category
44054006,Type 2 diabetes mellitus,a
46635009,"Type 1, mellitus",b
"""
TOKENS = [
    *(b'"', b'""', b"'", b",", b";", b"\t", b"|", b"\n", b"\r", b"\r\n", b"\0", b"\xff", b"\x81"),
    *(b"\xef\xbb\xbf", b"\xc3\xa9", b"\xe2\x80\xa8", b"\x1f\x8b", b"PK\x03\x04", b"#", b"=", b"["),
    *(b"1e999", b"NaN", b"-0", b"30/02/2020", b"9" * 400, b" ", b"{", b"]]", b"\\u0000"),
]


def broken(raw: bytes, chance: random.Random) -> bytes:
    """Return bytes broken in one to four places."""
    found = bytearray(raw)
    for _ in range(chance.randint(1, 4)):
        at = chance.randint(0, len(found))
        match chance.randrange(6):
            case 0 if at < len(found):
                found[at] = chance.randrange(256)
            case 1 | 2:
                found[at:at] = chance.choice(TOKENS)
            case 3:
                del found[at : at + chance.randint(1, 12)]
            case 4:
                found[at:at] = found[at : at + chance.randint(1, 80)]
            case _ if chance.random() < 0.3:
                del found[at:]
            case _:
                pass
    return bytes(found)


def spoilt(count: int, *texts: str) -> Iterator[bytes]:
    chance = random.Random(count)
    for n in range(count):
        yield broken(texts[n % len(texts)].encode(), chance)


def says_what_to_do(error: FairpracticeError) -> None:
    assert error.fix


@pytest.mark.parametrize("count", [1_200, pytest.param(60_000, marks=pytest.mark.soak)])
def test_every_line_of_a_table_is_a_row_blank_or_named(count: int, tmp_path: Path) -> None:
    path, out = tmp_path / "x.csv", tmp_path / "x.parquet"
    refused = 0
    for raw in spoilt(count, PEOPLE_CSV, EVENTS_CSV):
        path.write_bytes(raw)
        try:
            how = text.layout(path)
            done = text.stage(path, how, range(len(how.heading)), out)
        except FairpracticeError:
            refused += 1
            continue
        staged = pq.read_table(out)
        at = staged["line"].to_pylist()
        assert done.rows == staged.num_rows
        assert at == sorted(set(at)), "a line is one row at most"
        named = [line for line, reason in done.broken if reason in text.BROKEN]
        assert len(named) == len(done.broken)
        assert not set(named) & set(at)
        if b'"' not in raw:  # then a row is a line
            lines = io.TextIOWrapper(
                io.BytesIO(raw), how.encoding, errors="surrogateescape", newline=""
            )
            below = sum(1 for _ in lines) - how.heading_line
            assert done.rows + done.blank + len(done.broken) == below, raw
    assert refused < count / 2, "most are near enough to a table to be read"


@pytest.mark.parametrize("count", [400, pytest.param(20_000, marks=pytest.mark.soak)])
def test_a_publishers_table_is_refused_or_read_whole(count: int, tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    for raw in spoilt(count, INDEX):
        path.write_bytes(raw)
        try:
            found = published.read(path, [("lsoa code",), ("rank",)])
            ranks = published.numbers(found, str(found.heading(("rank",))), pa.int32())
        except FairpracticeError as error:
            says_what_to_do(error)
            continue
        assert len(ranks) == found.table.num_rows
        assert found.table.num_columns == len(found.headings)
        assert all(column.null_count == 0 for column in found.table.columns)


@pytest.mark.parametrize("count", [400, pytest.param(10_000, marks=pytest.mark.soak)])
def test_a_codelist_is_refused_or_every_code_is_sound(count: int) -> None:
    for raw in spoilt(count, CODELIST):
        try:
            head = lists.opened(Path("x.csv"), raw)
            found = lists.read(
                lists.complete(
                    lists.Header(
                        head.id, head.file, lists.DEFAULTS | head.said, head.lines, head.sha256
                    )
                )
            )
        except FairpracticeError as error:
            says_what_to_do(error)
            continue
        codes = [code.code for code in found.codes]
        assert len(codes) == len(set(codes))
        assert all(lists.SYSTEMS[found.system](code) is None for code in codes)


@pytest.mark.parametrize("count", [300, pytest.param(10_000, marks=pytest.mark.soak)])
def test_a_mapping_is_refused_or_understood(count: int, tmp_path: Path) -> None:
    path = tmp_path / "mapping.toml"
    for raw in spoilt(count, PEOPLE + EVENTS):
        path.write_bytes(raw)
        try:
            found = mapping_file.load(path)
        except FairpracticeError as error:
            says_what_to_do(error)
            continue
        assert found.source
        assert found.sections


@pytest.mark.parametrize("count", [40, pytest.param(2_000, marks=pytest.mark.soak)])
def test_a_starter_is_toml_whatever_it_is_made_from(count: int, tmp_path: Path) -> None:
    for raw in spoilt(count, PEOPLE_CSV, EVENTS_CSV):
        (tmp_path / "mapping.toml").unlink(missing_ok=True)
        (tmp_path / "people.csv").write_bytes(raw)
        try:
            write_starter(tmp_path)
        except FairpracticeError as error:
            says_what_to_do(error)
            continue
        written = (tmp_path / "mapping.toml").read_text(encoding="utf-8")
        assert isinstance(tomllib.loads(written), dict)


@pytest.mark.soak
def test_an_import_is_refused_or_adds_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FAIRPRACTICE_KEY_FILE", str(tmp_path / "key"))
    pairs = zip(spoilt(1_000, PEOPLE_CSV), spoilt(1_000, EVENTS_CSV), strict=True)
    for number, (people, events) in enumerate(pairs):
        folder = tmp_path / str(number)
        folder.mkdir()
        trial = Trial(folder)
        trial.write("people.csv", people)
        trial.write("events.csv", events)
        try:
            outcome = trial.run(PEOPLE + EVENTS)
        except FairpracticeError:
            assert not trial.record.exists(), "a refusal leaves nothing behind"
            continue
        for tally in outcome.tallies:
            left = tally.read - tally.set_aside.total() - tally.quarantined.total()
            stored = trial.rows(outcome, tally.table, "source_file") if tally.stored else []
            assert tally.stored == left == len(stored)
