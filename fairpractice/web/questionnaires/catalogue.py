"""The questionnaires there are, their language packs, and whom to call, kept as they were read."""

import functools
from collections.abc import Iterable
from pathlib import Path

from django.conf import settings

from fairpractice.errors import FairpracticeError
from fairpractice.listening import languages, reading, urgent
from fairpractice.listening.languages import Pack
from fairpractice.listening.questionnaire import Item, Questionnaire
from fairpractice.listening.urgent import Help
from fairpractice.record.topics import SENSITIVE


EASY_READ = "easy-read"
MODES = {"text": "text_link", "letter": "text_link", "desk": "desk", "room": "in_person"}
"""How somebody answers, by the way that they are asked."""
SENSITIVE_KINDS = ("safety",)
"""Kinds of urgent need that say as much as a sensitive fact."""


def everything() -> dict[str, Questionnaire]:
    """Return all questionnaires by id, the local ones over those shipped."""
    return _everything(settings.DEFINITIONS)


@functools.lru_cache(maxsize=1)
def _everything(definitions: str) -> dict[str, Questionnaire]:
    return reading.load(Path(definitions))


def packs(questionnaire: Questionnaire) -> list[Pack]:
    """Return the language packs of a questionnaire, validated or not."""
    return [
        pack
        for pack in _packs(settings.DEFINITIONS)
        if pack.questionnaire == questionnaire.canonical
    ]


@functools.lru_cache(maxsize=1)
def _packs(definitions: str) -> list[Pack]:
    return languages.load_packs(_everything(definitions), Path(definitions))


def help_lines() -> dict[str, Help]:
    """Return whom to call, by kind of urgent need."""
    return _help_lines(settings.DEFINITIONS)


@functools.lru_cache(maxsize=1)
def _help_lines(definitions: str) -> dict[str, Help]:
    return urgent.urgent_help(Path(definitions))


def offered(way: str, declared: Iterable[str] = ()) -> dict[str, Questionnaire]:
    """Return what may be asked in a way, by id, where those things are declared."""
    return reading.offered(everything(), MODES[way], declared)


def open_to(questionnaire: Questionnaire, *, sensitive: bool) -> tuple[Item, ...]:
    """Return the questions that somebody may ask and read: none that tells of what is sensitive.

    Neither does one that is asked only after such an answer, which would tell of it. Where a score
    is sensitive, or a questionnaire needs something to be declared, all of it is.
    """
    seen = tuple(item for item in questionnaire.questions if not item.hidden)
    if sensitive:
        return seen
    bands = (band for score in questionnaire.scores for band in score.bands)
    if questionnaire.needs or {each.topic for band in bands for each in band.states} & {*SENSITIVE}:
        return ()
    closed: set[str] = set()
    while True:
        more = {
            name
            for name, item in questionnaire.by_link_id.items()
            if questionnaire.parents.get(name) in closed
            or {condition.question for condition in item.conditions} & closed
            or _tells(item)
        }
        if more <= closed:
            return tuple(item for item in seen if item.link_id not in closed)
        closed |= more


def _tells(item: Item) -> bool:
    every = [*(option.follows for option in item.options), *item.follows.values()]
    urgent = {follows.urgent for follows in every}
    return bool({*item.topics(), item.help_with} & {*SENSITIVE} or urgent & {*SENSITIVE_KINDS})


def find(canonical: str) -> Questionnaire | None:
    """Return the questionnaire and version that was asked, or nothing when it is gone."""
    try:
        return reading.find(canonical, everything())
    except FairpracticeError:
        return None


def words_of(questionnaire: Questionnaire) -> dict[str, str]:
    """Return the words in which somebody can read it, with their name: nothing unvalidated."""
    found = {"": "English"}
    if languages.has_easy_read(questionnaire):
        found[EASY_READ] = "Easy read"
    offered = languages.offered_packs(packs(questionnaire), questionnaire)
    return found | {code: f"{pack.texts['title']} ({code})" for code, pack in offered.items()}


def shown_in(questionnaire: Questionnaire, words: str) -> Questionnaire:
    """Return a questionnaire in the words that somebody chose, or its own if they are gone."""
    if words == EASY_READ:
        return languages.in_easy_read(questionnaire)
    pack = languages.offered_packs(packs(questionnaire), questionnaire).get(words)
    return languages.in_language(questionnaire, pack) if pack else questionnaire


def direction_of(questionnaire: Questionnaire, words: str) -> str:
    """Return how those words are written: ``ltr`` or ``rtl``."""
    pack = languages.offered_packs(packs(questionnaire), questionnaire).get(words)
    return pack.direction if pack else "ltr"
