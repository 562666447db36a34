"""The scenario on the page on reach, tried as the page says."""

import os
import re
import subprocess
import sys
from pathlib import Path

from fairpractice.case_finding import scenario, strategy


PAGE = Path(__file__).parents[2] / "docs" / "explanation" / "who-is-reached.md"
TEXT = PAGE.read_text("utf-8")
BLOCKS = re.findall(r"^```(\w+)(?: (\S+))?\n(.*?)^```", TEXT, re.M | re.S)


def test_the_page_can_be_followed(tmp_path: Path) -> None:
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    for kind, name, text in BLOCKS:
        if kind == "toml":
            (tmp_path / name).write_text(text, encoding="utf-8")
        elif kind == "console":
            done = subprocess.run(
                f"{text.strip().removeprefix('$ ')} --out all.csv",
                shell=True,
                cwd=tmp_path,
                env={**os.environ, "PATH": path},
                capture_output=True,
                encoding="utf-8",
                check=False,
            )
            assert done.returncode == 0, done.stderr
            assert "Rents rise everywhere: 2 populations of 2,000 people" in done.stdout
            assert "social-prescribing does worse than" in done.stdout
            assert "Of those in need, share reached" in done.stdout
            assert (tmp_path / "all.csv").read_text("utf-8").startswith("strategy,measure,mean,")


def test_every_strategy_and_scenario_is_on_the_page() -> None:
    for name in strategy.shipped():
        assert f"| {name} |" in TEXT
    for file in scenario.shipped().values():
        assert scenario.read_scenario(file).title in TEXT
