"""The verb disclosure: tables in files protected together, and audited as they are published."""

from pathlib import Path

import pytest

from fairpractice import cli


PRACTICES = "practice,had,due\nA,31,61\nB,4,40\nC,22,44\nall,57,145\n"
SEXES = "sex,had,due\nfemale,30,71\nmale,27,74\n"
PART = ["--part", "had=due"]


def run(*arguments: object) -> int:
    return cli.run([str(argument) for argument in arguments])


@pytest.fixture
def files(tmp_path: Path) -> list[Path]:
    for name, text in (("practices.csv", PRACTICES), ("sexes.csv", SEXES)):
        (tmp_path / name).write_text(text, encoding="utf-8")
    return [tmp_path / "practices.csv", tmp_path / "sexes.csv"]


def test_what_is_protected_together_passes_the_audit(
    files: list[Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "out"
    assert run("disclosure", "protect", *files, "--out", out, *PART) == 0
    assert "practices.csv: 1 of 4 rows hidden" in capsys.readouterr().out
    assert '"B",,,"hidden"' in (out / "practices.csv").read_text(encoding="utf-8")
    assert run("disclosure", "audit", out / "practices.csv", out / "sexes.csv", *PART) == 0
    assert "None of" in capsys.readouterr().out
    assert run("disclosure", "protect", *files, "--out", out, *PART) == 2
    assert "would be replaced" in capsys.readouterr().err


def test_what_a_statistic_wrote_is_protected_as_it_is(files: list[Path], tmp_path: Path) -> None:
    figures, out = tmp_path / "figures.csv", tmp_path / "out"
    asked = ["--numerator", "had", "--denominator", "due", "--by", "practice", "--out", figures]
    assert run("stats", "proportion", files[0], *asked) == 0
    assert run("disclosure", "protect", figures, "--out", out) == 0
    first, second, *_ = (out / "figures.csv").read_text(encoding="utf-8").splitlines()[1:]
    assert first.startswith('"A",30,60,0.5,0.95,0.377')
    assert second.startswith('"B",,,,0.95,,,')
    assert run("disclosure", "audit", out / "figures.csv") == 0


def test_numbers_of_no_count_are_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "range.csv").write_text("first_value,second_value\n0.2,0.5\n", encoding="utf-8")
    assert run("disclosure", "protect", tmp_path / "range.csv", "--out", tmp_path / "out") == 2
    assert "of how many people" in capsys.readouterr().err


def test_a_leak_is_named(
    files: list[Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    marked = PRACTICES.replace("B,4,40", "B,*,40")
    files[0].write_text(marked, encoding="utf-8")
    assert run("disclosure", "audit", *files, *PART, "--count", "had", "--count", "due") == 2
    said = capsys.readouterr().err
    assert "had, practice B is 4: too few numbers are possible for it" in said


def test_an_earlier_table_helps_an_outsider(
    files: list[Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    now, before = tmp_path / "now.csv", tmp_path / "before.csv"
    now.write_text("practice,had\nA,31\nB,\nC,\nall,57\n", encoding="utf-8")
    before.write_text("practice,had\nC,22\n", encoding="utf-8")
    assert run("disclosure", "audit", now, "--rounded-to", 1) == 0
    assert run("disclosure", "audit", now, "--earlier", before, "--rounded-to", 1) == 2
    assert "had, practice B is 4" in capsys.readouterr().err


@pytest.mark.parametrize("wrong", [["--part", "had"], ["--hidden-up-to", "0"]])
def test_what_is_meant_wrongly_is_said(files: list[Path], wrong: list[str]) -> None:
    assert run("disclosure", "audit", *files, *wrong) == 2
