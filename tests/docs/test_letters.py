"""The page on letters, followed from the top in an empty folder."""

import os
import re
import subprocess
import sys
from pathlib import Path


PAGE = Path(__file__).parents[2] / "docs" / "how-to" / "letters.md"


def test_the_page_can_be_followed(tmp_path: Path) -> None:
    blocks = re.findall(r"^```(sh|python)\n(.*?)^```", PAGE.read_text("utf-8"), re.M | re.S)
    assert [language for language, _ in blocks] == ["sh", "python"]
    said = ""
    for language, block in blocks:
        done = subprocess.run(
            ["sh", "-e"] if language == "sh" else [sys.executable, "-"],
            input=block,
            cwd=tmp_path,
            env=os.environ,
            capture_output=True,
            encoding="utf-8",
            check=False,
        )
        assert done.returncode == 0, done.stderr
        said += done.stdout
    assert "Food insecurity: told to us by the patient on 2 November 2026." in said
    assert "Re: Person 1, born 1 May 1990" in said
    assert "abuse" not in said
