"""Services that look like one: alike by name, and at one postcode or from one provider.

They are suggested; a person settles it (:func:`fairpractice.web.directory.keeping.settle`).
"""

import itertools
from collections import defaultdict
from uuid import UUID

from fairpractice.web.directory import finding, indexing
from fairpractice.web.directory.models import Pair, Service


ALIKE = 0.75
"""How alike two names must be: the Dice coefficient of their trigrams."""
SHOWN = 50


def suggested() -> list[tuple[Service, Service]]:
    """Return pairs that nobody settled yet, the likest first; the longer known of each first."""
    settled = {frozenset(each) for each in Pair.objects.values_list("first_id", "second_id")}
    by_place: dict[str, set[UUID]] = defaultdict(set)
    rows = {each.id: each for each in finding.listed().select_related("provider", "organisation")}
    at = finding.listed().values_list(
        "id", "service_at_locations__location__addresses__postal_code"
    )
    for key, postcode in at:
        if postcode:
            by_place["".join(postcode.upper().split())].add(key)
    for key, row in rows.items():
        if row.provider_id or row.organisation_id:
            by_place[f"{row.provider_id} {row.organisation_id}"].add(key)
        by_place[" ".join(indexing.words(row.name))].add(key)
    words = {key: indexing.trigrams(indexing.words(row.name)) for key, row in rows.items()}
    pairs = {
        pair
        for keys in by_place.values()
        for pair in map(frozenset, itertools.combinations(sorted(keys), 2))
        if pair not in settled
    }
    found = []
    for pair in pairs:
        one, other = sorted(pair)
        shared = len(words[one] & words[other])
        likeness = 2 * shared / (len(words[one]) + len(words[other]) or 1)
        if likeness >= ALIKE:
            found.append((-likeness, rows[one].name, one, other))
    return [(rows[one], rows[other]) for _, _, one, other in sorted(found)[:SHOWN]]
