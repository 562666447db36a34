"""Every part of the language, on the people drawn for it, on every engine."""

import functools
import inspect
import re

import pytest

from fairpractice import criteria
from fairpractice.criteria import spec, tree
from fairpractice.criteria.english import english
from fairpractice.engines import Engine
from tests.asking import Answer, Answers, by_engine, one_by_one
from tests.reading import reads_well
from tests.spec import language


EXAMPLES = {example.title: example for example in language.examples()}
APART = 1000
NEVER_UNKNOWN = (
    tree.Registered,
    tree.AddressKnown,
    tree.Exists,
    tree.Count,
    tree.Total,
    tree.InForce,
    tree.CircumstanceRecorded,
    tree.Known,
)


@functools.cache
def drawn(title: str) -> spec.Spec:
    return spec.parse(EXAMPLES[title].of, language.LISTS, where=title)


@functools.cache
def answers(engine: Engine | None) -> Answers:
    """Ask everything of everybody drawn, together."""
    tables: dict[str, list[dict[str, object]]] = {}
    for number, title in enumerate(EXAMPLES):
        for table, rows in drawn(title).tables.items():
            moved = ({**row, "patient_id": row["patient_id"] + APART * number} for row in rows)
            tables.setdefault(table, []).extend(moved)
    asked = {title: example.expression for title, example in EXAMPLES.items()}
    if engine is None:
        return one_by_one(tables, asked, [language.ON], language.LISTS)
    return by_engine(engine, tables, asked, [language.ON], language.LISTS)


def answered(title: str, found: Answers) -> dict[str, str]:
    first = APART * list(EXAMPLES).index(title)
    return {
        name: _word(found[title, person + first, language.ON])
        for name, person in drawn(title).people.items()
    }


def _word(answer: Answer) -> str:
    return "unknown" if answer is None else spec.word(answer)


@pytest.mark.parametrize("title", EXAMPLES)
def test_holds_on_engine(title: str, engine: Engine) -> None:
    assert answered(title, answers(engine)) == drawn(title).expected


@pytest.mark.parametrize("title", EXAMPLES)
def test_holds_in_plain_python(title: str) -> None:
    assert answered(title, answers(None)) == drawn(title).expected


@pytest.mark.parametrize("title", EXAMPLES)
def test_is_seen_true_false_and_unknown_where_it_can_be(title: str) -> None:
    expression = EXAMPLES[title].expression
    seen = set(drawn(title).expected.values())
    if isinstance(expression, criteria.Criterion):
        assert {"yes", "no"} <= seen
    else:
        assert len(seen) > 1
    assert ("unknown" in seen) == can_be_unknown(expression)


def can_be_unknown(expression: tree.Expression) -> bool:
    """Tell whether somebody can be drawn for whom the answer is not known."""
    match expression:
        case tree.Constant():
            return False
        case tree.Compare() | tree.And() | tree.Or() | tree.Not():
            return any(can_be_unknown(part) for part in expression.children())
        case tree.Arithmetic(left, "+" | "-", right):
            return can_be_unknown(left) or can_be_unknown(right)
        case _:
            return not isinstance(expression, NEVER_UNKNOWN)


def test_every_function_of_the_language_has_an_example() -> None:
    functions = {n for n in criteria.__all__ if inspect.isfunction(getattr(criteria, n))}
    asked = " ".join(example.asks for example in EXAMPLES.values())
    assert functions <= set(re.findall(r"\w+(?=\()", asked))


def test_every_node_of_the_tree_has_an_example() -> None:
    nodes = {
        name
        for name, node in vars(tree).items()
        if inspect.isclass(node)
        and issubclass(node, tree.Expression)
        and node not in (tree.Expression, tree.Criterion, tree.Number)
    }
    parts = (part for example in EXAMPLES.values() for part in example.expression.walk())
    assert nodes == {type(part).__name__ for part in parts}


@pytest.mark.parametrize("title", EXAMPLES)
def test_reads_as_english(title: str) -> None:
    phrase = english(EXAMPLES[title].expression, language.LISTS)
    assert reads_well(phrase), phrase
