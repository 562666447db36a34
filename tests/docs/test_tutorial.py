"""The first hour, followed on a smaller network, so that every command and example in it runs."""

import os
import re
import subprocess
import sys
from pathlib import Path


PAGE = Path(__file__).parents[2] / "docs" / "tutorial" / "first-hour.md"
TEXT = PAGE.read_text("utf-8")
COMMANDS = [
    line.removeprefix("$ ")
    for block in re.findall(r"^```console\n(.*?)^```", TEXT, re.M | re.S)
    for line in block.splitlines()
]
PYTHON = "\n".join(re.findall(r"^```python\n(.*?)^```", TEXT, re.M | re.S))
SMALLER = {"make demo": "fairpractice demo --people 4000"}


def run(command: str, folder: Path) -> str:
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    done = subprocess.run(
        SMALLER.get(command, command),
        shell=True,
        cwd=folder,
        env={**os.environ, "PATH": path, "XDG_CONFIG_HOME": str(folder / "config")},
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert done.returncode == 0, f"{command}\n{done.stdout}\n{done.stderr}"
    return done.stdout


def test_the_first_hour_can_be_followed(tmp_path: Path) -> None:
    said = [run(command, tmp_path) for command in COMMANDS]
    assert any("people of" in text for text in said)
    demo = tmp_path / "demo"
    assert "<html" in (demo / "report.html").read_text("utf-8")
    assert (demo / "list.csv").read_text("utf-8-sig").startswith("NHS number,")
    (tmp_path / "hour.py").write_text(PYTHON, encoding="utf-8")
    printed = run(f"{sys.executable} -W error hour.py", tmp_path)
    assert "cervical-screening" in printed
    assert "people" in printed
    assert "<svg" in (demo / "screening.svg").read_text("utf-8")
