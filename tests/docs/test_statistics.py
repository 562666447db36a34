"""The examples on the pages about statistics give what the pages say."""

import doctest
import re
from pathlib import Path

import pytest


EXPLANATION = Path(__file__).parents[2] / "docs" / "explanation"
PAGES = sorted(
    page
    for page in EXPLANATION.glob("*.md")
    if ">>> from fairpractice.statistics import" in page.read_text("utf-8")
)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_every_example_gives_what_the_page_says(page: Path) -> None:
    examples = re.sub(r"^```.*$", "", page.read_text("utf-8"), flags=re.M)
    test = doctest.DocTestParser().get_doctest(examples, {}, page.name, str(page), 0)
    said: list[str] = []
    doctest.DocTestRunner().run(test, out=said.append)
    assert len(test.examples) > 5
    assert not said, "".join(said)
