"""The page on what to code: its example gives what it says."""

import doctest
import re
from pathlib import Path


PAGE = Path(__file__).parents[2] / "docs" / "how-to" / "code-and-put-right.md"


def test_the_example_gives_what_the_page_says() -> None:
    examples = re.sub(r"^```.*$", "", PAGE.read_text("utf-8"), flags=re.MULTILINE)
    test = doctest.DocTestParser().get_doctest(examples, {}, PAGE.name, str(PAGE), 0)
    said: list[str] = []
    doctest.DocTestRunner().run(test, out=said.append)
    assert said == []
    assert test.examples
