"""The page on Core20PLUS5, followed from the top in an empty folder."""

import os
import re
import subprocess
import sys
from pathlib import Path


PAGE = Path(__file__).parents[2] / "docs" / "how-to" / "core20plus5.md"


def test_the_page_can_be_followed(tmp_path: Path) -> None:
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    blocks = re.findall(r"^```(sh|python)\n(.*?)^```", PAGE.read_text("utf-8"), re.M | re.S)
    assert [language for language, _ in blocks] == ["sh", "sh", "python"]
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
    words = " ".join(said.split())
    assert "Not shown here. Which midwife a woman sees is in maternity services' records" in words
    assert "Our plan for 2027" in said
    assert "Black and mixed ethnic groups" in said
    assert re.search(r"bowel-screening +core20 +in +\d", said)
    assert (tmp_path / "core20plus5.csv").read_text("utf-8").startswith("measure,of_whom,value")
