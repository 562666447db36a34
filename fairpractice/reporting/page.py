"""The report as one page of HTML: nothing in it is fetched, nothing in it runs."""

import base64
import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from fairpractice import __version__
from fairpractice.population.editions import DIRECTION, edition
from fairpractice.reporting import (
    charts,
    findings,
    heard_and_done,
    parts,
    questions,
    recorded,
    sentences,
    where_help_goes,
    worked,
)
from fairpractice.reporting.findings import STANDING_OUT
from fairpractice.reporting.network import FIFTHS, Network
from fairpractice.reporting.parts import Table
from fairpractice.reporting.questions import QUESTIONS
from fairpractice.statistics.disclosure import HIDDEN_UP_TO, ROUNDED_TO


TEMPLATES = Path(__file__).parent / "templates"
PURPOSES = {"direct_care": "direct care", "planning": "planning", "research": "research"}


def page(network: Network) -> str:
    """Return the report of a network as a page of HTML, whole in itself.

    It holds no script, no style attribute and no address that a browser would fetch, and its
    content security policy forbids all three. Every figure in it is in ``network``, so has been
    through disclosure control.
    """
    style = (TEMPLATES / "report.css").read_text(encoding="utf-8")
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES, encoding="utf-8"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    with charts.unchecked():
        shown = _shown(network)
    return environment.get_template("report.html.jinja").render(
        network=network,
        version=__version__,
        style=Markup(style),
        digest=digest,
        edition=edition(network.edition),
        direction=DIRECTION,
        date=sentences.date,
        people=sentences.people,
        hidden_up_to=HIDDEN_UP_TO,
        rounded_to=ROUNDED_TO,
        purpose=PURPOSES[network.purpose],
        **shown,
    )


def _shown(network: Network) -> dict[str, Any]:
    """Return the parts of the page, in their order."""
    found = findings.most_found(network)
    return {
        "questions": [
            {"id": each.id, "title": each.title, "said": each.said(network)} for each in QUESTIONS
        ],
        "heard": heard_and_done.who_is_heard(network),
        "done": heard_and_done.what_is_done(network),
        "help": where_help_goes.answer(network),
        "worked": worked.answer(network),
        "sets": list(network.sets.values()),
        "care": questions.care(network),
        "missed": questions.missed(network),
        "gaps": [_gap_card(network, name) for name in findings.largest_gaps(network)],
        "found": [_found_card(network, name) for name in found[:STANDING_OUT]],
        "measures": [parts.measure(network, name) for name in network.measures],
        "rules": [parts.rule(network, name) for name in found],
        "recorded": recorded.said(network),
        "recorded_picture": recorded.picture(network),
        "recorded_tables": [
            table
            for grouping in (FIFTHS, "ethnic_group")
            if (table := recorded.table(network, grouping))
        ],
        "definitions": _definitions(network),
        "lists": Table(
            "lists",
            "Codelists",
            ["List", "Status", "SHA-256"],
            [list(each) for each in network.lists],
            kind="words",
        ),
    }


@dataclass(frozen=True)
class Card:
    """What stands out: a figure in large letters, and the sentence that it is from."""

    id: str
    title: str
    figure: str
    unit: str
    sentence: str


def _gap_card(network: Network, name: str) -> Card:
    asked = network.measures[name]
    gap = findings.gap(network, name)
    assert gap is not None  # it is among the largest
    ends = [end for end in findings.ends(network, name) if end]
    digits = sentences.places(asked.unit, ends)
    unit = "percentage points between the most and the least deprived fifth"
    if asked.unit != "%":
        unit = f"between the most and the least deprived fifth, in {asked.unit}"
    figure = f"{abs(gap['value']):,.{digits}f}"
    return Card(name, asked.title, figure, unit, findings.unequal(network, name))


def _found_card(network: Network, name: str) -> Card:
    seen = findings.seen(network, name)
    figure = f"{seen:,}" if seen else sentences.HIDDEN
    total = findings.total(network, name)
    if total is not None and total["value"] is None and seen:
        figure = f"{figure} or more"
    unit = "people found" if seen else "people: too few to show"
    return Card(name, network.rules[name].title, figure, unit, findings.missing(network, name))


def _definitions(network: Network) -> Table:
    """Return where each measure and rule is from, and who has read it."""
    rows = [
        [
            asked.title,
            kind,
            asked.source,
            asked.author,
            asked.checked_by or "not yet",
            sentences.date(asked.review_by),
            findings.fingerprint(asked),
        ]
        for kind, group in (("measure", network.measures), ("rule", network.rules))
        for asked in group.values()
    ]
    headings = ["Title", "Kind", "Source", "Author", "Checked by", "Review by", "SHA-256"]
    return Table("definitions", "Measures and rules", headings, rows, kind="words")
