"""The page for those who come from PHEindicatormethods: its examples give what it says."""

import csv
import doctest
import inspect
import os
import re
import subprocess
import sys
from pathlib import Path

import pandas as pd

from fairpractice import statistics


PAGE = Path(__file__).parents[2] / "docs" / "how-to" / "coming-from-phe-indicator-methods.md"
TEXT = PAGE.read_text("utf-8")


def test_every_example_gives_what_the_page_says() -> None:
    examples = re.sub(r"^```.*$", "", TEXT, flags=re.M)
    test = doctest.DocTestParser().get_doctest(examples, {}, PAGE.name, str(PAGE), 0)
    said: list[str] = []
    with pd.option_context("display.width", 80):
        doctest.DocTestRunner().run(test, out=said.append)
    assert len(test.examples) > 25
    assert not said, "".join(said)


def test_every_command_can_be_given(tmp_path: Path) -> None:
    (block,) = re.findall(r"^```sh\n(.*?)^```", TEXT, re.M | re.S)
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    done = subprocess.run(
        ["sh", "-e"],
        input=block,
        cwd=tmp_path,
        env={**os.environ, "PATH": path},
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "33.33" in done.stdout
    with (tmp_path / "limits.csv").open(encoding="utf-8", newline="") as file:
        assert [row["confidence"] for row in csv.DictReader(file)] == ["0.95", "0.998"] * 2


def test_every_argument_named_is_one() -> None:
    sections = re.split(r"^## ", TEXT, flags=re.M)[1:]
    checked = 0
    for section in sections:
        tables = re.findall(r"^\|.*\| (.*) \|$", section, re.M)
        functions = [
            function
            for name in re.findall(r"`(\w+)\(", " ".join(tables))
            if (function := getattr(statistics, name, None))
        ]
        known = {p for function in functions for p in inspect.signature(function).parameters}
        for cell in tables:
            for argument in re.findall(r"(?<=[`( ])(\w+)=", cell):
                assert argument in known, f"{section.splitlines()[0]}: {argument}"
                checked += 1
    assert checked > 25
