"""The page on the synthetic population, followed from the top in an empty folder."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pyarrow.parquet as pq


PAGE = Path(__file__).parents[2] / "docs" / "explanation" / "synthetic-population.md"


def test_the_page_can_be_followed(tmp_path: Path) -> None:
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    blocks = re.findall(r"^```(sh|python)\n(.*?)^```", PAGE.read_text("utf-8"), re.M | re.S)
    assert {language for language, _ in blocks} == {"sh", "python"}
    said = ""
    for language, block in blocks:
        done = subprocess.run(
            ["sh", "-e"] if language == "sh" else [sys.executable, "-"],
            input=block,
            cwd=tmp_path,
            env={**os.environ, "PATH": path},
            capture_output=True,
            encoding="utf-8",
            check=False,
        )
        assert done.returncode == 0, done.stderr
        said += done.stdout
    assert "quarantined" in said
    assert (tmp_path / "network.record" / "manifest.json").exists()
    told = set(pq.read_schema(tmp_path / "network" / "truth" / "truth.parquet").names)
    assert {"need", "true_from", "true_until", "fifth", "ethnic_group"} <= told
    assert (tmp_path / "network-with-independent-routes" / "mapping.toml").exists()
