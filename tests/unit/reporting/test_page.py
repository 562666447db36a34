"""The page: whole in itself, sound for a screen reader, and naming nobody."""

import base64
import hashlib
import itertools
import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from html.parser import HTMLParser

import pytest

from fairpractice.reporting.network import Network
from fairpractice.reporting.page import page
from fairpractice.reporting.sentences import MONTHS
from tests.support.networks import PRACTICES


pytestmark = pytest.mark.xdist_group("report")

VOID = {"meta", "link", "br", "img", "input", "hr"}


@dataclass
class Node:
    tag: str
    attributes: dict[str, str | None]
    children: "list[Node | str]" = field(default_factory=list)

    def all(self, *tags: str) -> "Iterator[Node]":
        for child in self.children:
            if isinstance(child, Node):
                if not tags or child.tag in tags:
                    yield child
                yield from child.all(*tags)

    @property
    def text(self) -> str:
        return "".join(c if isinstance(c, str) else c.text for c in self.children)


class Tree(HTMLParser):
    """A strict reader: every element is closed where it should be."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.root = Node("", {})
        self.open = [self.root]
        self.feed(html)
        assert self.open == [self.root], f"not closed: {[node.tag for node in self.open]}"

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        node = Node(tag, dict(attrs))
        self.open[-1].children.append(node)
        if tag not in VOID:
            self.open.append(node)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.open[-1].children.append(Node(tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop().tag == tag

    def handle_data(self, data: str) -> None:
        self.open[-1].children.append(data)


@pytest.fixture(scope="module")
def html(network: Network) -> str:
    return page(network)


@pytest.fixture(scope="module")
def tree(html: str) -> Node:
    return Tree(html).root


@pytest.fixture(scope="module")
def small(small_network: Network) -> Node:
    return Tree(page(small_network)).root


def test_nothing_is_fetched_and_nothing_runs(html: str, tree: Node) -> None:
    assert not list(tree.all("script", "iframe", "object", "embed", "form", "img"))
    for node in tree.all():
        assert not any(name.startswith("on") for name in node.attributes), node
        assert "style" not in node.attributes, node
        for name in ("href", "src"):
            link = node.attributes.get(name) or "#"
            assert link.startswith(("#", "data:,")), link
    style = next(tree.all("style")).text
    assert not re.search(r"url\(|@import|@font-face", style)
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    policies = [
        node.attributes["content"] or ""
        for node in tree.all("meta")
        if node.attributes.get("http-equiv") == "Content-Security-Policy"
    ]
    assert len(policies) == 1
    assert policies[0].startswith("default-src 'none'")
    assert f"style-src 'sha256-{digest}'" in policies[0]
    assert "unsafe" not in policies[0]
    assert len(html) < 2_000_000


def test_landmarks_headings_and_names(tree: Node) -> None:
    assert next(tree.all("html")).attributes["lang"] == "en-GB"
    for landmark in ("header", "main", "footer", "nav"):
        assert len(list(tree.all(landmark))) == 1
    headings = [int(node.tag[1]) for node in tree.all("h1", "h2", "h3", "h4", "h5", "h6")]
    assert headings[0] == 1
    assert headings.count(1) == 1
    assert all(after <= before + 1 for before, after in itertools.pairwise(headings))
    ids = [id for node in tree.all() if (id := node.attributes.get("id"))]
    assert len(ids) == len(set(ids))
    for node in tree.all():
        for name in ("href", "aria-labelledby"):
            target = node.attributes.get(name) or ""
            if name == "aria-labelledby" or target.startswith("#"):
                assert not target or target.lstrip("#") in ids, target


def test_every_table_says_what_its_cells_are(tree: Node) -> None:
    tables = list(tree.all("table"))
    assert len(tables) > 30
    for table in tables:
        assert next(table.all("caption")).text.strip()
        columns = len(list(next(table.all("thead")).all("th")))
        assert all(th.attributes["scope"] == "col" for th in next(table.all("thead")).all("th"))
        for row in next(table.all("tbody")).all("tr"):
            cells = list(row.all("th", "td"))
            assert len(cells) == columns
            assert cells[0].attributes.get("scope") == "row"
            assert all(cell.text.strip() for cell in cells[:2])
    for region in (node for node in tree.all("div") if node.attributes.get("role") == "region"):
        assert region.attributes["tabindex"] == "0"
        assert region.attributes["aria-labelledby"]


def test_every_picture_has_words_and_its_table_follows(tree: Node) -> None:
    order = [node.tag for node in tree.all("svg", "figcaption", "table")]
    assert order.count("svg") == order.count("figcaption") > 20
    pictures = list(tree.all("svg"))
    for svg in pictures:
        assert svg.attributes["role"] == "img"
        assert len(svg.attributes["aria-label"] or "") > 60
    for place, tag in enumerate(order):
        if tag == "svg":
            assert order[place + 1 : place + 3] == ["figcaption", "table"]


def test_it_says_what_it_is_in_order(network: Network, tree: Node) -> None:
    assert [h.text for h in next(tree.all("main")).all("h2")] == [
        "Contents",
        "In short",
        "Who have we heard?",
        "Where is care unequal?",
        "Who are we missing?",
        "What are we doing about it?",
        "Is help where the need is?",
        "Did it work, and who else should know?",
        "What was not asked",
        "How to read this",
        "What it was made from",
    ]
    text = " ".join(tree.text.split())
    assert "3,000 people registered, at 3 practices." in text
    assert "10 people in the record, registered now or before, who object" in text
    assert "LSOA 2021 in a fictional place" in text
    assert "1 = most deprived" in text
    for definition in (*network.measures.values(), *network.rules.values()):
        assert definition.title in text
        assert " ".join(definition.source.split()) in text
    for rule in network.rules.values():
        assert rule.action in text
        assert f"fairpractice worklist {rule.id} --record RECORD" in text
    for list_, status, digest in network.lists:
        assert f"{list_}{status}{digest}" in text.replace(" ", "").replace("\n", "")


def test_what_stands_out_is_the_widest_gap_that_can_be_told(tree: Node) -> None:
    cards = [node for node in tree.all("ul") if node.attributes.get("class") == "cards"]
    first = next(cards[1].all("li"))
    assert "Cervical screening coverage" in first.text
    assert "40.0" in first.text
    assert len(list(cards[1].all("li"))) <= 5
    assert "cannot tell from none" not in cards[1].text


def test_each_question_is_answered_in_short_and_again_where_it_is_asked(tree: Node) -> None:
    in_short = next(node for node in tree.all("ul") if node.attributes.get("class") == "cards")
    links = [link.attributes["href"] for link in in_short.all("a")]
    assert links == ["#heard", "#unequal", "#missing", "#doing", "#help", "#worked"]
    for item in in_short.all("li"):
        said = list(item.all("p"))[1].text
        assert len(said) > 30
        assert tree.text.count(said) >= 2
    assert tree.text.count("What it does not show.") == 4, "and care and rules say it each"


def test_what_is_long_is_folded_and_what_is_folded_is_whole(network: Network, tree: Node) -> None:
    sections = {node.attributes["aria-labelledby"]: node for node in tree.all("section")}
    assert set(sections) == {*network.measures, *network.rules}
    for name, section in sections.items():
        (fold,) = section.all("details")
        assert "open" not in fold.attributes
        assert network.definition(name).title in next(fold.all("summary")).text
        assert not [node for node in section.children if getattr(node, "tag", "") == "table"]
    summaries = [summary.text for summary in tree.all("summary")]
    assert len(set(summaries)) == len(summaries), "each is known by its own words"


def test_the_tables_lead_to_each_measure_and_rule(network: Network, tree: Node) -> None:
    linked = {
        link.attributes["href"]
        for table in tree.all("table")
        for th in next(table.all("tbody")).all("th")
        for link in th.all("a")
    }
    assert linked == {f"#{name}" for name in (*network.measures, *network.rules)}


COUNTS = ("people", "counted", "of", "found")


def numbers_of_people(tree: Node) -> Iterator[str]:
    """Yield every number of people that the page shows: in tables, in sentences, in captions."""
    for table in tree.all("table"):
        headings = [th.text.lower() for th in next(table.all("thead")).all("th")]
        for row in next(table.all("tbody")).all("tr"):
            cells = [cell.text for cell in row.all("th", "td")]
            for heading, cell in list(zip(headings, cells, strict=True))[1:]:
                if set(heading.split()) & set(COUNTS) and "%" not in cell:
                    yield cell
    words = tree.text + " ".join(svg.attributes["aria-label"] or "" for svg in tree.all("svg"))
    words = re.sub(rf"({'|'.join(MONTHS)})\s+\d{{4}}", r"\1", words)  # “from October 2026 people”
    yield from re.findall(r"(\d[\d,]*)\s+(?:people|person)\b", words)
    for card in tree.all("strong"):
        if card.text.strip().replace(",", "").isdigit():
            yield card.text


def test_no_number_of_people_is_small_or_unrounded(small: Node) -> None:
    shown = list(numbers_of_people(small))
    assert len(shown) > 100
    assert "hidden" in shown
    for cell in shown:
        if cell.replace(",", "").isdigit():
            number = int(cell.replace(",", ""))
            assert number == 0 or (number >= 10 and number % 5 == 0), cell
        else:
            assert cell in ("hidden", "nobody", "not asked"), cell


def test_no_practice_is_named(html: str, small: Node) -> None:
    for practice in PRACTICES:
        assert practice not in html
        assert practice not in small.text


def test_it_never_speaks_of_significance_or_blame(tree: Node) -> None:
    text = tree.text.lower()
    for word in (
        "significan",
        "worst practice",
        "poorly performing",
        "underperform",
        "nan ",
        "none %",
    ):
        assert word not in text


def test_a_title_cannot_break_the_page(network: Network) -> None:
    name = "cervical-screening"
    bad = '<script>alert("1")</script> & "quoted"'
    measures = {name: replace(network.measures[name], title=bad, notes=bad)}
    tree = Tree(page(replace(network, measures=measures, rules={}))).root
    assert not list(tree.all("script"))
    assert any(h.text == bad for h in tree.all("h4"))


def test_what_was_not_asked_is_said(network: Network) -> None:
    reason = "not available: list veteran is empty"
    tree = Tree(page(replace(network, unavailable={"veterans": reason}, rules={}))).root
    assert f"veterans: {reason}." in tree.text
    assert "No rule was asked." in tree.text
