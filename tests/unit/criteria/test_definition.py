"""Definitions: what a file may hold, and what is said when it holds something else."""

import datetime as dt
from pathlib import Path

import pytest

from fairpractice.case_finding.rule import RULES, Rule
from fairpractice.codelists import load
from fairpractice.criteria import appointments, ever, registered, within
from fairpractice.errors import FairpracticeError
from fairpractice.measures.measure import MEASURES, Measure


LISTS = load()
ABOUT = {
    "title": "A definition",
    "why": "To try it.",
    "source": "none",
    "author": "a test",
    "checked_by": "",
    "review_by": dt.date(2027, 1, 1),
    "population": registered(),
    "spec": "",
}
COUNT = appointments(months=12)


@pytest.mark.parametrize(
    ("made", "says"),
    [
        (lambda: Rule(**ABOUT, finds=COUNT, action=""), "'finds' is to be a criterion.*compare it"),
        (lambda: Rule(**ABOUT, finds=True, action=""), "'finds' is to be a criterion, and bool"),
        (
            lambda: Rule(**ABOUT | {"population": COUNT}, finds=ever("stroke"), action=""),
            "'population' is to be a criterion",
        ),
        (
            lambda: Rule(**ABOUT, finds=ever("stroke"), unless=COUNT, action=""),
            "'unless' is to be a criterion",
        ),
        (
            lambda: Rule(**ABOUT, finds=ever("stroke"), outcomes={"seen": COUNT}, action=""),
            "'seen' is to be a criterion",
        ),
        (lambda: Measure(**ABOUT, numerator=1, better="lower"), "'numerator' is to be"),
        (
            lambda: Measure(**ABOUT, numerator=ever("stroke"), denominator=COUNT, better="lower"),
            "a ratio is of two numbers",
        ),
    ],
)
def test_something_else_than_a_criterion_is_refused(made, says):
    with pytest.raises(TypeError, match=says):
        made()


@pytest.mark.parametrize(
    ("numerator", "denominator", "kind"),
    [
        (ever("stroke"), None, "proportion"),
        (COUNT, COUNT, "ratio"),
        (COUNT, None, "mean"),
    ],
)
def test_the_numerator_says_of_which_kind_a_measure_is(numerator, denominator, kind):
    measure = Measure(**ABOUT, numerator=numerator, denominator=denominator, better="neither")
    assert measure.kind == kind
    assert list(measure.counted) == ["numerator", *(["denominator"] if denominator else [])]


def write(folder: Path, text: str, name: str = "mine.py") -> Path:
    (folder / "rules").mkdir(exist_ok=True)
    file = folder / "rules" / name
    file.write_text(text, encoding="utf-8")
    return file


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("RULE = 3\n", "holds no rule"),
        ("x = 1\n", "holds no rule"),
        ("x = (1\n", "line 1"),
        ("x = 1\nimport nowhere_to_be_found\n", "line 2"),
        (
            "from fairpractice.criteria import ever\n\nx = ever('a') and ever('b')\n",
            "line 3.*combine criteria with & | ~",
        ),
        ("from fairpractice.criteria import appointments\nx = appointments() > 'a'\n", "line 2"),
    ],
)
def test_a_file_that_cannot_be_read_is_refused_at_its_line(tmp_path, text, says):
    write(tmp_path, text)
    with pytest.raises(FairpracticeError) as refused:
        RULES.load(LISTS, tmp_path)
    assert "mine.py" in refused.value.where
    pattern, _, rest = says.partition(".*")
    assert pattern in str(refused.value)
    assert rest in str(refused.value)


def test_a_local_definition_goes_before_a_shipped_one_of_its_name(tmp_path):
    shipped = RULES.load(LISTS)
    file = Path(shipped["never-screened"].file)
    text = file.read_text(encoding="utf-8").replace("Never had cervical screening", "Ours")
    write(tmp_path, text, file.name)
    found = RULES.load(LISTS, tmp_path)
    assert found.keys() == shipped.keys()
    assert found["never-screened"].title == "Ours"


def test_a_file_that_begins_with_an_underscore_is_no_definition(tmp_path):
    write(tmp_path, "shared = 1\n", "_shared.py")
    assert RULES.load(LISTS, tmp_path).keys() == RULES.load(LISTS).keys()


def test_measures_are_not_looked_for_among_rules(tmp_path):
    write(tmp_path, "RULE = 3\n")
    assert MEASURES.load(LISTS, tmp_path).keys() == MEASURES.load(LISTS).keys()


def test_an_outcome_whose_list_is_empty_is_left_out_and_the_rule_stays():
    rule = Rule(
        **ABOUT,
        finds=ever("copd"),
        outcomes={
            "declined": within("copd-declined", months=12),
            "reviewed": within("copd-review", months=12),
        },
        action="",
    )
    assert rule.empty_lists(LISTS) == []
    assert list(rule.outcomes_known(LISTS)) == ["reviewed"]


def test_a_rule_that_cannot_do_without_an_empty_list_says_which():
    rule = Rule(**ABOUT, finds=ever("veteran"), unless=ever("care-leaver"), action="")
    assert rule.empty_lists(LISTS) == ["veteran", "care-leaver"]
