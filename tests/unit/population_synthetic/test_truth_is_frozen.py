"""The truth that ways of finding people are held to does not move with them.

What people truly need, who records it and what it leaves behind in the record was settled before
any strategy was written. Two hashes hold it still: one of the code and numbers that make it, one
of what they make. What else the record holds (conditions, tests, prescriptions) may grow.

Where one of these tests fails, somebody has changed the truth. If that is what was meant, say why
in a decision record, count every published comparison again, and only then change the hash.
"""

import ast
import dataclasses
import hashlib
import inspect
import io
import tokenize
from collections.abc import Callable, Iterator
from types import ModuleType

import numpy as np
import pytest

from fairpractice.population.synthetic import background, care, needs
from fairpractice.population.synthetic.kinds import Need
from fairpractice.population.synthetic.parameters import Parameters
from fairpractice.population.synthetic.people import Period, people
from fairpractice.population.synthetic.places import places


MAKES_THE_TRUTH = (needs,)
LEAVES_TRACES = (
    background.needs_coded,
    care._missed_slopes,
    care._urgent_rate,
    care._referral_slopes,
    care.fit_notes,
)
NUMBERS = (
    "needs",
    "shared_vulnerability",
    "route_dependence",
    "recording_slopes",
    "recording_by_system",
    "reach",
    "reach_slopes",
    "learnt_after",
    "stated_again",
    "said_no",
    "mistaken",
    "ended_coded",
    "carer_hint",
    "illness_and_need",
    "missed_by_delay",
    "missed_slopes",
    "urgent_ratio",
    "urgent_with_need",
    "urgent_by_style",
    "style_slopes",
    "mostly_urgent",
    "hardly_any",
    "referred",
    "referral_slopes",
    "referral_declined",
    "fit_notes",
    "fit_note_slopes",
)

CODE = "0461064f19eacd7cb3906d7eb1288494a74608e329b19a71a34d5be1765e63dd"
MADE = "641c174cc2e9411bfab2f0b94cf5ce8bacfe79da15dd551705db7ea8bb613c6e"


def without_words(source: str) -> Iterator[str]:
    """Yield what a program is made of: no comments, docstrings, layout or trailing commas."""
    said = {
        node.body[0].value.lineno
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Module | ast.FunctionDef | ast.ClassDef)
        and ast.get_docstring(node) is not None
        and isinstance(node.body[0], ast.Expr)
    }
    kinds = (tokenize.NAME, tokenize.OP, tokenize.NUMBER, tokenize.STRING)
    tokens = [
        token
        for token in tokenize.generate_tokens(io.StringIO(source).readline)
        if token.type in kinds
        and not (token.type == tokenize.STRING and token.start[0] in said and token.start[1] <= 4)
    ]
    for token, following in zip(tokens, [*tokens[1:], tokens[-1]], strict=True):
        if not (token.string == "," and following.string in (")", "]", "}")):
            yield token.string


def source_of(part: ModuleType | Callable[..., object]) -> str:
    return " ".join(without_words(inspect.getsource(part)))


def number(value: object) -> object:
    """Return a parameter without what is said of it."""
    if isinstance(value, tuple):
        return tuple(number(part) for part in value)
    if isinstance(value, Need):
        return {
            name: part
            for name, part in dataclasses.asdict(value).items()
            if name not in ("basis", "source")
        }
    return value


def test_the_code_and_numbers_that_make_the_truth_are_frozen() -> None:
    given = Parameters()
    told = [source_of(part) for part in (*MAKES_THE_TRUTH, *LEAVES_TRACES)]
    told += [f"{name} = {number(getattr(given, name))!r}" for name in NUMBERS]
    assert hashlib.sha256("\n".join(told).encode()).hexdigest() == CODE


def test_the_truth_that_is_made_is_frozen() -> None:
    given, period = Parameters(), Period(18_932, 20_757)
    there = places(20_000, 3, 11, given)
    sample = people(11, 0, 0, 20_000, there, period, given)
    them = people(11, 1, 0, 5_000, there, period, given)
    latent = needs.latent(11, sample, given, there.systems)
    truth = needs.needs(11, 1, them, period, given, latent)
    stated = needs.statements(11, 1, them, truth, given, latent, there.systems)
    made = hashlib.sha256()
    for array in (
        truth.has, truth.start, truth.end, truth.reach,
        stated.person, stated.topic, stated.route, stated.status, stated.day,
    ):  # fmt: skip
        made.update(np.ascontiguousarray(array, dtype="<i8").tobytes())
    assert made.hexdigest() == MADE


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("def f(a):\n    return a\n", 'def f(a):\n    """Say it."""\n    return a  # so\n', True),
        ("def f(a):\n    return a + 1\n", "def f(a):\n    return a + 2\n", False),
        ("x = [1, 2]\n", "x = [\n    1,\n    2,\n]\n", True),
        ('x = "a"\n', 'x = "b"\n', False),
    ],
)
def test_words_and_layout_may_change_and_nothing_else(one: str, other: str, same: bool) -> None:
    assert (list(without_words(one)) == list(without_words(other))) is same
