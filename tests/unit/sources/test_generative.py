"""Whatever happens to a file on its way, it is refused with a reason or every row accounted for."""

import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fairpractice.errors import FairpracticeError
from tests.unit.sources.conftest import EVENTS, PEOPLE, Trial


GOOD = {
    "people.csv": "Id,Born,Sex\n"
    + "".join(f"{n},0{n}/01/19{60 + n},{'FM'[n % 2]}\n" for n in range(1, 7))
    + '7,,"F"\n',
    "events.csv": "Id;Date;Code;Value\n"
    + "".join(f"{n % 7};0{n}/03/2020;44054006;{n}.5\n" for n in range(1, 9)),
}


@st.composite
def mutated(draw: st.DrawFn) -> dict[str, bytes]:
    files = {}
    for name, content in GOOD.items():
        raw = bytearray(content.encode())
        for _ in range(draw(st.integers(0, 3))):
            at = draw(st.integers(0, max(len(raw) - 1, 0)))
            match draw(st.sampled_from(("flip", "insert", "remove", "cut", "repeat"))):
                case "flip" if raw:
                    raw[at] = draw(st.integers(0, 255))
                case "insert":
                    raw[at:at] = draw(
                        st.sampled_from(
                            [b'"', b"\0", b"\n", b"\r", b",", b";", b"\xff", b"\xc3\xa9"]
                        )
                    )
                case "remove":
                    del raw[at : at + 2]
                case "cut":
                    del raw[at:]
                case "repeat":
                    raw += raw[at:]
                case _:
                    pass
        files[name] = bytes(raw)
    return files


@given(files=mutated(), strict=st.booleans())
@settings(max_examples=60)
def test_rows_are_never_lost(files: dict[str, bytes], strict: bool) -> None:
    with tempfile.TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        patch.setenv("FAIRPRACTICE_KEY_FILE", str(Path(folder) / "key"))
        trial = Trial(Path(folder))
        for name, content in files.items():
            trial.write(name, content)
        try:
            outcome = trial.run(PEOPLE + EVENTS, strict=strict)
        except FairpracticeError:
            assert not trial.record.exists(), "a refusal leaves nothing behind"
            return
        for tally in outcome.tallies:
            left = tally.read - tally.set_aside.total() - tally.quarantined.total()
            assert tally.stored == left
            assert tally.stored == len(
                [row for row in trial.rows(outcome, tally.table, "source_file") if row]
            )
        assert sum(cause.rows for cause in outcome.causes) == sum(
            tally.quarantined.total() for tally in outcome.tallies
        )
