"""The pages on importing, each followed from the top in an empty folder."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest


PAGES = Path(__file__).parents[2] / "docs" / "how-to"


@pytest.mark.parametrize(
    ("name", "source"),
    [("import-your-extract", "Practice system"), ("import-fhir", "FHIR"), ("import-omop", "OMOP")],
)
def test_the_page_can_be_followed(tmp_path: Path, name: str, source: str) -> None:
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    page = (PAGES / f"{name}.md").read_text("utf-8")
    said = ""
    for language, block in re.findall(r"^```(sh|python)\n(.*?)^```", page, re.M | re.S):
        done = subprocess.run(
            ["sh", "-e"] if language == "sh" else [sys.executable, "-"],
            input=block,
            cwd=tmp_path,
            env={**os.environ, "PATH": path, "FAIRPRACTICE_KEY_FILE": str(tmp_path / "key")},
            capture_output=True,
            encoding="utf-8",
            check=False,
        )
        assert done.returncode == 0, done.stderr
        said += done.stdout
    [promised] = re.findall(r"^```text\n(.*?)^```", page, re.M | re.S)
    assert promised in said
    assert f"Batch 1 of {source} is in pcn.record." in said
