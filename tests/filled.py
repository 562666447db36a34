"""Codelists in which what definitions cannot do without, and is empty, has a code."""

from collections.abc import Iterable
from dataclasses import replace

from fairpractice.codelists import Code, Codelist, Codelists
from fairpractice.criteria.definition import Definition


def filled(lists: Codelists, definitions: Iterable[Definition]) -> dict[str, Codelist]:
    """Return the lists by id, with a local code in each empty one that a definition needs.

    So the people drawn for a definition prove it even where no codes are shipped for it.
    """
    needed = {name for definition in definitions for name in definition.empty_lists(lists)}
    return {
        name: replace(found, codes=(Code(name, found.title, system="local"),), status="full")
        if name in needed
        else found
        for name, found in lists.items()
    }
