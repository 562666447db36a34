"""What is worked out of an entry so that it is found: needs, trigrams, and what tells if it suits.

A trigram is three letters in a row of a word, with two blanks before it and one after. Words that
differ by a letter or two share most of theirs: so a search finds what was typed wrongly, with an
index that every PostgreSQL has.
"""

import re
import unicodedata
from collections.abc import Collection, Iterable
from uuid import UUID

from fairpractice.referral import needs
from fairpractice.web.directory import plain
from fairpractice.web.directory.models import Attribute, Service


_WORD = re.compile(r"\w+")
AT_ONCE = 500
IN_NAME, BESIDE, IN_TEXT = 1.0, 0.9, 0.6
"""How much a word counts in a service's name; in its terms and who offers it; in what it says."""


def words(text: str) -> list[str]:
    """Return the words of a text: lower case, without accents and apostrophes."""
    bare = unicodedata.normalize("NFKD", text.casefold().replace("’", "").replace("'", ""))
    return _WORD.findall("".join(each for each in bare if not unicodedata.combining(each)))


def trigrams(said: Iterable[str]) -> set[str]:
    """Return the trigrams of words."""
    padded = (f"  {word} " for word in said)
    return {word[start : start + 3] for word in padded for start in range(len(word) - 2)}


def alike(one: str, other: str) -> float:
    """Return how alike two words are, from 0 to 1: the Dice coefficient of their trigrams."""
    first, second = trigrams([one]), trigrams([other])
    return 2 * len(first & second) / (len(first) + len(second))


def said_by(service: Service, terms: Iterable[str]) -> dict[str, float]:
    """Return the words by which a service is found, and how much each counts."""
    provider = service.provider.name if service.provider else ""
    found: dict[str, float] = {}
    for texts, weight in (
        ((service.description, service.eligibility_description), IN_TEXT),
        ((*terms, provider, service.offered_by), BESIDE),
        ((service.name, service.alternate_name), IN_NAME),
    ):
        found |= dict.fromkeys((word for text in texts for word in words(text)), weight)
    return found


def terms_of(services: Collection[UUID]) -> dict[UUID, list[str]]:
    """Return the names of the terms that are said of each service."""
    found: dict[UUID, list[str]] = {each: [] for each in services}
    said = Attribute.objects.filter(link_id__in=services, taxonomy_term__isnull=False)
    for link, name in said.order_by("id").values_list("link_id", "taxonomy_term__name"):
        if name not in found[link]:
            found[link].append(name)
    return found


def index(services: Collection[UUID]) -> None:
    """Work out again what is worked out of some services, after they changed."""
    ids = sorted(services)
    for start in range(0, len(ids), AT_ONCE):
        some = ids[start : start + AT_ONCE]
        terms = terms_of(some)
        rows = list(plain.with_all(Service.objects.filter(id__in=some)))
        for row in rows:
            row.known = plain.worked_out(row)
            row.trigrams = sorted(trigrams(said_by(row, terms[row.id])))
            row.needs = sorted(needs.answered_by([row.name, row.alternate_name, *terms[row.id]]))
        Service.objects.bulk_update(rows, ["needs", "trigrams", "known"])


def index_all() -> int:
    """Work it out again of every service, and return how many there are."""
    everyone = list(Service.objects.values_list("id", flat=True))
    index(everyone)
    return len(everyone)
