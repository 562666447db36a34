"""The page on trends, followed from the top in an empty folder."""

import csv
import os
import re
import subprocess
import sys
from pathlib import Path


PAGE = Path(__file__).parents[2] / "docs" / "how-to" / "trends.md"


def test_the_page_can_be_followed(tmp_path: Path) -> None:
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    blocks = re.findall(r"^```(sh|python)\n(.*?)^```", PAGE.read_text("utf-8"), re.M | re.S)
    assert [language for language, _ in blocks] == ["sh", "python"]
    said = ""
    for language, block in blocks:
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
    assert "2026-10-31" in said
    assert "<svg" in (tmp_path / "chart.svg").read_text("utf-8")
    with (tmp_path / "trend.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    named = re.findall(r"^\| (`.*?) \|", PAGE.read_text("utf-8"), re.M)
    columns = {name for cell in named for name in re.findall("`(.*?)`", cell)}
    assert columns <= set(rows[0])
