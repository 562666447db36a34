"""Questionnaires out of FHIR R4 JSON: found by looking in their folder, checked when they are read.

A file of the same name in the folder ``questionnaires`` of the local definitions takes the place
of a shipped one, so that a network brings its own or one that it has a licence for. Answers keep
the version they were given to; to read those of an old version, keep its file beside the new one
under another name, with the status ``retired``.

Not read, and refused with a reason: groups that repeat, questions inside a question that repeats,
questions of other kinds (``attachment``, ``quantity``, ``reference``, ``time``, ``dateTime``,
``url``), value sets that are not contained, and modifier extensions.
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any

from fairpractice.errors import FairpracticeError
from fairpractice.interoperability.fhir.elements import UNREADABLE
from fairpractice.listening import checking, names
from fairpractice.listening.extensions import (
    UnusableError,
    consequences,
    flag,
    number,
    scores,
    values,
    word,
)
from fairpractice.listening.questionnaire import (
    MODES,
    Coding,
    Condition,
    Consequences,
    Item,
    Option,
    Questionnaire,
    Value,
)
from fairpractice.listening.values import ANSWER_TYPES, Wrong, from_fhir


SHIPPED = Path(__file__).parent / "questionnaires"
FOLDER = "questionnaires"
NEEDED = ("url", "version", "title", "status", "item")
UNREAD = ("attachment", "quantity", "reference", "time", "dateTime", "url", "question")


def load(definitions: Path | None = None) -> dict[str, Questionnaire]:
    """Return all questionnaires by id: those shipped, and those in a local folder over them.

    Parameters
    ----------
    definitions
        The folder of local definitions.

    Raises
    ------
    FairpracticeError
        When a file cannot be read or used, or two say that they are the same version of the same.
    """
    folders = [SHIPPED, *([definitions / FOLDER] if definitions else [])]
    found = [file for folder in folders for file in sorted(folder.glob("*.json"))]
    files = {file.stem.replace("_", "-"): file for file in found}
    read_ones = {name: read(files[name]) for name in sorted(files)}
    seen: dict[str, Questionnaire] = {}
    for each in read_ones.values():
        if each.canonical in seen:
            raise FairpracticeError(
                f"Two questionnaires are {each.canonical}",
                where=f"{seen[each.canonical].file} and {each.file}",
                fix="Give the one that was changed a version of its own.",
            )
        seen[each.canonical] = each
    return read_ones


def offered(
    questionnaires: Mapping[str, Questionnaire], mode: str, declared: Iterable[str] = ()
) -> dict[str, Questionnaire]:
    """Return the questionnaires that may be answered now in one way.

    Parameters
    ----------
    questionnaires
        By id, as :func:`load` returns them.
    mode
        How it would be answered.
    declared
        What the network has declared that it has, such as ``safe-pathway``. A questionnaire that
        needs something else is off.
    """
    return {
        name: each
        for name, each in questionnaires.items()
        if each.status in ("active", "draft")
        and mode in each.modes
        and (not each.needs or each.needs in declared)
    }


def find(canonical: str, questionnaires: Mapping[str, Questionnaire]) -> Questionnaire:
    """Return the questionnaire and version that answers name.

    Raises
    ------
    FairpracticeError
        When that version is not here.
    """
    for each in questionnaires.values():
        if each.canonical == canonical:
            return each
    url = canonical.partition("|")[0]
    others = sorted(each.canonical for each in questionnaires.values() if each.url == url)
    raise FairpracticeError(
        "These answers are to a questionnaire, or a version of one, that is not here",
        where=canonical,
        fix=f"Put its file into the folder {FOLDER} of the definitions"
        + (f"; what is here is {', '.join(others)}." if others else "."),
    )


def read(file: Path) -> Questionnaire:
    """Return the questionnaire in a file.

    Raises
    ------
    FairpracticeError
        With the file, the ``linkId`` and what to do, when it cannot be used.
    """
    try:
        said = json.loads(file.read_text(encoding="utf-8-sig"))
    except (ValueError, RecursionError) as error:
        raise FairpracticeError(
            f"The questionnaire is not JSON: {error}", where=str(file), fix="Correct it there."
        ) from error
    return parse(said, file.stem.replace("_", "-"), str(file))


def parse(said: Any, id: str, where: str) -> Questionnaire:
    """Return the questionnaire that a FHIR R4 resource is.

    Parameters
    ----------
    said
        The resource as JSON.
    id
        What it is called here.
    where
        What errors name as its place.

    Raises
    ------
    FairpracticeError
        As :func:`read`.
    """
    reader = _Reader()
    try:
        found = reader.questionnaire(said, id, where)
        checking.check(found)
    except UnusableError as refused:
        raise FairpracticeError(
            refused.what, where=f"{where}{refused.place}", fix=refused.fix
        ) from refused
    except UNREADABLE as error:
        place = f", linkId {reader.at}" if reader.at else ""
        raise FairpracticeError(
            "This is not as FHIR R4 has a Questionnaire",
            where=where + place,
            fix="Check it with a FHIR validator, or ask where it is from for FHIR R4 (4.0.1).",
        ) from error
    return found


class _Reader:
    """One resource being read; ``at`` is the item that was reached."""

    def __init__(self) -> None:
        self.at = ""
        self.contained: dict[str, list[dict[str, Any]]] = {}

    def questionnaire(self, said: Any, id: str, where: str) -> Questionnaire:
        if not isinstance(said, dict) or said.get("resourceType") != "Questionnaire":
            raise UnusableError("This is not a Questionnaire", fix="Give a FHIR R4 Questionnaire.")
        if lacking := [key for key in NEEDED if not said.get(key)]:
            raise UnusableError(
                f"It does not say its {', '.join(lacking)}", fix="Write it at the top."
            )
        self.plain(said)
        self.contained = {
            f"#{held['id']}": list(concepts(held))
            for held in said.get("contained", ())
            if held["resourceType"] == "ValueSet"
        }
        return Questionnaire(
            id=id,
            url=text(said["url"]),
            version=text(said["version"]),
            status=text(said["status"]),
            title=text(said["title"]),
            description=text(said.get("description", "")),
            language=text(said.get("language", "en-GB")),
            why=text(said.get("purpose", "")),
            source=word(said, names.SOURCE),
            licence=word(said, names.LICENCE),
            copyright=text(said.get("copyright", "")),
            modes=tuple(values(said, names.MODES)) or MODES,
            needs=word(said, names.NEEDS),
            scores=scores(said),
            items=self.items(said),
            file=where,
        )

    def plain(self, said: Mapping[str, Any]) -> None:
        """Refuse what changes the meaning in a way that is not known."""
        if said.get("modifierExtension"):
            raise UnusableError(
                "It has a modifier extension, which changes what it means",
                self.at,
                "Ask where it is from for a form without one.",
            )

    def items(self, said: Mapping[str, Any]) -> tuple[Item, ...]:
        return tuple(self.item(inner) for inner in said.get("item", ()))

    def item(self, said: Mapping[str, Any]) -> Item:
        self.at = link_id = text(said["linkId"])
        self.plain(said)
        kind = text(said["type"])
        if kind in UNREAD:
            raise UnusableError(
                f"A question of the type {kind} is not read",
                link_id,
                "Ask it as text, a number or a choice.",
            )
        checking.known_type(kind, link_id)
        yes_no = {when: consequences(said, link_id, when) for when in (True, False)}
        made = Item(
            link_id=link_id,
            kind=kind,
            text=text(said.get("text", "")),
            prefix=text(said.get("prefix", "")),
            easy=word(said, names.EASY_READ),
            required=truth(said.get("required", False)),
            repeats=truth(said.get("repeats", False)),
            hidden=flag(said, names.HIDDEN),
            max_length=said.get("maxLength"),
            minimum=number(said, names.MINIMUM),
            maximum=number(said, names.MAXIMUM),
            options=self.options(said, link_id),
            initial=self.initial(said, link_id),
            conditions=tuple(self.condition(each, link_id) for each in said.get("enableWhen", ())),
            any_of=said.get("enableBehavior") == "any",
            follows=yes_no if yes_no != {True: Consequences(), False: Consequences()} else {},
            help_with=word(said, names.HELP_WITH),
            items=self.items(said),
        )
        if len(made.conditions) > 1 and said.get("enableBehavior") not in ("all", "any"):
            raise UnusableError(
                "It is asked under several conditions and does not say whether all are meant",
                link_id,
                'Write "enableBehavior": "all" or "any".',
            )
        return made

    def options(self, said: Mapping[str, Any], link_id: str) -> tuple[Option, ...]:
        listed = list(said.get("answerOption", ()))
        if reference := said.get("answerValueSet"):
            if listed or reference not in self.contained:
                raise UnusableError(
                    "Its answers are in a value set that is not in the file"
                    if not listed
                    else "It has both answerOption and answerValueSet",
                    link_id,
                    "List the answers once: as answerOption, or in a ValueSet in `contained`.",
                )
            listed = self.contained[reference]
        return tuple(self.option(each, link_id) for each in listed)

    def option(self, said: Mapping[str, Any], link_id: str) -> Option:
        value = value_of(said, link_id)
        coding = said.get("valueCoding", {})
        marked = [*said.get("extension", ()), *coding.get("extension", ())]
        both = {"extension": marked}
        score = next(
            (found for url in names.ORDINALS if (found := number(both, url)) is not None), None
        )
        return Option(
            value=value,
            key=value.code if isinstance(value, Coding) else str(value),
            label=(value.display or value.code) if isinstance(value, Coding) else str(value),
            easy=word(both, names.EASY_READ),
            score=score if isinstance(score, Decimal) else None,
            exclusive=flag(both, names.EXCLUSIVE),
            follows=consequences(both, link_id),
        )

    def initial(self, said: Mapping[str, Any], link_id: str) -> tuple[Value, ...]:
        chosen = [each for each in said.get("answerOption", ()) if each.get("initialSelected")]
        return tuple(value_of(each, link_id) for each in [*said.get("initial", ()), *chosen])

    def condition(self, said: Mapping[str, Any], link_id: str) -> Condition:
        given = {key: value for key, value in said.items() if key.startswith("answer")}
        if len(given) != 1:
            raise UnusableError(
                "A condition compares with no answer, or with several", link_id, "Give it one."
            )
        ((key, value),) = given.items()
        kind = key.removeprefix("answer")
        return Condition(
            text(said["question"]), text(said["operator"]), typed(kind, value, link_id)
        )


def concepts(value_set: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield the concepts that a value set lists, as answers to choose from."""
    if expanded := value_set.get("expansion"):
        listed: Iterable[tuple[str, Mapping[str, Any]]] = [
            (each.get("system", ""), each) for each in expanded["contains"]
        ]
    else:
        listed = [
            (part.get("system", ""), each)
            for part in value_set["compose"]["include"]
            for each in part["concept"]
        ]
    for system, each in listed:
        coding = {"system": system, "code": each["code"], "display": each.get("display", "")}
        yield {"valueCoding": coding, "extension": each.get("extension", [])}


def value_of(said: Mapping[str, Any], link_id: str) -> Value:
    """Return the value of an element that has one as ``value[x]``."""
    ((key, value),) = ((key, value) for key, value in said.items() if key.startswith("value"))
    return typed(key.removeprefix("value"), value, link_id)


def typed(kind: str, value: Any, link_id: str) -> Value:
    """Return a value of one of FHIR's types as ours."""
    if kind not in ANSWER_TYPES:
        raise UnusableError(
            f"An answer of the type {kind} is not read", link_id, "Use text, numbers or choices."
        )
    found = from_fhir(kind, value)
    if isinstance(found, Wrong):
        raise UnusableError(f"{value!r} is no {kind.lower()}", link_id, f"{found.what}.")
    return found


def text(said: Any) -> str:
    """Return a text, and refuse anything else."""
    if not isinstance(said, str):
        raise TypeError
    return said


def truth(said: Any) -> bool:
    """Return a truth value, and refuse anything else."""
    if not isinstance(said, bool):
        raise TypeError
    return said
