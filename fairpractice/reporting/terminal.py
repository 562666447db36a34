"""The answers as tables for a terminal, or as plain text for a file or a pipe."""

import os
import sys
import textwrap
from collections.abc import Callable, Sequence
from typing import IO

from rich import box
from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from fairpractice.population.editions import edition
from fairpractice.population.groups import GROUPINGS
from fairpractice.reporting import (
    findings,
    heard_and_done,
    parts,
    questions,
    sentences,
    where_help_goes,
    worked,
)
from fairpractice.reporting.network import FIFTHS, OTHER_GROUPS, Network
from fairpractice.reporting.questions import QUESTIONS


WIDTH = 100  # where there is no terminal to ask
WORDS = 18  # the narrowest that a column of words may become
PLAIN = str.maketrans(
    {"\N{NO-BREAK SPACE}": " ", "–": "-", "’": "'", "‘": "'", "“": '"', "”": '"', "−": "-"}
)


class Page:
    """Somewhere to print, with characters that it has.

    Without a terminal, tables are written as Markdown, which is readable as it is. Where the
    locale is C or the encoding lacks something, nothing but ASCII is written.
    """

    def __init__(self, file: IO[str] | None = None) -> None:
        self.file = file or sys.stdout
        encoding = (getattr(self.file, "encoding", None) or "utf-8").lower()
        self.ascii = not encoding.startswith("utf") or _c_locale()
        self.plain = self.ascii or not self.file.isatty()
        self.console = Console(
            file=self.file,
            width=None if self.file.isatty() else WIDTH,
            markup=False,
            emoji=False,
            highlight=False,
        )

    def fit(self, text: str) -> str:
        """Return a text in characters that can be written here."""
        if not self.ascii:
            return text
        return text.translate(PLAIN).encode("ascii", "replace").decode("ascii")

    def heading(self, text: str) -> None:
        """Print a heading."""
        self.console.print()
        self.console.print(Text(self.fit(text), style="bold"))
        if self.plain:
            self.console.print(Text("=" * len(text)))

    def say(self, text: str, lead: str = "") -> None:
        """Print a sentence, after a few words that say what it is about."""
        if self.plain:
            said = self.fit(f"{lead}. {text}" if lead else text)
            print(textwrap.fill(said, WIDTH, subsequent_indent="  "), file=self.file)
        else:
            said_text = Text.assemble((f"{lead}. ", "bold") if lead else "", text)
            self.console.print(Padding(said_text, (0, 0, 1, 0)))

    def table(self, headings: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
        """Print a table whose first column is words; the others are kept whole if there is room."""
        cells = [[self.fit(cell) for cell in row] for row in rows]
        widths = [max((len(row[n]) for row in cells), default=0) for n in range(len(headings))]
        whole = sum(widths[1:]) + 3 * len(headings) + WORDS <= self.console.width
        drawn = Table(box=box.MARKDOWN if self.plain else box.ROUNDED)
        for number, heading in enumerate(headings):
            drawn.add_column(
                self.fit(heading),
                justify="right" if number else "left",
                min_width=widths[number] if number and whole else None,
            )
        for row in cells:
            drawn.add_row(*map(Text, row))
        self.console.print(drawn)


def data_quality(network: Network, page: Page) -> None:
    """Print what is missing in the data, and for whom."""
    introduction(network, page)
    what_is_missing(network, page)
    for_whom(network, page)


def report(network: Network, page: Page) -> None:
    """Print each of the six questions, its answer in a sentence, and a table."""
    introduction(network, page)
    for question in QUESTIONS:
        page.heading(question.title)
        page.say(question.said(network))
        for table in _TABLES[question.id](network):
            page.table(table.headings, table.rows)
    page.say(
        f"All {len(network.measures)} measures and {len(network.rules)} rules are in the report. "
        "`fairpractice data-quality` says what is missing in the data, and for whom."
    )
    for name, reason in network.unavailable.items():
        page.say(reason, name)


def introduction(network: Network, page: Page) -> None:
    """Print who this is about."""
    count = "few people" if network.people is None else sentences.people(network.people)
    practices = f"{network.practices} practice{'s' if network.practices != 1 else ''}"
    said = f"{count} registered at {practices} on {sentences.date(network.on)}."
    if network.edition:
        used = edition(network.edition)
        said += f" Deprivation: {used.title} ({used.unit}), in fifths; 1 is the most deprived."
    page.say(f"{said} In brackets: 95\N{NO-BREAK SPACE}% limits.")


def what_is_missing(network: Network, page: Page) -> None:
    """Print how much is recorded, of everybody and at the two ends of deprivation."""
    page.heading("What is missing in the data, and for whom?")
    headings, table = ["Recorded", "Everybody"], []
    if network.edition:
        headings += ["Most deprived", "Least deprived", "Gap: least less most"]
    for name, measure in network.completeness.items():
        cells = [measure.title, sentences.brief(findings.total(network, name), "%")]
        if network.edition:
            cells += [sentences.share(end) for end in findings.ends(network, name)]
            cells.append(sentences.signed(findings.gap(network, name), 1))
        table.append(cells)
    page.table(headings, table)
    topics = [
        (network.completeness[name].title, row)
        for name in findings.topics(network)
        if (row := findings.total(network, name)) is not None
    ]
    page.say(sentences.topics(topics))
    if not network.edition:
        page.say(
            "By deprivation it is not known: no edition is named. Add one with `fairpractice "
            "deprivation add`, and name it with --edition."
        )


def for_whom(network: Network, page: Page) -> None:
    """Print, by each grouping, for which group each thing is recorded least and most."""
    by = (*([FIFTHS] if network.edition else []), *OTHER_GROUPS)
    for grouping in by:
        page.heading(GROUPINGS[grouping].title)
        table = [
            [
                measure.title,
                *(f"{label}: {sentences.brief(row, '%')}" for label, row in spread),
            ]
            for name, measure in network.completeness.items()
            if (spread := findings.widest_spread(network, name, grouping))
        ]
        if table:
            page.table(["What", "Recorded least for", "Recorded most for"], table)
        else:
            page.say("No group differs from another, or all are too small to be shown.")
    page.say(
        "The highest and the lowest of several groups are partly so by chance: where the limits "
        "overlap, there may be no difference."
    )


def _some(
    table: Callable[[Network, Sequence[str]], parts.Table], network: Network, names: Sequence[str]
) -> list[parts.Table]:
    """Return a table of those that stand out, if any do."""
    return [table(network, names)] if names else []


def _changed(network: Network) -> list[parts.Table]:
    """Return the gaps that have changed by more than chance."""
    changed = [each for each in worked.followed(network) if each.says in ("narrower", "wider")]
    return [worked.table(network, changed)] if changed else []


_TABLES: dict[str, Callable[[Network], list[parts.Table]]] = {
    "heard": lambda network: [heard_and_done.routes(network)],
    "unequal": lambda network: _some(questions.care, network, findings.largest_gaps(network)),
    "missing": lambda network: _some(
        questions.missed, network, findings.most_found(network)[: findings.STANDING_OUT]
    ),
    "doing": heard_and_done.offers,
    "help": where_help_goes.by_fifth,
    "worked": _changed,
}


def _c_locale() -> bool:
    """Tell whether whoever runs this has asked for the C locale, even where Python uses UTF-8."""
    named = next(
        (value for name in ("LC_ALL", "LC_CTYPE", "LANG") if (value := os.environ.get(name))), "C"
    )
    return named.split(".")[0] in ("C", "POSIX") and "utf" not in named.lower()
