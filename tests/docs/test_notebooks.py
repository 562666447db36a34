"""The notebooks run from the top, on a small network, and are kept without what they gave."""

import contextlib
import io
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from fairpractice.reporting import charts


FOLDER = Path(__file__).parents[2] / "docs" / "notebooks"
NOTEBOOKS = sorted(FOLDER.glob("*.ipynb"))


def cells(path: Path) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(path.read_text(encoding="utf-8"))["cells"]
    return found


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with what `make demo` leaves in it, but for the report, of 1,500 people."""
    folder = tmp_path_factory.mktemp("notebooks")
    extract, definitions = "demo/extract", ("--definitions", "demo/definitions")
    index = ("--file", f"{extract}/deprivation.csv")
    record = ("--record", "demo/pcn.record", "--today", "2026-10-31")
    for command in (
        ("synthetic", extract, "--people", "1500", "--on", "2026-10-31"),
        ("deprivation", "add", "fictional2025", *index, *definitions),
        ("import", "csv", extract, *record, *definitions),
    ):
        subprocess.run(
            [sys.executable, "-m", "fairpractice", *command],
            cwd=folder,
            env={**os.environ, "FAIRPRACTICE_KEY_FILE": str(folder / "key")},
            check=True,
            capture_output=True,
        )
    return folder


def follow(path: Path) -> tuple[dict[str, Any], str]:
    """Run the code of a notebook in order, and return what it knows and has printed."""
    known: dict[str, Any] = {"__name__": "__main__"}
    with contextlib.redirect_stdout(io.StringIO()) as said:
        for number, cell in enumerate(cells(path), 1):
            if cell["cell_type"] == "code":
                code = compile("".join(cell["source"]), f"{path.name}, cell {number}", "exec")
                exec(code, known)
    return known, said.getvalue()


def run(name: str, folder: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[dict[str, Any], str]:
    monkeypatch.chdir(folder)
    monkeypatch.setenv("FAIRPRACTICE_KEY_FILE", str(folder / "key"))
    return follow(FOLDER / f"{name}.ipynb")


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_is_kept_as_it_was_written(path: Path) -> None:
    for cell in cells(path):
        assert not cell.get("outputs")
        assert not cell.get("execution_count")
    kinds = [cell["cell_type"] for cell in cells(path)]
    assert kinds[0] == kinds[-1] == "markdown"
    assert "code" in kinds


def test_every_notebook_is_run_here() -> None:
    assert [path.stem for path in NOTEBOOKS] == [
        "a-practices-gap",
        "your-own-extract",
        "your-own-measure",
    ]


def test_a_practices_gap(demo: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    known, said = run("a-practices-gap", demo, monkeypatch)
    assert {"1", "5"} <= set(known["table"]["group"])
    assert "Gap, percentage points:" in said
    assert "include zero" in said or "includes zero" in said or "not given" in said
    assert len(known["between"]) == 24
    for name in ("gradient", "over_time", "process"):
        assert "<svg" in charts.svg(known[name])


def test_a_measure_of_ones_own(demo: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    known, said = run("your-own-measure", demo, monkeypatch)
    assert "The people drawn come out as expected." in said
    assert known["differ"] == []
    assert {"all", "sex", "imd_quintile"} == set(known["table"]["grouping"])
    assert (known["table"]["status"] == "ok").any()
    assert "<svg" in charts.svg(known["chart"])


def test_an_extract_of_ones_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    known, said = run("your-own-extract", tmp_path, monkeypatch)
    assert "FILL IN" in said
    account = known["account"].set_index("table")
    assert (account["read"] == account[["stored", "set aside", "quarantined"]].sum(axis=1)).all()
    assert account.loc["event", "quarantined"] == 2
    assert account.loc["patient", "quarantined"] == 2
    assert set(known["causes"]["rows"]) <= {1, 2}
    assert (known["frame"]["status"] == "hidden").any()
    assert "<svg" in charts.svg(known["chart"])
