"""Letters that support somebody, drafted from what is known of them: a clinician edits and sends.

A letter is one TOML file: what it says before and after the facts, and which facts it may name.
``housing.toml`` is ``housing``; a file of the same name in the folder ``letters`` of the local
definitions takes the place of a shipped one::

    title = "Supporting letter about housing"
    about = "When it is of use."
    topics = ["homelessness", "housing_problem"]
    conditions = ["asthma"]                        # codelists; never in unless chosen
    opening = ["To whom it may concern", "Re: {patient}, born {born}"]
    facts = "What our record holds:"
    closing = ["{author}, {role}, {practice}"]

Only what holds on the day is offered: a social topic that is present, fresh and stated, each with
its day and where it is from. What is sensitive is offered only when it is asked for, and nothing
sensitive, and no condition, is in the letter unless somebody chooses it.
"""

import datetime as dt
import string
import tomllib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from fairpractice.errors import FairpracticeError
from fairpractice.record.social_facts import SENSITIVE, TOPICS, Codelists, Current, current


SHIPPED = Path(__file__).parent / "letters"
FOLDER = "letters"
NEEDED = ("title", "about", "topics", "opening", "facts", "closing")
KEYS = (*NEEDED, "conditions")

Person = Mapping[str, Sequence[Mapping[str, Any]]]


@dataclass(frozen=True)
class Particulars:
    """Whom a letter is about and who writes it: what a letter may name as ``{patient}`` and so on.

    An empty one is left out, with the paragraph that names nothing else.
    """

    patient: str
    born: dt.date
    practice: str
    author: str
    role: str
    today: dt.date
    nhs_number: str = ""
    address: str = ""
    recipient: str = ""


@dataclass(frozen=True)
class Template:
    """A kind of letter, as its file declares it."""

    id: str
    title: str
    about: str
    topics: tuple[str, ...]
    conditions: tuple[str, ...]
    opening: tuple[str, ...]
    facts: str
    closing: tuple[str, ...]


@dataclass(frozen=True)
class Fact:
    """Something that a letter may say.

    Attributes
    ----------
    id
        ``topic:…`` or ``condition:…``.
    sentence
        What it says in the letter, with day and source.
    on
        The day that it names.
    sensitive
        Whether it is about something sensitive.
    chosen
        Whether it is in the letter at first.
    caution
        What whoever writes should know before it leaves, which is not in the letter.
    """

    id: str
    sentence: str
    on: dt.date
    sensitive: bool = False
    chosen: bool = True
    caution: str = ""


@dataclass(frozen=True)
class Paragraph:
    """A paragraph of plain text; ``fact`` is the id of the fact that it states, else empty."""

    text: str
    fact: str = ""


@dataclass(frozen=True)
class Letter:
    """A draft: plain paragraphs to be edited, and the facts that they name."""

    template: str
    title: str
    paragraphs: tuple[Paragraph, ...]

    @property
    def facts(self) -> tuple[str, ...]:
        """The ids of the facts that it names."""
        return tuple(each.fact for each in self.paragraphs if each.fact)

    @property
    def text(self) -> str:
        """The whole letter, a blank line between paragraphs."""
        return "\n\n".join(each.text for each in self.paragraphs) + "\n"


def load(codelists: Codelists, definitions: Path | None = None) -> dict[str, Template]:
    """Return all kinds of letter by id: those shipped, and those in a local folder over them.

    Parameters
    ----------
    codelists
        Which codelists a letter may name.
    definitions
        The folder of local definitions.

    Raises
    ------
    FairpracticeError
        When a file cannot be read, or names what does not exist.
    """
    folders = [SHIPPED, *([definitions / FOLDER] if definitions else [])]
    files = [file for folder in folders for file in sorted(folder.glob("*.toml"))]
    return {each.id: each for each in (_read(file, codelists) for file in files)}


def _read(file: Path, codelists: Codelists) -> Template:
    def refused(what: str, fix: str) -> FairpracticeError:
        return FairpracticeError(what, where=str(file), fix=fix)

    try:
        said = tomllib.loads(file.read_text(encoding="utf-8"))
    except ValueError as error:
        raise refused(f"The letter cannot be read: {error}", "Correct it there.") from error
    if lacking := [key for key in NEEDED if not said.get(key)]:
        raise refused(f"The letter does not say its {', '.join(lacking)}", "Write it.")
    if others := sorted(set(said) - set(KEYS)):
        raise refused(f"A letter has no {', '.join(others)}", f"Use {', '.join(KEYS)}.")
    lists = [said.get(key, []) for key in ("topics", "conditions", "opening", "closing")]
    if not all(
        isinstance(each, list) and all(isinstance(text, str) for text in each) for each in lists
    ):
        raise refused(
            "Its topics, conditions, opening or closing are no list of texts",
            'Write each as ["…", "…"].',
        )
    if unknown := [topic for topic in said["topics"] if topic not in TOPICS]:
        raise refused(
            f"There is no social topic {', '.join(unknown)}", f"Use some of {', '.join(TOPICS)}."
        )
    conditions = tuple(said.get("conditions", ()))
    for name in conditions:
        codelists[name]  # an unknown one is refused with its fix
    secret = {name for topic in SENSITIVE if (name := TOPICS[topic].codelist)}
    if hidden := sorted(secret & set(conditions)):
        raise refused(
            f"{', '.join(hidden)} is about something sensitive, which is no condition",
            "Name its topic among the topics.",
        )
    placeholders = set(Particulars.__dataclass_fields__)
    for text in (*said["opening"], *said["closing"]):
        try:
            parts = [part[1:] for part in string.Formatter().parse(text) if part[1] is not None]
        except ValueError as error:
            raise refused(f"“{text}” has a brace by itself", "Write {{ or }} for one.") from error
        if any(name not in placeholders or spec or kind for name, spec, kind in parts):
            raise refused(
                f"“{text}” names what a letter does not know",
                f"Use {', '.join(f'{{{name}}}' for name in sorted(placeholders))}.",
            )
    return Template(
        id=file.stem.replace("_", "-"),
        title=said["title"],
        about=said["about"],
        topics=tuple(said["topics"]),
        conditions=conditions,
        opening=tuple(said["opening"]),
        facts=said["facts"],
        closing=tuple(said["closing"]),
    )


def offered(
    template: Template,
    person: Person,
    on: dt.date,
    codelists: Codelists,
    *,
    sensitive: bool = False,
) -> list[Fact]:
    """Return what a letter about somebody may say on a day, in the order of its template.

    Parameters
    ----------
    template
        The kind of letter.
    person
        The rows of one person by table, as ``Record.person`` returns them, with what has been
        entered since; without what whoever writes may not see.
    on
        The day.
    codelists
        Which codes state what.
    sensitive
        Whether to offer what is sensitive too. It is never chosen at first.
    """
    found = [_about_topic(topic, person, on, codelists) for topic in template.topics]
    found += [_about_condition(name, person, on, codelists) for name in template.conditions]
    return [each for each in found if each and (sensitive or not each.sensitive)]


def draft(
    template: Template,
    facts: Sequence[Fact],
    particulars: Particulars,
    chosen: Collection[str] | None = None,
) -> Letter:
    """Return a letter that names the facts chosen, for somebody to edit.

    Parameters
    ----------
    template
        The kind of letter.
    facts
        What it may say, from :func:`offered`.
    particulars
        Whom it is about, and who writes it.
    chosen
        The ids of the facts to name; those that are chosen at first when it is left out.

    Raises
    ------
    FairpracticeError
        When a fact is chosen that is not offered.
    """
    if chosen is None:
        chosen = [each.id for each in facts if each.chosen]
    if unknown := sorted(set(chosen) - {each.id for each in facts}):
        raise FairpracticeError(
            f"The letter cannot say {', '.join(unknown)}: it is not known, or holds no longer",
            fix="Choose among the facts that are offered.",
        )
    said = [Paragraph(each.sentence, each.id) for each in facts if each.id in chosen]
    paragraphs = [
        *_filled(template.opening, particulars),
        *([Paragraph(template.facts), *said] if said else []),
        *_filled(template.closing, particulars),
    ]
    return Letter(template.id, template.title, tuple(paragraphs))


def _filled(texts: Sequence[str], particulars: Particulars) -> list[Paragraph]:
    values = {
        name: in_words(value) if isinstance(value, dt.date) else value
        for name, value in vars(particulars).items()
    }
    paragraphs = []
    for text in texts:
        named = [name for _, name, _, _ in string.Formatter().parse(text) if name is not None]
        if not named or any(values[name] for name in named):
            paragraphs.append(Paragraph(text.format_map(values).strip(" ,")))
    return paragraphs


def in_words(day: dt.date) -> str:
    """Return a day as a letter has it, in any locale: 3 March 2026."""
    return f"{day.day} {MONTHS[day.month - 1]} {day.year}"


MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September",
    "October", "November", "December",
)  # fmt: skip


def _about_topic(topic: str, person: Person, on: dt.date, codelists: Codelists) -> Fact | None:
    known = current(person, topic, on, codelists)
    if known.status != "present" or known.since is None:
        return None
    row = _row(topic, known, person, on)
    recorded = row.get("recorded_on") or known.since
    label = TOPICS[topic].label
    sentence = (
        f"{label[0].upper()}{label[1:]}: {_source(known.route, row)} on {in_words(recorded)}."
    )
    if known.since < recorded:
        sentence += f" It has been so since {in_words(known.since)}."
    hidden = topic in SENSITIVE or row.get("sensitivity") == "sensitive"
    others = ", ".join(
        f"{_source(each.route, {})} on {in_words(each.recorded_on)}"
        for each in known.contradicted_by
    )
    return Fact(
        id=f"topic:{topic}",
        sentence=sentence,
        on=recorded,
        sensitive=hidden,
        chosen=not hidden and not others,
        caution=f"Something else was {others}: settle it before the letter leaves."
        if others
        else "",
    )


def _row(topic: str, known: Current, person: Person, on: dt.date) -> Mapping[str, Any]:
    """Return the row of the statement that holds; none when it is a coded entry."""
    rows = [
        row
        for row in person.get("social_fact", ())
        if row["topic"] == topic
        and row["status"] == "present"
        and row["route"] == known.route
        and row["recorded_on"] <= on
        and (row.get("true_from") or row["recorded_on"]) == known.since
    ]
    return max(rows, key=lambda row: row["recorded_on"], default={})


def _source(route: str, row: Mapping[str, Any]) -> str:
    if route == "external":
        return f"told to us by {row.get('source_organisation') or 'another organisation'}"
    return "told to us by the patient" if route == "self_reported" else "recorded by our team"


def _about_condition(name: str, person: Person, on: dt.date, codelists: Codelists) -> Fact | None:
    codes = codelists[name].pairs
    days = [
        row["date"]
        for row in person.get("event", ())
        if (row["code_system"], row["code"]) in codes and row["date"] <= on
    ]
    if not days:
        return None
    return Fact(
        id=f"condition:{name}",
        sentence=f"{codelists[name].title}: in our record since {in_words(min(days))}.",
        on=min(days),
        chosen=False,
        caution="It is known to have been recorded, not that it still holds: check it.",
    )
