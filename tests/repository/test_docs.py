"""About what is written for people."""

import difflib
import importlib.util
import re
from pathlib import Path

import pytest

from fairpractice.cli import verbs
from tests.repository.files import REPOSITORY, files, name


DOCS = REPOSITORY / "docs"
PAGES = files(".md")
DECISIONS = [path for path in sorted((DOCS / "decisions").glob("*.md")) if path.stem != "index"]


def without_code(text: str) -> str:
    text = re.sub(r"^```.*?^```", "", text, flags=re.DOTALL | re.MULTILINE)
    return re.sub(r"`[^`\n]*`", "", text)


def anchors(page: Path) -> set[str]:
    """Return what can be linked to in a page: its headings, as GitHub writes them."""
    headings = re.findall(r"^#+ (.*)$", page.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_every_link_leads_somewhere(page):
    broken = []
    text = page.read_text(encoding="utf-8")
    for link in re.findall(
        r"\]\(([^)\s]+)\)", without_code(text.replace("[`", "[").replace("`]", "]"))
    ):
        target, _, anchor = link.partition("#")
        if re.match(r"[a-z]+:", link):
            continue
        linked = (page.parent / target).resolve() if target else page
        if not linked.exists() or (anchor and anchor not in anchors(linked)):
            broken.append(link)
    assert not broken


@pytest.mark.parametrize("page", [path for path in PAGES if DOCS in path.parents], ids=name)
def test_every_page_can_be_reached(page):
    """From docs/index.md, by links alone."""
    assert page in reached()


def reached() -> set[Path]:
    seen: set[Path] = set()
    waiting = [DOCS / "index.md"]
    while waiting:
        page = waiting.pop()
        if page in seen or not page.is_file():
            continue
        seen.add(page)
        links = re.findall(r"\]\(([^)\s#]+\.md)", page.read_text(encoding="utf-8"))
        waiting += [(page.parent / link).resolve() for link in links if ":" not in link]
    return seen


@pytest.mark.parametrize("page", DECISIONS, ids=lambda page: page.stem[:4])
def test_a_decision_says_why_what_and_what_follows(page):
    text = page.read_text(encoding="utf-8")
    number = int(page.stem[:4])
    assert text.startswith(f"# {number}. ")
    assert re.findall("^## (.*)$", text, re.MULTILINE) == ["Context", "Decision", "Consequences"]
    for part in re.split("^## .*$", text, flags=re.MULTILINE)[1:]:
        assert len(part.split()) > 5


def test_a_decision_has_a_number_of_its_own():
    numbers = [page.stem[:4] for page in DECISIONS]
    assert len(numbers) == len(set(numbers))


@pytest.mark.parametrize("verb", verbs())
def test_every_verb_is_in_the_docs(verb):
    pages = [page for page in PAGES if DOCS / "reference" not in page.parents]
    mentioned = [page for page in pages if f"fairpractice {verb}" in page.read_text("utf-8")]
    assert mentioned, f"no page but the generated reference speaks of `fairpractice {verb}`"


def test_the_reference_is_what_the_code_says():
    """Run `make docs` when this fails."""
    spec = importlib.util.spec_from_file_location("generate", DOCS / "generate.py")
    assert spec is not None
    assert spec.loader is not None
    generate = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(generate)
    written, expected = generate.kept(), generate.pages()
    stale = [
        "\n".join(
            difflib.unified_diff(
                written.get(path, "").splitlines(), expected.get(path, "").splitlines(), path, path
            )
        )
        for path in sorted(written | expected)
        if written.get(path) != expected.get(path)
    ]
    assert not stale, "\n".join(["run `make docs`", *stale])
