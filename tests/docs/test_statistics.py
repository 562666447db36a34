"""The examples on the statistics page give what the page says."""

import doctest
import re
from pathlib import Path


PAGE = Path(__file__).parents[2] / "docs" / "explanation" / "statistics.md"


def test_every_example_gives_what_the_page_says() -> None:
    examples = re.sub(r"^```.*$", "", PAGE.read_text("utf-8"), flags=re.M)
    test = doctest.DocTestParser().get_doctest(examples, {}, PAGE.name, str(PAGE), 0)
    said: list[str] = []
    doctest.DocTestRunner().run(test, out=said.append)
    assert len(test.examples) > 20
    assert not said, "".join(said)
