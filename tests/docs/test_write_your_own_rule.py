"""The page on writing a rule, followed to the letter in an empty folder."""

import os
import re
import subprocess
import sys
from pathlib import Path


PAGE = Path(__file__).parents[2] / "docs" / "how-to" / "write-your-own-rule.md"
BLOCKS = re.findall(r"^```(\w+)(?: (\S+))?\n(.*?)^```", PAGE.read_text("utf-8"), re.M | re.S)


def follow(folder: Path) -> dict[str, str]:
    """Write each file and run each command in the order of the page; return what each said."""
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    said = {}
    for kind, name, text in BLOCKS:
        if kind == "console":
            for line in text.splitlines():
                done = subprocess.run(
                    line.removeprefix("$ "),
                    shell=True,
                    cwd=folder,
                    env={**os.environ, "PATH": path},
                    capture_output=True,
                    encoding="utf-8",
                    check=False,
                )
                assert done.returncode == 0, f"{line}\n{done.stdout}\n{done.stderr}"
                said[line] = done.stdout
                if "import csv" in line:
                    assert not (folder / "definitions").exists(), "it is to begin empty"
        else:
            file = folder / name
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text, encoding="utf-8")
    return said


def test_the_page_can_be_followed(tmp_path: Path) -> None:
    said = follow(tmp_path)
    checked = [text for line, text in said.items() if "explain" in line]
    assert len(checked) == 2
    assert all("The spec holds for all" in text for text in checked)
    listed = next(text for line, text in said.items() if "worklist" in line)
    found = re.search(r": ([\d,]+) people of ([\d,]+) whom the rule is about", listed)
    assert found
    assert int(found[1]) > 0
    assert len((tmp_path / "list.csv").read_text("utf-8-sig").splitlines()) == int(found[1]) + 1
    assert "asthma-urgent-care" in said["$ python see_it.py"]


def test_every_file_is_named_as_the_page_says() -> None:
    text = PAGE.read_text("utf-8")
    names = [name for kind, name, _ in BLOCKS if kind == "python"]
    assert len(names) == 3
    assert all(f"`{name}`" in text or f"python {name}" in text for name in names)
