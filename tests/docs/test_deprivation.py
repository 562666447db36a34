"""The page on using deprivation, followed from the top in an empty folder."""

import os
import re
import subprocess
import sys
from pathlib import Path


PAGE = Path(__file__).parents[2] / "docs" / "how-to" / "deprivation.md"


def test_the_page_can_be_followed(tmp_path: Path) -> None:
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    blocks = re.findall(r"^```(sh|python)\n(.*?)^```", PAGE.read_text("utf-8"), re.M | re.S)
    assert {language for language, _ in blocks} == {"sh", "python"}
    said = ""
    for language, block in blocks:
        command = ["sh", "-e"] if language == "sh" else [sys.executable, "-"]
        done = subprocess.run(
            command,
            input=block,
            cwd=tmp_path,
            env={**os.environ, "PATH": path},
            capture_output=True,
            encoding="utf-8",
            check=False,
        )
        assert done.returncode == 0, done.stderr
        said += done.stdout
    assert "fictional2025: LSOA 2021 in a fictional place; added" in said
    assert '"Y00001",' in said
    assert "1 = most deprived" in said
