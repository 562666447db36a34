"""Where a letter, or somebody's own words, may tell of a circumstance: for a person to look at.

Plain matching that can be explained: terms of the topics' codelists and the phrases of
``phrases.toml``, as whole words. A mention is passed over when its part of the sentence, before it,

- says that it is not so (*denies*, *is not*),
- speaks of somebody else (*her mother*),
- or of another time, or of what may be (*history of*, *used to*, *at risk of*, *if*).

So it rather misses than invents: nothing is said of what it does not find. That something is not so
follows only from phrases that say it in themselves (*no longer a carer*). It decides nothing:
what it finds is a suggestion, shown in the sentence it is from.
"""

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from fairpractice.record.social_facts import Codelists
from fairpractice.record.topics import TOPICS


PHRASES = Path(__file__).with_name("phrases.toml")
SENTENCE = re.compile(r"[^.!?;\n\r]+(?:[.!?;](?!\s|$)[^.!?;\n\r]*)*[.!?;]?")
CLAUSE = re.compile(
    r",|:|\(|\)|\s[-–—]\s|\b(?:but|however|although|though|whereas|while|yet)\b", re.IGNORECASE
)
WORDS = r"(?<![\w-])(?:{})(?![\w-])"
GUARDS: Mapping[str, tuple[str, ...]] = {
    "it says that it is not so": (
        "no", "not", "never", "none", "nor", "neither", "without", "denies", "denied", "deny",
        "cannot be", "isn['’]t", "wasn['’]t", "aren['’]t", "hasn['’]t", "haven['’]t", "doesn['’]t",
        "don['’]t", "didn['’]t", "no longer", "negative for", "rather than", "ruled out",
    ),
    "it speaks of somebody else": (
        "(?:his|her|their|my|the|a|whose) (?:\\w+ )?(?:mother|father|mum|dad|mam|parents?|brother|"
        "sister|son|daughter|husband|wife|partner|ex|boyfriend|girlfriend|friends?|neighbours?|"
        "uncle|aunt|cousin|nephew|niece|grandmother|grandfather|grandparents?|child|children|"
        "family|carer|landlord|colleague)", "family history", "mother", "father", "people who",
        "those who", "somebody else", "patients who", "anyone", "other people",
    ),
    "it speaks of another time, or of what may be": (
        "history of", "previous", "previously", "formerly", "former", "used to", "once",
        "in the past", "years ago", "as a child", "in childhood", "if", "whether", "may", "might",
        "could", "would", "risk of", "at risk", "worried about becoming", "afraid of becoming",
        "fear of becoming", "scared of becoming", "avoid", "avoids", "prevent", "in case", "unless",
        "asked about", "asks about", "advice about", "advice on", "screened for", "query",
        "possible", "possibly", "until",
    ),
}  # fmt: skip


@dataclass(frozen=True)
class Mention:
    """A sentence that may tell of a circumstance.

    ``phrase`` is what was found, as it stands in ``sentence``, at ``start`` of it.
    """

    topic: str
    status: str
    phrase: str
    sentence: str
    start: int


@dataclass(frozen=True)
class Phrases:
    """The phrases looked for, as one pattern; what each, in small letters, may tell of."""

    pattern: re.Pattern[str]
    tells: Mapping[str, tuple[str, str]]


def phrases(codelists: Codelists) -> Phrases:
    """Return the phrases of all topics: the terms of their codelists, and our own over them."""
    tells: dict[str, tuple[str, str]] = {}
    for topic in TOPICS.values():
        for name, status in ((topic.codelist, "present"), (topic.ended_by, "absent")):
            for code in codelists[name].codes if name else ():
                tells.setdefault(_plain(code.term), (topic.id, status))
    for topic_id, said in tomllib.loads(PHRASES.read_text(encoding="utf-8")).items():
        for status, found in said.items():
            tells |= {_plain(phrase): (TOPICS[topic_id].id, status) for phrase in found}
    tells.pop("", None)
    longest = sorted(tells, key=lambda phrase: (-len(phrase), phrase))
    either = "|".join(map(_flexible, longest))
    return Phrases(re.compile(WORDS.format(either), re.IGNORECASE), tells)


def _plain(phrase: str) -> str:
    """Return a phrase in small letters, single spaces and straight apostrophes."""
    return " ".join(phrase.lower().replace("’", "'").split())


def _flexible(phrase: str) -> str:
    return re.escape(phrase).replace(r"\ ", r"\s+").replace("'", "['’]")


def mentions(text: str, looked_for: Phrases) -> list[Mention]:
    """Return what a text may tell of, in its order: each topic and status once.

    Parameters
    ----------
    text
        A letter, or what somebody wrote.
    looked_for
        The phrases of :func:`phrases`.
    """
    found: dict[tuple[str, str], Mention] = {}
    for each in _all(text, looked_for):
        found.setdefault((each.topic, each.status), each)
    return list(found.values())


def _all(text: str, looked_for: Phrases) -> Iterator[Mention]:
    for sentence in SENTENCE.finditer(text):
        words = sentence[0].strip()
        for match in looked_for.pattern.finditer(words):
            topic, status = looked_for.tells[_plain(match[0])]
            if status == "absent" or not passed_over(words, match.start()):
                yield Mention(topic, status, match[0], words, match.start())


def passed_over(sentence: str, start: int) -> str:
    """Return why what stands at a place of a sentence is passed over; nothing when it is not."""
    before = CLAUSE.split(sentence[:start])[-1]
    return next((why for why, guard in _guards() if guard.search(before)), "")


@lru_cache(maxsize=1)
def _guards() -> tuple[tuple[str, re.Pattern[str]], ...]:
    return tuple(
        (why, re.compile(WORDS.format("|".join(words)), re.IGNORECASE))
        for why, words in GUARDS.items()
    )
