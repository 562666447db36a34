"""A practice that has a FHIR export and nothing else: in, the whole report out, and out again."""

from collections.abc import Callable
from pathlib import Path

import pytest

from fairpractice import cli
from fairpractice.population import deprivation


EDITION = "area_code,rank,decile,score,population\n" + "".join(
    f"E0199000{n},{n},{-(-10 * n // 9)},{10 - n}.5,100\n" for n in range(1, 10)
)


def test_a_fhir_export_gets_the_whole_report(
    reference: Callable[..., Path],
    tmp_path: Path,
    capfd: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    export = reference("fhir", "bulk-synthea-10")
    monkeypatch.setenv("FAIRPRACTICE_KEY_FILE", str(tmp_path / "key"))
    monkeypatch.setenv("FAIRPRACTICE_DEFINITIONS", str(tmp_path / "definitions"))
    (tmp_path / "areas.csv").write_text(EDITION, encoding="utf-8")
    deprivation.add("fictional2025", tmp_path / "areas.csv", tmp_path / "definitions")
    record, page = str(tmp_path / "a.record"), tmp_path / "report.html"

    def run(*arguments: str) -> str:
        status = cli.run([*arguments, "--record", record])
        said = capfd.readouterr()
        assert status == 0, said.err
        return said.out

    told = run("import", "fhir", str(export), "--practice", "Y01234", "--today", "2024-08-06")
    assert "Not read: LICENSE." in told
    assert "resource: 1,215 set aside: Encounter" in told
    assert "Batch 1 of FHIR is in" in told
    assert "nothing changed" in run(
        "import", "fhir", str(export), "--practice", "Y01234", "--today", "2024-08-06"
    )

    # Three of the thirteen have died; nobody's area is known, so no gap by deprivation can be.
    told = run("report", "--on", "2024-07-31", "--out", str(page), "--edition", "fictional2025")
    assert "No measure could be compared" in told
    text = page.read_text(encoding="utf-8")
    assert "COVID" in text
    assert "10 people registered, at 1 practice" in text
    assert "Who are we missing?" in text

    told = run("export", "fhir", "--out", str(tmp_path / "out"), "--purpose", "planning")
    assert "Patient: 13" in told
    assert (tmp_path / "out" / "Observation.ndjson").exists()
