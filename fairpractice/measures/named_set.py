"""Named sets of measures, such as Core20PLUS5: what a framework asks, and of whom.

A set is one TOML file, and its name is the set's id (``core20plus5_adults.toml`` is
``core20plus5-adults``)::

    title = "Core20PLUS5 for adults"
    about = "Who it is for, and what it asks."
    source = "Where it is published."
    checked_by = ""
    review_by = 2027-11-23

    [[area]]
    title = "Severe mental illness"
    asks = "What the framework asks in this area."
    measures = ["severe-mental-illness-health-check"]

    [[area]]
    title = "Maternity"
    asks = "Continuity of midwifery carer."
    elsewhere = "What general practice's record cannot show, and where it is published."

    [[plus]]
    title = "People with a learning disability"
    ever = "learning-disability"

A PLUS group is declared by one of ``ever = LIST``; ``on_register = LIST`` with ``ended_by = LIST``;
``circumstance = TOPIC``; or ``grouping = ID`` with ``groups = [...]``. A file of the same name in
the folder ``named_sets`` of the local definitions takes the place of a shipped one, so that a
network declares its own.
"""

import datetime as dt
import difflib
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from fairpractice.codelists import Codelist
from fairpractice.criteria import circumstance, ever, on_register
from fairpractice.criteria.tree import Criterion, codelists_named, topics_named
from fairpractice.errors import FairpracticeError
from fairpractice.measures.measure import Measure
from fairpractice.population.groups import GROUPINGS
from fairpractice.record.social_facts import SENSITIVE, TOPICS


SHIPPED = Path(__file__).parent / "named_sets"
KEYS = {"title", "about", "source", "checked_by", "review_by", "area", "plus"}
NEEDED = ("title", "about", "source", "review_by", "area")


@dataclass(frozen=True)
class Area:
    """One thing a framework asks for.

    ``measures`` are the ids of what shows it; ``elsewhere`` says what of it the record cannot show,
    and where that is published.
    """

    title: str
    asks: str
    measures: tuple[str, ...] = ()
    elsewhere: str = ""


@dataclass(frozen=True)
class Plus:
    """A group that a network has declared: those of whom a criterion is true, or some groups.

    One of ``criterion`` and ``grouping`` is given; ``groups`` are of that grouping.
    """

    title: str
    criterion: Criterion | None = None
    grouping: str = ""
    groups: tuple[str, ...] = ()

    def empty_lists(self, codelists: Mapping[str, Codelist]) -> list[str]:
        """Return the lists it needs that are declared empty."""
        named = [] if self.criterion is None else codelists_named(self.criterion)
        return [name for name in named if codelists[name].status == "empty"]


@dataclass(frozen=True)
class NamedSet:
    """A framework: its areas, and the groups that it looks at beside the most deprived fifth."""

    id: str
    title: str
    about: str
    source: str
    checked_by: str
    review_by: dt.date
    areas: tuple[Area, ...]
    plus: tuple[Plus, ...] = ()

    @property
    def measures(self) -> tuple[str, ...]:
        """The ids of all its measures, each once, in order."""
        return tuple(dict.fromkeys(name for area in self.areas for name in area.measures))


def load_sets(
    measures: Mapping[str, Measure],
    codelists: Mapping[str, Codelist],
    definitions: Path | None = None,
) -> dict[str, NamedSet]:
    """Return all named sets by id: those shipped, and those in a local folder over them.

    Parameters
    ----------
    measures, codelists
        What a set may name.
    definitions
        The folder of local definitions.

    Raises
    ------
    FairpracticeError
        When a file cannot be read, or names something that does not exist or is sensitive.
    """
    folders = [SHIPPED, *([definitions / "named_sets"] if definitions else [])]
    files = [file for folder in folders for file in sorted(folder.glob("*.toml"))]
    return {
        found.id: found for found in (_File(file, measures, codelists).read() for file in files)
    }


@dataclass(frozen=True)
class _File:
    """One file being read."""

    file: Path
    measures: Mapping[str, Measure]
    codelists: Mapping[str, Codelist]

    def refuse(self, what: str, fix: str) -> FairpracticeError:
        return FairpracticeError(what, where=str(self.file), fix=fix)

    def read(self) -> NamedSet:
        try:
            said = tomllib.loads(self.file.read_text(encoding="utf-8"))
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
            raise self.refuse(f"The set cannot be read: {error}", "Correct it there.") from error
        if lacking := [key for key in NEEDED if key not in said]:
            raise self.refuse(
                f"The set does not say its {', '.join(lacking)}", "Write it at the top."
            )
        if others := sorted(set(said) - KEYS):
            raise self.refuse(
                f"The set says {', '.join(others)}, which means nothing here",
                f"Use {', '.join(sorted(KEYS))}.",
            )
        return NamedSet(
            id=self.file.stem.replace("_", "-"),
            title=said["title"],
            about=said["about"],
            source=said["source"],
            checked_by=said.get("checked_by", ""),
            review_by=said["review_by"],
            areas=tuple(self.area(each) for each in said["area"]),
            plus=tuple(self.plus(each) for each in said.get("plus", [])),
        )

    def area(self, said: Mapping[str, Any]) -> Area:
        for name in said.get("measures", []):
            self.known("measure", name, self.measures)
        try:
            return Area(**{**said, "measures": tuple(said.get("measures", []))})
        except TypeError as error:
            raise self.refuse(
                f"The area “{said.get('title', '')}” cannot be read",
                "Use title, asks, measures and elsewhere.",
            ) from error

    def plus(self, said: Mapping[str, Any]) -> Plus:
        match said:
            case {"title": title, "ever": name, **rest} if not rest:
                criterion = ever(name)
            case {"title": title, "on_register": name, "ended_by": end, **rest} if not rest:
                criterion = on_register(name, ended_by=end)
            case {"title": title, "circumstance": topic, **rest} if not rest:
                criterion = circumstance(topic)
            case {"title": title, "grouping": grouping, "groups": groups, **rest} if not rest:
                self.known("grouping", grouping, GROUPINGS)
                for group in groups:
                    self.known("group", group, GROUPINGS[grouping].labels)
                return Plus(title, grouping=grouping, groups=tuple(groups))
            case _:
                raise self.refuse(
                    f"The group “{said.get('title', '')}” is not declared in a way that is known",
                    "Give a title, and one of: ever; on_register and ended_by; circumstance; "
                    "grouping and groups.",
                )
        for topic in topics_named(criterion):
            self.known("social topic", topic, TOPICS)
        for name in codelists_named(criterion):
            self.known("codelist", name, self.codelists)
        self.not_sensitive(title, criterion)
        return Plus(title, criterion)

    def known(self, kind: str, name: str, among: Mapping[str, Any]) -> None:
        if name in among:
            return
        close = difflib.get_close_matches(name, among, n=1)
        meant = f"Did you mean {close[0]}?" if close else f"Use one of {', '.join(sorted(among))}."
        raise self.refuse(f"There is no {kind} “{name}”", meant)

    def not_sensitive(self, title: str, criterion: Criterion) -> None:
        """Refuse a group that is about a sensitive topic: it must leave no trace in counts."""
        secret = {
            name
            for topic in SENSITIVE
            for name in (topic, TOPICS[topic].codelist, TOPICS[topic].ended_by)
        }
        if secret & {*topics_named(criterion), *codelists_named(criterion)}:
            raise self.refuse(
                f"The group “{title}” is about a sensitive topic, which is for direct care alone",
                "Leave it out.",
            )
