"""`fairpractice questionnaires`: what there is, what one asks, whether a file can be used."""

import json
from pathlib import Path

import pytest

from fairpractice.cli import run
from fairpractice.listening.reading import SHIPPED, load


QUESTIONNAIRES = load()


def test_all_are_listed_with_version_and_licence(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["questionnaires", "list"]) == 0
    said = capsys.readouterr().out
    for name, each in QUESTIONNAIRES.items():
        line = next(line for line in said.splitlines() if line.startswith(f"{name} "))
        assert each.version in line
        assert each.licence in line
    assert "off until a safe pathway is declared" in said


@pytest.mark.parametrize("name", QUESTIONNAIRES)
def test_one_is_shown_whole(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["questionnaires", "show", name]) == 0
    said = " ".join(capsys.readouterr().out.split())
    for item in QUESTIONNAIRES[name].by_link_id.values():
        assert f"{item.link_id}: " in said
    assert QUESTIONNAIRES[name].canonical in said


def test_what_follows_from_an_answer_is_shown(capsys: pytest.CaptureFixture[str]) -> None:
    run(["questionnaires", "show", "your-circumstances"])
    said = capsys.readouterr().out
    assert "- Yes → debt present" in said
    assert "→ urgent: suicide" in said
    assert "when debt = yes" in said


def test_a_name_almost_right_is_recognised(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["questionnaires", "show", "lonelyness"]) == 2
    assert "Did you mean loneliness?" in capsys.readouterr().err


def test_a_file_is_checked_and_what_it_lacks_is_said(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    said = json.loads((SHIPPED / "ons4.json").read_text(encoding="utf-8"))
    said["extension"] = []
    file = tmp_path / "theirs.json"
    file.write_text(json.dumps(said), encoding="utf-8")
    assert run(["questionnaires", "check", str(file)]) == 0
    shown = capsys.readouterr()
    assert "can be used: 4 questions" in shown.out
    assert "does not say its licence" in shown.err
    assert "nothing is added up" in shown.err
    assert run(["questionnaires", "check", str(SHIPPED / "ons4.json")]) == 0
    assert capsys.readouterr().err == ""


def test_a_file_that_cannot_be_used_is_refused_with_its_place(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    said = json.loads((SHIPPED / "carer.json").read_text(encoding="utf-8"))
    said["item"][1]["enableWhen"][0]["question"] = "carrer"
    file = tmp_path / "theirs.json"
    file.write_text(json.dumps(said), encoding="utf-8")
    assert run(["questionnaires", "check", str(file)]) == 2
    shown = capsys.readouterr().err
    assert "theirs.json, linkId carer-hours" in shown
    assert "Did you mean carer?" in shown


def test_local_ones_and_their_languages_are_listed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    from fairpractice.listening.languages import texts

    carer = QUESTIONNAIRES["carer"]
    folder = tmp_path / "questionnaires" / "languages"
    folder.mkdir(parents=True)
    pack = {
        "questionnaire": carer.canonical,
        "language": "pl",
        "validated": False,
        "by": "A machine",
        "texts": dict(texts(carer)),
    }
    (folder / "carer_pl.json").write_text(json.dumps(pack), encoding="utf-8")
    assert run(["questionnaires", "list", "--definitions", str(tmp_path)]) == 0
    assert "in pl (not validated: off unless asked for)" in capsys.readouterr().out
