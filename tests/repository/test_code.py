"""About the code as a whole."""

import ast
import re

import pytest

from fairpractice import __version__
from fairpractice.case_finding.rule import RULES
from fairpractice.codelists import load
from fairpractice.measures.measure import MEASURES
from tests.repository.files import REPOSITORY, files, name


PACKAGE = REPOSITORY / "fairpractice"
ROOMS = sorted(path.parent for path in PACKAGE.glob("*/__init__.py"))
PYTHON = files(".py")
CODELISTS = load()
DEFINITIONS = {**MEASURES.load(CODELISTS), **RULES.load(CODELISTS)}


@pytest.mark.parametrize("room", ROOMS, ids=lambda room: room.name)
def test_every_room_says_what_it_knows(room):
    said = ast.get_docstring(ast.parse((room / "__init__.py").read_bytes()))
    assert said is not None
    assert len(said.partition("\n")[0].split()) > 2


def test_no_room_is_empty():
    empty = [room.name for room in ROOMS if len(list(room.rglob("*.py"))) < 2]
    assert not [name for name in empty if not (PACKAGE / name / "__init__.py").stat().st_size > 500]


@pytest.mark.parametrize(
    ("what", "pattern"),
    [
        ("unfinished work", "TO" + "DO|FIX" + "ME|XX" + "X|raise NotImplemented" + "Error$"),
        ("a type ignored without saying which", r"#\s*type:\s*ignore(?!\[)"),
        ("a lint ignored without saying which", r"#\s*noqa(?!: ?[A-Z]+\d)"),
        ("an unconditional skip", r"pytest\.mark\." + r"skip\("),
        ("a test that cannot fail", r"^\s*assert " + r"True\b"),
    ],
)
def test_nothing_is_left_lying_about(what, pattern):
    found = [
        f"{name(path)}:{number}"
        for path in PYTHON
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1)
        if re.search(pattern, line)
    ]
    assert not found, what


def test_only_engines_know_an_engine():
    found = [
        name(path)
        for path in PACKAGE.rglob("*.py")
        if path.parent != PACKAGE / "engines"
        and re.search(r"^\s*(import|from) (duckdb|pyspark)\b", path.read_text("utf-8"), re.M)
    ]
    assert not found


def test_a_stranger_finds_their_way_in_every_file():
    long = {name(path): len(path.read_bytes().splitlines()) for path in PYTHON}
    assert not {path: lines for path, lines in long.items() if lines > 600}


def test_no_file_names_the_folder_that_it_was_written_in():
    workplace = str(REPOSITORY).encode()
    assert not [name(path) for path in files() if workplace in path.read_bytes()]


def test_text_is_utf_8():
    for path in files(".py", ".md", ".toml", ".txt", ".csv", ".jinja", ".css"):
        path.read_text(encoding="utf-8")


@pytest.mark.parametrize("definition", DEFINITIONS.values(), ids=lambda found: found.id)
def test_a_definition_says_why_from_where_by_whom_and_until_when(definition):
    assert all((definition.title, definition.author, definition.tags))
    assert len(definition.why.split()) > 8
    assert len(definition.source.split()) > 2
    assert definition.review_by > definition.on
    assert "missing" in definition.spec, "nobody with missing data in the spec"


@pytest.mark.parametrize("room", ["measures/definitions", "case_finding/rules"])
def test_every_file_among_the_definitions_is_one(room):
    found = {path.stem.replace("_", "-") for path in (PACKAGE / room).glob("*.py")}
    assert found - {"--init--"} <= set(DEFINITIONS)


def test_the_changes_speak_of_this_version():
    changes = (REPOSITORY / "CHANGELOG.md").read_text(encoding="utf-8")
    assert re.search(rf"^## {re.escape(__version__)}\b", changes, re.MULTILINE)
