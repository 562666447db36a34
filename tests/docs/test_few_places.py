"""The page on giving few places, followed to the letter in an empty folder."""

import csv
import os
import re
import subprocess
import sys
from pathlib import Path


PAGE = Path(__file__).parents[2] / "docs" / "how-to" / "few-places.md"
BLOCKS = re.findall(r"^```(\w+)(?: (\S+))?\n(.*?)^```", PAGE.read_text("utf-8"), re.M | re.S)


def run(line: str, folder: Path) -> subprocess.CompletedProcess[str]:
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    return subprocess.run(
        line,
        shell=True,
        cwd=folder,
        env={**os.environ, "PATH": path, "XDG_CONFIG_HOME": str(folder / "config")},
        capture_output=True,
        encoding="utf-8",
        check=False,
    )


def rows(file: Path) -> list[dict[str, str]]:
    return list(csv.DictReader(file.read_text("utf-8-sig").splitlines()))


def test_the_page_can_be_followed(tmp_path: Path) -> None:
    said = []
    for kind, name, text in BLOCKS:
        if kind == "console":
            for line in text.splitlines():
                done = run(line.removeprefix("$ "), tmp_path)
                assert done.returncode == 0, f"{line}\n{done.stdout}\n{done.stderr}"
                said.append(done.stdout)
        else:
            # Somebody of the extract: the last on the list, who is then first.
            before = rows(tmp_path / "places.csv")
            number = before[-1]["NHS number"]
            assert number.startswith("999")
            text = text.replace("{nhs_number}", number)
            (tmp_path / name).write_text(text, encoding="utf-8")
    after = rows(tmp_path / "places.csv")
    assert len(before) == len(after) == 40
    assert after[0]["NHS number"] == number
    assert "about to lose the flat" in after[0]["Moved by hand"]
    points = [float(row["Points"]) for row in before]
    assert points == sorted(points, reverse=True)
    assert all(row["Because"] and row["What to do first"] for row in before)
    places, reach, hidden, missing, prompts, compared, rules = said[-7:]
    assert "40 of 40 places given" in places
    assert "Horizontal inequity index" in reach
    assert "nobody has recorded it" in hidden
    assert "Registered but silent" in missing
    assert "never prompted for a fuller history" in prompts
    assert re.search(r"^10 \(least deprived\) +100% of", prompts, re.M)
    assert "Of those in need, share reached" in compared
    assert "social-need-no-referral, held to: any social need" in rules
    line = "fairpractice worklist social-prescribing --record pcn.record --purpose direct-care"
    refused = run(line, tmp_path)
    assert refused.returncode == 2
    assert "Say how many: --capacity 40." in refused.stderr
    refused = run(line.replace("social-prescribing", "missed-reviews --capacity 3"), tmp_path)
    assert refused.returncode == 2
    assert "a rule lists everybody it finds" in refused.stderr
    wrong = run(f"{line.replace('social-prescribing', 'social-prescribin')} --capacity 3", tmp_path)
    assert "Did you mean social-prescribing?" in wrong.stderr
