"""A network's extract goes in, the report comes out, and somebody reads it in a browser."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from fairpractice import cli


pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("report-in-a-browser")]

ON = "2026-10-31"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
OVERLAPS = """() => {
    const found = [];
    for (const svg of document.querySelectorAll('svg')) {
        if (!svg.getClientRects().length) continue;
        const whole = svg.getBoundingClientRect();
        const texts = [...svg.querySelectorAll('text')]
            .filter(text => text.textContent.trim() && !text.querySelector('tspan'))
            .map(text => [text.textContent, text.getBoundingClientRect()]);
        for (const [words, box] of texts) {
            if (box.left < whole.left - 1 || box.right > whole.right + 1 || box.top < whole.top - 2
                || box.bottom > whole.bottom + 2) found.push('cut off: ' + words);
            for (const [other, beside] of texts) {
                if (box === beside) continue;
                const wide = Math.min(box.right, beside.right) - Math.max(box.left, beside.left);
                const high = Math.min(box.bottom, beside.bottom) - Math.max(box.top, beside.top);
                if (wide > 1 && high > 0.35 * Math.min(box.height, beside.height))
                    found.push(words + ' / ' + other);
            }
        }
    }
    return found;
}"""


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The report of a fictional network, made by the commands that a person would run."""
    folder = tmp_path_factory.mktemp("network")
    extract, record, out = folder / "extract", folder / "pcn.record", folder / "report.html"
    definitions = ["--definitions", folder / "definitions"]
    edition, asked = "fictional2025", ["--record", record, "--on", ON]
    kept = os.environ.get("FAIRPRACTICE_KEY_FILE")
    os.environ["FAIRPRACTICE_KEY_FILE"] = str(folder / "key")
    try:
        for command in (
            ["synthetic", extract, "--people", "4000", "--format", "parquet", "--on", ON],
            ["deprivation", "add", edition, "--file", extract / "deprivation.csv", *definitions],
            ["import", "csv", extract, "--record", record, "--today", ON, *definitions],
            ["report", *asked, "--edition", edition, "--out", out, *definitions],
        ):
            assert cli.run([str(part) for part in command]) == 0, command
    finally:
        if kept is None:
            del os.environ["FAIRPRACTICE_KEY_FILE"]
        else:
            os.environ["FAIRPRACTICE_KEY_FILE"] = kept
    return out


@pytest.fixture(scope="module")
def browser(chromium: str) -> Iterator[Any]:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        yield running
        running.close()


@pytest.fixture
def reader(browser: Any, report: Path) -> Iterator[Any]:
    """Somebody with the report open; whatever it asks for or complains of fails the test."""
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    asked, complaints = [], []
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.goto(report.as_uri())
    yield page
    assert asked == [report.as_uri()], "it must ask for nothing but itself"
    assert not complaints
    page.close()


def violations(page: Any) -> list[str]:
    from axe_playwright_python.sync_playwright import Axe

    # Every section is made by one template, and axe takes minutes over them all: it sees some.
    page.evaluate(
        "document.querySelectorAll('main section').forEach((each, n) => n % 8 && each.remove())"
    )
    # axe itself is put into the page by the test, past the page's own policy.
    found = Axe().run(page, options={"runOnly": RULES}).response["violations"]
    return [f"{each['id']}: {each['nodes'][0]['html'][:200]}" for each in found]


def open_everything(page: Any) -> None:
    page.evaluate("document.querySelectorAll('details').forEach(each => each.open = true)")


def test_it_looks_as_it_should_and_nobody_is_shut_out(reader: Any) -> None:
    # An unstyled page would pass axe.
    header = reader.evaluate("getComputedStyle(document.querySelector('header')).backgroundColor")
    assert header == "rgb(0, 94, 184)"
    assert "Six questions about a network" in reader.title()
    open_everything(reader)
    assert violations(reader) == []


@pytest.mark.parametrize("width", [320, 375, 768])
def test_on_a_telephone_or_enlarged_four_times_nothing_scrolls_sideways(
    reader: Any, width: int
) -> None:
    reader.set_viewport_size({"width": width, "height": 800})
    open_everything(reader)
    wide = reader.evaluate("document.documentElement.scrollWidth")
    assert wide <= width
    outside = reader.evaluate(
        """width => [...document.querySelectorAll('p, li, h1, h2, h3, h4, dd, svg, summary')]
            .filter(each => !each.closest('.scroll') && each.getBoundingClientRect().right > width)
            .map(each => each.textContent.slice(0, 60))""",
        width,
    )
    assert outside == []
    if width == 320:
        assert violations(reader) == []


def test_it_is_read_by_keyboard_alone(reader: Any) -> None:
    reader.keyboard.press("Tab")
    assert reader.evaluate("document.activeElement.textContent") == "Skip to main content"
    assert reader.evaluate("document.activeElement.getBoundingClientRect().left") >= 0
    reader.keyboard.press("Enter")
    assert reader.evaluate("document.activeElement.id") == "main"
    reader.keyboard.press("Tab")
    assert reader.evaluate("document.activeElement.getAttribute('href')") == "#in-short"
    reader.locator("summary").first.focus()
    reader.keyboard.press("Enter")
    assert reader.evaluate("document.querySelector('details').open")
    reader.keyboard.press("Tab")
    assert reader.evaluate("document.activeElement.getAttribute('role')") == "region"


def test_no_words_in_a_picture_overlap_or_are_cut_off(reader: Any) -> None:
    open_everything(reader)
    assert reader.evaluate("document.querySelectorAll('svg').length") > 20
    assert reader.evaluate(OVERLAPS) == []


def test_on_paper_everything_is_open(reader: Any) -> None:
    table = reader.locator("details:not([open]) table").first
    visible = "table => table.checkVisibility()"
    assert not table.evaluate(visible)
    reader.emulate_media(media="print")
    assert table.evaluate(visible)
    assert table.bounding_box()["height"] > 100
    paper = reader.pdf(format="A4")
    assert paper.startswith(b"%PDF")


def test_nobody_is_named(report: Path) -> None:
    text = report.read_text(encoding="utf-8")
    assert "Y990" not in text, "a practice"
    assert "hidden" in text
