"""What a definition asks, in words, and whether its spec holds."""

import datetime as dt
from pathlib import Path

import pytest

from fairpractice.case_finding.rule import RULES, Rule
from fairpractice.cli import run
from fairpractice.codelists import load
from fairpractice.criteria import appointments, registered
from fairpractice.criteria.explain import explain
from fairpractice.measures.measure import MEASURES


LISTS = load()
DEFINITIONS = {**MEASURES.load(LISTS), **RULES.load(LISTS)}
RULE = '''
import datetime as dt

from fairpractice.case_finding.rule import Rule
from fairpractice.criteria import ever, registered


RULE = Rule(
    title="Stroke on record",
    why="To try it.",
    source="none",
    author="a test",
    checked_by="",
    review_by=dt.date(2000, 1, 1),
    population=registered(),
    finds=ever("{codelist}"),
    action="Nothing.",
    spec="""
    person | birth | sex | record            | found
    in     |       |     | stroke 2020-01-01 | {answer}
    out    |       |     |                   | no
    """,
)
'''


def local_rule(folder: Path, codelist: str = "stroke", answer: str = "yes") -> None:
    rules = folder / "rules"
    rules.mkdir()
    text = RULE.format(codelist=codelist, answer=answer)
    (rules / "stroke_on_record.py").write_text(text, encoding="utf-8")


def test_without_an_id_all_are_named(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["explain"]) == 0
    said = capsys.readouterr().out
    for name, definition in DEFINITIONS.items():
        assert f"{name} " in said
        assert definition.title in said


@pytest.mark.parametrize("name", DEFINITIONS)
def test_a_shipped_definition_is_explained_and_holds(
    name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["explain", name]) == 0
    said = capsys.readouterr().out
    assert said.startswith(DEFINITIONS[name].title)
    assert "Who it is about" in said
    if empty := DEFINITIONS[name].empty_lists(LISTS):
        assert f"Not available: list {', '.join(empty)} is empty" in " ".join(said.split())
    else:
        assert "The spec holds for all" in said


def test_lists_are_named_with_status_and_hash(capsys: pytest.CaptureFixture[str]) -> None:
    run(["explain", "respiratory-review"])
    said = " ".join(capsys.readouterr().out.split())
    assert f"starter, 1 code, SHA-256 {LISTS['copd-resolved'].sha256[:12]}" in said
    assert "declined for COPD: not available: list copd-declined is empty" in said


def test_a_name_almost_right_is_recognised(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["explain", "missed-review"]) == 2
    assert "Did you mean missed-reviews?" in capsys.readouterr().err


def test_a_name_far_off_is_answered_with_where_to_look(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["explain", "zzz"]) == 2
    assert "`fairpractice explain` names them all" in capsys.readouterr().err


def test_a_local_rule_is_explained(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    local_rule(tmp_path)
    assert run(["explain", "stroke-on-record", "--definitions", str(tmp_path)]) == 0
    said = capsys.readouterr().out
    assert "a “Stroke” entry ever" in said
    assert "1 January 2000 (overdue)" in said
    assert "nobody yet" in said


def test_a_spec_that_does_not_hold_is_a_failure(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    local_rule(tmp_path, answer="no")
    assert run(["explain", "stroke-on-record", "--definitions", str(tmp_path)]) == 2
    said = capsys.readouterr().err
    assert "“in” is to be no, and is yes" in said
    assert "stroke_on_record.py" in said


def test_an_empty_list_says_that_there_is_no_result(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    local_rule(tmp_path, codelist="veteran")
    assert run(["explain", "stroke-on-record", "--definitions", str(tmp_path)]) == 0
    said = capsys.readouterr().out
    assert "list veteran is empty" in said
    assert "holds" not in said


def test_an_unknown_list_is_refused_with_file_line_and_fix(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    local_rule(tmp_path, codelist="strok")
    assert run(["explain", "stroke-on-record", "--definitions", str(tmp_path)]) == 2
    said = capsys.readouterr().err
    assert "stroke_on_record.py, line 16" in said
    assert "Did you mean 'stroke'?" in said


def test_a_sensitive_rule_says_its_purpose() -> None:
    from fairpractice.criteria import circumstance

    def rule(topic: str) -> Rule:
        return Rule(
            title="A rule",
            why="To try it.",
            source="none",
            author="a test",
            checked_by="",
            review_by=dt.date(2027, 1, 1),
            population=registered(),
            finds=circumstance(topic) & (appointments(months=12) < 1),
            action="Nothing.",
            spec="",
        )

    headings = {
        topic: [part.heading for part in explain(rule(topic), LISTS, today=dt.date(2026, 1, 1))]
        for topic in ("domestic_abuse", "debt")
    }
    assert "Purpose" in headings["domestic_abuse"]
    assert "Purpose" not in headings["debt"]
