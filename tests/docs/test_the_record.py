"""The examples on the page about the record give what the page says, and its commands exist."""

import doctest
import re
from pathlib import Path

from fairpractice.cli import run
from fairpractice.record.tables import PURPOSES
from fairpractice.record.topics import SENSITIVE, TOPICS


PAGE = Path(__file__).parents[2] / "docs" / "explanation" / "the-record.md"


def test_every_example_gives_what_the_page_says(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    examples = re.sub(r"^```.*$", "", PAGE.read_text("utf-8"), flags=re.M)
    test = doctest.DocTestParser().get_doctest(examples, {}, PAGE.name, str(PAGE), 0)
    said: list[str] = []
    doctest.DocTestRunner().run(test, out=said.append)
    assert len(test.examples) > 10
    assert not said, "".join(said)


def test_every_command_runs(tmp_path, monkeypatch, capsys):
    from fairpractice.record import store

    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("click.termui.visible_prompt_func", lambda prompt: "y")
    store.create("pcn.record")
    Path("people.txt").write_text("nhs:9990000018\n", encoding="utf-8")
    commands = re.findall(r"^fairpractice (.*)$", PAGE.read_text("utf-8"), re.M)
    assert len(commands) == 4
    for command in sorted(commands, key=lambda c: ("audit" in c, c)):
        status = run(command.split())
        said = capsys.readouterr()
        # The record is empty, so there is no batch 2 to withdraw; all else is done.
        assert status == (2 if "withdraw" in command else 0), said.err
        assert "withdraw" not in command or "has no batch 2" in said.err


def test_the_page_names_what_is_there():
    page = PAGE.read_text("utf-8")
    assert [name.replace("_", " ") for name in PURPOSES] == ["direct care", "planning", "research"]
    assert "domestic abuse, seeking asylum, or prison" in page.replace("\n", " ")
    assert set(SENSITIVE) == {"domestic_abuse", "asylum_or_refugee", "prison"}
    assert TOPICS["homelessness"].freshness_months == 6
    assert TOPICS["language_main"].freshness_months is None
