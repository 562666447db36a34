"""Which codes mean what: versioned lists, each with its source, its licence and its hash.

A list that is shipped is a *starter* (the main concepts) or declared *empty* (no openly licensed
concept is known). A practice loads a *full* list over it with ``fairpractice codelists add``.
"""

import difflib
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from fairpractice.codelists.lists import Code, Codelist, Header, Status, header, read
from fairpractice.codelists.lock import locked
from fairpractice.errors import FairpracticeError


SHIPPED = Path(__file__).parent / "lists"

__all__ = ["Code", "Codelist", "Codelists", "Status", "UnknownCodelist", "load", "used"]


class UnknownCodelist(FairpracticeError, KeyError):  # noqa: N818  it is what is unknown
    """There is no list of that id."""

    def __init__(self, asked: str, known: Iterable[str]) -> None:
        close = difflib.get_close_matches(asked, known, n=1)
        meant = f" Did you mean {close[0]!r}?" if close else ""
        super().__init__(
            f"There is no codelist {asked!r}",
            fix="`fairpractice codelists status` names those there are; "
            f"`fairpractice codelists add` adds one.{meant}",
        )


class Codelists(Mapping[str, Codelist]):
    """The lists in force by id. A list is read, and its codes are checked, when it is asked for."""

    def __init__(self, headers: Mapping[str, Header]) -> None:
        self._headers = dict(sorted(headers.items()))
        self._read: dict[str, Codelist] = {}

    def __getitem__(self, id: str) -> Codelist:
        if id not in self._headers:
            raise UnknownCodelist(id, self._headers)
        if id not in self._read:
            self._read[id] = read(self._headers[id])
        return self._read[id]

    def __iter__(self) -> Iterator[str]:
        return iter(self._headers)

    def __len__(self) -> int:
        return len(self._headers)


def load(local: Path | None = None) -> Codelists:
    """Return the shipped lists, with those of a definitions folder over them.

    Parameters
    ----------
    local
        The definitions folder (see :func:`fairpractice.local.definitions_folder`), whose
        ``codelists`` folder is read; the shipped lists alone when left out. It need not exist.

    Raises
    ------
    FairpracticeError
        When a header is incomplete, or a local list is not what ``codelists add`` wrote. The
        codes themselves are checked when a list is first asked for.
    """
    found = {file.stem: header(file) for file in SHIPPED.glob("*.csv")}
    if local is not None:
        found |= locked(local / "codelists")
    return Codelists(found)


def used(codelists: Codelists, ids: Iterable[str]) -> list[tuple[str, Status, str]]:
    """Return the stamp that a result carries: which lists it used, and which version of each.

    Parameters
    ----------
    codelists
        The lists that the result was made with.
    ids
        The ids of those it used, in any order and with repeats.

    Returns
    -------
    list
        One (id, status, first 12 digits of the SHA-256) for each list, in the order of the ids.
    """
    lists = [codelists[id] for id in sorted(set(ids))]
    return [(each.id, each.status, each.sha256[:12]) for each in lists]
