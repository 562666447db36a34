"""The hazard log: each hazard and requirement names tests that there are, or what is not built."""

import ast
import functools
import re

from tests.repository.files import REPOSITORY


PAGE = REPOSITORY / "docs" / "safety" / "hazards.md"
TEXT, _, NOT_BUILT = PAGE.read_text(encoding="utf-8").partition("## Not built yet")
TRUST = [f"T{number}" for number in range(1, 19)]
KNOWN_HAZARDS = 10  # the log grows, and forgets none


def entries() -> dict[str, list[str]]:
    """Return the tests that each hazard and requirement names, by its id."""
    parts = re.split(r"^### ([HT]\d+)\. ", TEXT, flags=re.MULTILINE)[1:]
    assert len(parts) // 2 == len(set(parts[::2])), "an id is there twice"
    named = (re.findall(r"^- `([^`]+)`$", text, re.MULTILINE) for text in parts[1::2])
    return dict(zip(parts[::2], named, strict=True))


def not_built() -> dict[str, list[str]]:
    """Return what is not built, by the id that lacks it."""
    found: dict[str, list[str]] = {}
    for of, what in re.findall(r"^\| ([HT]\d+) \| (.+) \|$", NOT_BUILT, re.MULTILINE):
        found.setdefault(of, []).append(what)
    return found


@functools.cache
def in_file(file: str) -> frozenset[str]:
    path = REPOSITORY / file
    if not path.is_file():
        return frozenset()
    nodes = ast.walk(ast.parse(path.read_bytes()))
    return frozenset(
        node.name
        for node in nodes
        if isinstance(node, ast.FunctionDef) and node.name.startswith("test_")
    )


def test_no_requirement_and_no_known_hazard_is_left_out():
    hazards = [each for each in entries() if each.startswith("H")]
    assert [each for each in entries() if each.startswith("T")] == TRUST
    assert hazards == [f"H{number}" for number in range(1, len(hazards) + 1)]
    assert len(hazards) >= KNOWN_HAZARDS


def test_each_hazard_and_requirement_has_its_test_or_says_what_is_not_built():
    assert not [each for each, tests in entries().items() if not tests and each not in not_built()]


def test_every_test_that_is_named_is_there():
    named = {test for tests in entries().values() for test in tests}
    parted = {test: test.partition("::") for test in named}
    assert not sorted(test for test, (file, _, name) in parted.items() if name not in in_file(file))


def test_what_is_not_built_is_said_of_something_and_says_what():
    assert set(not_built()) <= set(entries())
    lines = [what for lines in not_built().values() for what in lines]
    assert all(re.fullmatch(r"not built: \w.{5,}", what) for what in lines)
    rows = [row for row in NOT_BUILT.splitlines() if row.startswith("|")]
    assert len(rows) == len(lines) + 2, "a row that is not read"
