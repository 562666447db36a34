"""What measures and rules share: who they are about, why they matter, and a spec that proves them.

Definitions are found by looking in a folder; there is no registry. One file holds one definition,
and its name is the definition's id (``missed_reviews.py`` is ``missed-reviews``).
"""

import abc
import ast
import datetime as dt
import functools
import importlib.util
import traceback
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Generic, TypeVar

from fairpractice.codelists import Codelist, UnknownCodelist
from fairpractice.criteria.tree import (
    Criterion,
    Expression,
    Number,
    codelists_named,
    topics_named,
)
from fairpractice.errors import FairpracticeError
from fairpractice.record.social_facts import TOPICS


@dataclass(frozen=True, kw_only=True)
class Definition(abc.ABC):
    """What a measure and a rule have in common.

    Attributes
    ----------
    title
        What it is called, in sentence case.
    why
        Why it matters, and to whom it is unfair, in a sentence or two.
    source
        The guidance or paper that it follows.
    author, checked_by
        Who wrote it and who read it against its source; a role or a group, not a person's name.
        ``checked_by`` is empty until somebody has.
    review_by
        The day by which it must be read again.
    population
        Who it is about.
    unless
        Who is left out although in the population, and counted as excepted.
    outcomes
        What else is known of people, shown beside them and never a reason to drop them:
        ``invited``, ``declined``, ``unsuitable`` …
    spec
        People drawn as a table, with the answer expected: at least one in, one out and one with
        missing data. See :mod:`fairpractice.criteria.spec`.
    on
        The day on which the spec is asked.
    tags
        Words to find it by.
    notes
        Where it departs from its source, and what it does not see.
    """

    title: str
    why: str
    source: str
    author: str
    checked_by: str
    review_by: dt.date
    population: Criterion
    spec: str
    on: dt.date = dt.date(2026, 10, 31)
    unless: Criterion | None = None
    outcomes: Mapping[str, Criterion] = field(default_factory=dict)
    tags: tuple[str, ...] = ()
    notes: str = ""
    id: str = ""
    file: str = ""

    def __post_init__(self) -> None:
        parts = {"population": self.population, "unless": self.unless} | dict(self.outcomes)
        for name, part in parts.items():
            if not isinstance(part, Criterion) and not (name == "unless" and part is None):
                raise TypeError(not_a_criterion(name, part))

    @property
    @abc.abstractmethod
    def counted(self) -> Mapping[str, Expression]:
        """What is asked of the people in the population, by name; each kind says its own."""

    @property
    def asked(self) -> dict[str, Expression]:
        """Everything the definition asks, by name, but for the outcomes."""
        asked: dict[str, Expression] = {"population": self.population, **self.counted}
        if self.unless is not None:
            asked["unless"] = self.unless
        return asked

    def empty_lists(self, codelists: Mapping[str, Codelist]) -> list[str]:
        """Return the lists it cannot do without that are declared empty, each once."""
        named = (name for part in self.asked.values() for name in codelists_named(part))
        return [name for name in dict.fromkeys(named) if codelists[name].status == "empty"]

    def outcomes_known(self, codelists: Mapping[str, Codelist]) -> dict[str, Criterion]:
        """Return the outcomes whose lists have codes; the others cannot be told."""
        return {
            name: outcome
            for name, outcome in self.outcomes.items()
            if all(codelists[list_].status != "empty" for list_ in codelists_named(outcome))
        }

    @functools.cached_property
    def sensitive(self) -> bool:
        """Whether it asks about a sensitive topic: then it is for direct care alone."""
        topics = [topic for topic in TOPICS.values() if topic.sensitive]
        secret = {name for topic in topics for name in (topic.id, topic.codelist, topic.ended_by)}
        parts = [*self.asked.values(), *self.outcomes.values()]
        return any(
            name in secret
            for part in parts
            for name in (*topics_named(part), *codelists_named(part))
        )


def not_a_criterion(name: str, value: object) -> str:
    """Return what to say of something else where a criterion is meant."""
    fix = ": compare it, as in … >= 3" if isinstance(value, Number) else ""
    return f"{name!r} is to be a criterion, and {type(value).__name__} is not one{fix}"


D = TypeVar("D", bound=Definition)


@dataclass(frozen=True)
class Folders(Generic[D]):
    """Where definitions of one kind are looked for, and the name each file gives its own."""

    kind: type[D]
    name: str
    shipped: Path
    local: str

    def load(self, codelists: Mapping[str, Codelist], local: Path | None = None) -> dict[str, D]:
        """Return all definitions by id: those shipped, and those in a local folder over them.

        Raises
        ------
        FairpracticeError
            When a file cannot be run, holds no definition, or names a codelist or topic that does
            not exist; it says the file and the line.
        """
        files = list(_files(self.shipped))
        if local is not None and (local / self.local).is_dir():
            files += _files(local / self.local)
        return {
            definition.id: definition
            for definition in (self._read(file, codelists) for file in files)
        }

    def _read(self, file: Path, codelists: Mapping[str, Codelist]) -> D:
        definition = getattr(_run(file), self.name, None)
        if not isinstance(definition, self.kind):
            raise FairpracticeError(
                f"The file holds no {self.kind.__name__.lower()}",
                where=str(file),
                fix=f"Write {self.name} = {self.kind.__name__}(...) in it.",
            )
        _check_names(definition, file, codelists)
        return replace(definition, id=file.stem.replace("_", "-"), file=str(file))


def _files(folder: Path) -> Iterator[Path]:
    return (file for file in sorted(folder.glob("*.py")) if not file.name.startswith("_"))


def _run(file: Path) -> object:
    spec = importlib.util.spec_from_file_location(f"fairpractice_definition_{file.stem}", file)
    if spec is None or spec.loader is None:
        raise FairpracticeError("The file is not a Python module", where=str(file))
    module = importlib.util.module_from_spec(spec)
    try:
        spec.loader.exec_module(module)
    except Exception as error:  # whatever a definition does wrong is shown at its own line
        lines = [
            frame.lineno
            for frame in traceback.extract_tb(error.__traceback__)
            if frame.filename == str(file)
        ]
        line = lines[-1] if lines else getattr(error, "lineno", None)
        raise FairpracticeError(
            f"The definition cannot be read: {error}",
            where=f"{file}, line {line}" if line else str(file),
            fix="Put it right there; the page “write your own rule” shows a whole one.",
        ) from error
    return module


def _check_names(definition: Definition, file: Path, codelists: Mapping[str, Codelist]) -> None:
    parts = [*definition.asked.values(), *definition.outcomes.values()]
    for name in dict.fromkeys(name for part in parts for name in codelists_named(part)):
        try:
            codelists[name]
        except UnknownCodelist as error:
            raise FairpracticeError(error.what, where=_place(file, name), fix=error.fix) from error
    for topic in dict.fromkeys(topic for part in parts for topic in topics_named(part)):
        if topic not in TOPICS:
            raise FairpracticeError(
                f"There is no social topic “{topic}”",
                where=_place(file, topic),
                fix=f"Use one of {', '.join(sorted(TOPICS))}.",
            )


def _place(file: Path, name: str) -> str:
    """Return the file and line in which a name is written."""
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Constant) and node.value == name:
            return f"{file}, line {node.lineno}"
    return str(file)
