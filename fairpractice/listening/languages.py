"""Questionnaires in other words: easy read, and the languages that a network supplies.

No translation is shipped. A *pack* is one JSON file in the folder ``questionnaires/languages`` of
the local definitions::

    {
      "questionnaire": "https://…/your-circumstances|1.0.0",
      "language": "pl",
      "validated": false,
      "by": "who translated it, and who checked it and how",
      "texts": {
        "title": "…", "description": "…", "purpose": "…",
        "linkId": "the question",
        "linkId/key": "one of its answers"
      }
    }

It is of one version, and whole: a form that is half in another language is refused. A pack that
is not validated is marked, and off unless it is asked for.
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from fairpractice.errors import FairpracticeError
from fairpractice.listening.questionnaire import Item, Option, Questionnaire


FOLDER = "questionnaires/languages"
KEYS = {"questionnaire": str, "language": str, "validated": bool, "by": str, "texts": dict}
RIGHT_TO_LEFT = ("ar", "arc", "ckb", "dv", "fa", "he", "ks", "ps", "sd", "ug", "ur", "yi")


@dataclass(frozen=True)
class Pack:
    """The words of one version of a questionnaire in another language.

    ``by`` says who translated it, and who checked it and how; ``validated`` whether somebody did.
    """

    questionnaire: str
    language: str
    validated: bool
    by: str
    texts: Mapping[str, str]

    @property
    def direction(self) -> str:
        """How it is written: ``ltr`` or ``rtl``, as HTML has it."""
        return "rtl" if self.language.split("-")[0].lower() in RIGHT_TO_LEFT else "ltr"


def load_packs(
    questionnaires: Mapping[str, Questionnaire], definitions: Path | None = None
) -> list[Pack]:
    """Return the language packs of a local folder.

    Parameters
    ----------
    questionnaires
        Those there are, by id.
    definitions
        The folder of local definitions.

    Raises
    ------
    FairpracticeError
        When a file cannot be read; is of a questionnaire or version that is not here; has words
        for what is not asked; or lacks some.
    """
    folder = definitions / FOLDER if definitions else None
    files = sorted(folder.glob("*.json")) if folder else []
    by_canonical = {each.canonical: each for each in questionnaires.values()}
    return [_read(file, by_canonical) for file in files]


def _read(file: Path, questionnaires: Mapping[str, Questionnaire]) -> Pack:
    def refused(what: str, fix: str) -> FairpracticeError:
        return FairpracticeError(what, where=str(file), fix=fix)

    try:
        said = json.loads(file.read_text(encoding="utf-8-sig"))
    except (ValueError, RecursionError) as error:
        raise refused(f"The language pack is not JSON: {error}", "Correct it there.") from error
    whole = isinstance(said, dict) and all(
        isinstance(said.get(key), kind) and said[key] != "" for key, kind in KEYS.items()
    )
    if not whole or not all(isinstance(text, str) for text in said["texts"].values()):
        raise refused(
            "The language pack does not say all that it must",
            f"Give {', '.join(KEYS)}; each text is a text.",
        )
    of = questionnaires.get(said["questionnaire"])
    if of is None:
        raise refused(
            f"The pack is of {said['questionnaire']}, which is not here",
            f"Use one of {', '.join(sorted(questionnaires))}; a new version is translated anew.",
        )
    needed = dict(texts(of))
    if others := sorted(set(said["texts"]) - set(needed)):
        raise refused(
            f"The pack has words for {', '.join(others)}, which {of.id} has not",
            "Take them out, or correct their names.",
        )
    if lacking := [key for key in needed if not said["texts"].get(key, "").strip()]:
        raise refused(
            f"The pack has no words for {', '.join(lacking)}",
            "Translate them: a form is shown in one language.",
        )
    return Pack(**{key: said[key] for key in KEYS})


def texts(questionnaire: Questionnaire) -> Iterator[tuple[str, str]]:
    """Yield every text of a questionnaire that is shown, with its name in a pack."""
    yield "title", questionnaire.title
    if questionnaire.description:
        yield "description", questionnaire.description
    if questionnaire.why:
        yield "purpose", questionnaire.why
    for item in questionnaire.by_link_id.values():
        if item.text and not item.hidden:
            yield item.link_id, item.text
        for option in item.options:
            yield f"{item.link_id}/{option.key}", option.label


def offered_packs(
    packs: Iterable[Pack], questionnaire: Questionnaire, *, unvalidated: bool = False
) -> dict[str, Pack]:
    """Return the packs of a questionnaire by language; only validated ones, unless asked for."""
    return {
        pack.language: pack
        for pack in packs
        if pack.questionnaire == questionnaire.canonical and (pack.validated or unvalidated)
    }


def in_language(questionnaire: Questionnaire, pack: Pack) -> Questionnaire:
    """Return a questionnaire in the words of a pack. Nothing but words differs."""

    def item(each: Item) -> Item:
        return replace(
            each,
            text=pack.texts.get(each.link_id, each.text),
            easy="",
            options=tuple(option(each, one) for one in each.options),
            items=tuple(item(inner) for inner in each.items),
        )

    def option(of: Item, each: Option) -> Option:
        return replace(each, label=pack.texts[f"{of.link_id}/{each.key}"], easy="")

    return replace(
        questionnaire,
        language=pack.language,
        title=pack.texts["title"],
        description=pack.texts.get("description", ""),
        why=pack.texts.get("purpose", ""),
        items=tuple(item(each) for each in questionnaire.items),
    )


def has_easy_read(questionnaire: Questionnaire) -> bool:
    """Say whether a questionnaire has words in easy read."""
    return any(item.easy for item in questionnaire.by_link_id.values())


def in_easy_read(questionnaire: Questionnaire) -> Questionnaire:
    """Return a questionnaire in easy read where it has such words, else in its own."""

    def item(each: Item) -> Item:
        return replace(
            each,
            text=each.easy or each.text,
            options=tuple(replace(one, label=one.easy or one.label) for one in each.options),
            items=tuple(item(inner) for inner in each.items),
        )

    return replace(questionnaire, items=tuple(item(each) for each in questionnaire.items))
