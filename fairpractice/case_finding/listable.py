"""Who could be listed: asked of a record in one go, and laid out for filling the places."""

import datetime as dt
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import reduce
from operator import or_
from pathlib import Path

import ibis
import ibis.expr.types as ir
import numpy as np
import pandas as pd

from fairpractice.case_finding.choosing import Candidates, Chosen, Ints, Minimum, choose
from fairpractice.case_finding.priority import InGroup, Points, Scheme
from fairpractice.case_finding.worklist import registered_at
from fairpractice.codelists import Codelist
from fairpractice.criteria.bits import bit
from fairpractice.criteria.gather import ID
from fairpractice.criteria.plan import Answers, ask
from fairpractice.criteria.tree import Criterion, Expression
from fairpractice.population.groups import NOT_RECORDED, Place, grouping
from fairpractice.record.calendar import mask_of
from fairpractice.record.reading import Readable


@dataclass(frozen=True)
class Asked:
    """Of what, on which day and with which lists a scheme is asked.

    ``edition`` and ``definitions`` are the deprivation edition and the folder of local files, for
    schemes that look at deprivation; ``practice`` an ODS code, all of the record when empty.
    """

    record: Readable
    on: dt.date
    codelists: Mapping[str, Codelist]
    practice: str = ""
    edition: str = "imd2025"
    definitions: Path | None = None


@dataclass(frozen=True)
class Listable:
    """The people whom a scheme is about, counted, and those of them who could be listed.

    Attributes
    ----------
    candidates
        Those who could be listed, with those moved on to the list.
    population
        How many people the scheme is about, those set aside among them.
    set_aside
        How many are set aside, by each reason; somebody may be by several.
    cannot_tell
        How many have no reason for points, and of whom one at least cannot be told.
    kept_for
        The share of the places that each minimum keeps, by its name.
    """

    scheme: Scheme
    candidates: Candidates
    population: int
    set_aside: Mapping[str, int]
    cannot_tell: int
    kept_for: Mapping[str, float]

    def choose(
        self,
        capacity: int,
        *,
        weights: Sequence[float] | None = None,
        moved_on: Sequence[int] = (),
    ) -> Chosen:
        """Fill so many places; with other points than the scheme's where ``weights`` are given.

        ``moved_on`` are pseudonyms of candidates.
        """
        given = [each.points for each in self.scheme.points] if weights is None else weights
        found = np.flatnonzero(np.isin(self.candidates.person, moved_on))
        row_of = {int(self.candidates.person[row]): int(row) for row in found}
        return choose(
            self.candidates,
            given,
            capacity,
            least=self.scheme.least,
            minima=[
                Minimum(name, math.floor(share * capacity + 1e-9))
                for name, share in self.kept_for.items()
            ],
            by_practice=self.scheme.by_practice,
            moved_on=[row_of[person] for person in moved_on],
        )


def listable(
    scheme: Scheme,
    asked: Asked,
    capacity: int,
    *,
    moved_on: Sequence[int] = (),
    moved_off: Sequence[int] = (),
) -> Listable:
    """Ask a record who could be listed.

    Parameters
    ----------
    scheme
        What the list is made by.
    asked
        Of what, and on which day.
    capacity
        How many places there are at the most: of people who are alike no more are kept.
    moved_on, moved_off
        Pseudonyms of people who are among the candidates whatever their points, and who are not.

    Raises
    ------
    FairpracticeError
        When nobody was ever registered at the practice; when the scheme looks at deprivation and
        the edition is not loaded.
    """
    engine = asked.record.engine
    people, kept = _asked(scheme, asked, moved_off)
    counted = engine.to_arrow(_counted(scheme, people)).to_pylist()[0]
    able = people.filter(people.aside == 0)
    alike = _alike(scheme)
    kinds = engine.to_arrow(able.group_by(alike).agg(people=able.count())).to_pandas()
    rows = engine.to_arrow(_nearest(scheme, able, alike, capacity, moved_on)).to_pandas()
    for table in (people, kept):
        engine.release(table)
    return _laid_out(scheme, kinds, rows, counted)


def listables(
    schemes: Mapping[str, Scheme], asked: Asked, also: Mapping[str, Criterion]
) -> tuple[dict[str, Listable], pd.DataFrame]:
    """Ask a record who could be listed by several schemes about the same people, together.

    Everybody's answers are held in memory, so it is for comparing, not for long records.

    Parameters
    ----------
    schemes, asked
        As in :func:`listable`, the schemes by name.
    also
        What else is asked of everybody, by name.

    Returns
    -------
    Who could be listed, by scheme; and everybody who is not set aside: ``patient_id`` and a
    column of flags for each of ``also``.

    Raises
    ------
    ValueError
        When the schemes differ in whom they are about or set aside.
    """
    first, *others = schemes.values()
    if any((o.population, o.set_aside) != (first.population, first.set_aside) for o in others):
        raise ValueError("schemes that are compared are about the same people")
    reasons = [each.of for scheme in schemes.values() for each in scheme.points]
    whole = replace(
        first,
        points=tuple(Points("", of, 1) for of in dict.fromkeys([*reasons, *also.values()])),
        minima=tuple(dict.fromkeys(each for s in schemes.values() for each in s.minima)),
        ties=tuple(dict.fromkeys(each for s in schemes.values() for each in s.ties)),
    )
    engine = asked.record.engine
    people, kept = _asked(whole, asked, ())
    counted = engine.to_arrow(_counted(whole, people)).to_pylist()[0]
    frame = engine.to_arrow(people.filter(people.aside == 0)).to_pandas()
    for table in (people, kept):
        engine.release(table)
    place_of = {each.of: place for place, each in enumerate(whole.points)}
    found = {}
    for name, scheme in schemes.items():
        places = [whole.points.index(replace(each, label="", points=1.0)) for each in scheme.points]
        rows = frame.assign(
            reasons=_moved(frame["reasons"], places),
            minima=_moved(frame["minima"], [whole.minima.index(each) for each in scheme.minima]),
            **{
                f"tie_{n}": frame[f"tie_{whole.ties.index(tie)}"]
                for n, tie in enumerate(scheme.ties)
            },
        )
        kinds = rows.groupby(_alike(scheme), as_index=False).size()
        kinds = kinds.rename(columns={"size": "people"})
        if scheme.least > 0:
            rows = rows[(rows["reasons"] & _gives(scheme)) != 0]
        found[name] = _laid_out(scheme, kinds, rows, counted)
    flags = {name: _moved(frame["reasons"], [place_of[of]]) == 1 for name, of in also.items()}
    return found, frame[[ID]].assign(**flags)


def _moved(bits: pd.Series, places: Sequence[int]) -> Ints:
    """Return the bits of some places, in their order."""
    packed = bits.to_numpy(np.int64)
    moved = np.zeros_like(packed)
    for n, place in enumerate(places):
        moved |= (packed >> place & 1) << n
    return moved


def _asked(scheme: Scheme, asked: Asked, moved_off: Sequence[int]) -> tuple[ir.Table, ir.Table]:
    """Return one row a person whom the scheme is about, and what it rests on, both kept."""
    engine = asked.record.engine
    answers = ask(_questions(scheme), [asked.on], asked.record, asked.codelists)
    kept = engine.cache(answers.table)
    people = _people(scheme, asked, replace(answers, table=kept), moved_off)
    return engine.cache(people), kept


def _laid_out(
    scheme: Scheme, kinds: pd.DataFrame, rows: pd.DataFrame, counted: Mapping[str, int | None]
) -> Listable:
    alike = _alike(scheme)
    kinds = kinds.sort_values(alike, ignore_index=True)
    minima = list(_minima(scheme, kinds))
    total = max(int(kinds["people"].sum()), 1)
    return Listable(
        scheme,
        _candidates(scheme, kinds, rows, alike, [counts for _, _, counts in minima]),
        int(counted["population"] or 0),
        {name: int(counted[f"aside_{n}"] or 0) for n, name in enumerate(scheme.set_aside)},
        int(counted["cannot_tell"] or 0),
        {
            name: parity * float(kinds["people"][counts].sum()) / total
            for name, parity, counts in minima
        },
    )


def _questions(scheme: Scheme) -> dict[str, Expression]:
    return {
        "population": scheme.population,
        **{f"aside_{n}": why for n, why in enumerate(scheme.set_aside.values())},
        **{
            f"reason_{n}": each.of
            for n, each in enumerate(scheme.points)
            if isinstance(each.of, Criterion)
        },
        **{
            f"minimum_{n}": each.of
            for n, each in enumerate(scheme.minima)
            if isinstance(each.of, Criterion)
        },
        **{f"tie_{n}": tie.of for n, tie in enumerate(scheme.ties)},
    }


def _alike(scheme: Scheme) -> list[str]:
    """Return the columns in which people must agree to be interchangeable."""
    return ["practice_code", "reasons", "minima", *_groupings(scheme)]


def _groupings(scheme: Scheme) -> list[str]:
    found = [each.of.grouping for each in scheme.points if isinstance(each.of, InGroup)]
    found += [each.of for each in scheme.minima if isinstance(each.of, str)]
    return list(dict.fromkeys(found))


def _people(scheme: Scheme, asked: Asked, answers: Answers, moved_off: Sequence[int]) -> ir.Table:
    """Return one row a person whom the scheme is about, their reasons packed in one number."""
    rows = answers.table.inner_join(
        registered_at(asked.record, asked.on, asked.practice or None), ID
    )
    place = Place(asked.record, answers.calendar, asked.codelists, asked.edition, asked.definitions)
    for name in _groupings(scheme):
        spells = grouping(name).of(place).select(ID, **{name: "value"})
        rows = rows.inner_join(spells, ID)
    here = replace(answers, table=rows)
    flags = {f"aside_{n}": here.true(f"aside_{n}") for n in range(len(scheme.set_aside))}
    reasons = [
        bit(here.true(f"reason_{n}"), 0)
        if isinstance(each.of, Criterion)
        else rows[each.of.grouping].isin(each.of.values).ifelse(mask_of(1), mask_of(0))
        for n, each in enumerate(scheme.points)
    ]
    unknown = [
        bit(here.unknown(f"reason_{n}"), 0)
        for n, each in enumerate(scheme.points)
        if isinstance(each.of, Criterion)
    ]
    minima = [
        bit(here.true(f"minimum_{n}"), 0) << n
        for n, each in enumerate(scheme.minima)
        if isinstance(each.of, Criterion)
    ]
    nothing = mask_of(0)
    found = rows.filter(here.true("population") == 1)
    if moved_off:
        found = found.filter(found[ID].notin(list(moved_off)))
    return found.select(
        ID,
        "practice_code",
        *_groupings(scheme),
        reasons=reduce(or_, (each << n for n, each in enumerate(reasons)), nothing),
        unknown=reduce(or_, unknown, nothing),
        minima=reduce(or_, minima, nothing),
        aside=reduce(or_, flags.values(), nothing),
        **flags,
        **{f"tie_{n}": here.number(f"tie_{n}", 0) for n in range(len(scheme.ties))},
    )


def _gives(scheme: Scheme) -> int:
    """Return the mask of the reasons that give points."""
    return sum(1 << n for n, each in enumerate(scheme.points) if each.points > 0)


def _counted(scheme: Scheme, people: ir.Table) -> ir.Table:
    none = (people.reasons & mask_of(_gives(scheme))) == 0
    cannot_tell = (people.aside == 0) & none & (people.unknown != 0)
    return people.agg(
        population=people.count(),
        cannot_tell=cannot_tell.ifelse(1, 0).sum(),
        **{f"aside_{n}": people[f"aside_{n}"].sum() for n in range(len(scheme.set_aside))},
    )


def _nearest(
    scheme: Scheme, people: ir.Table, alike: Sequence[str], capacity: int, moved_on: Sequence[int]
) -> ir.Table:
    """Return, of people who are alike, the first so many by the tie rule."""
    could = (
        (people.reasons & mask_of(_gives(scheme))) != 0 if scheme.least > 0 else people.aside == 0
    )
    moved = people[ID].isin(list(moved_on)) if moved_on else ibis.literal(False)
    order: list[ir.Value] = []
    for n, tie in enumerate(scheme.ties):
        number = people[f"tie_{n}"]
        order += [number.isnull(), number.asc() if tie.order == "fewest" else number.desc()]
    first = ibis.window(group_by=list(alike), order_by=[*order, people[ID]])
    people = people.filter(could | moved).mutate(moved=moved)
    people = people.mutate(place=ibis.row_number().over(first))
    ties = [f"tie_{n}" for n in range(len(scheme.ties))]
    return people.filter((people.place < capacity) | people.moved).select(ID, *alike, *ties)


def _minima(scheme: Scheme, kinds: pd.DataFrame) -> Iterator[tuple[str, float, pd.Series]]:
    """Yield the name, the parity and which kinds of people count, of each minimum."""
    for n, each in enumerate(scheme.minima):
        if isinstance(each.of, Criterion):
            yield each.name, each.parity, (kinds["minima"].to_numpy() >> n & 1) == 1
        else:
            by = grouping(each.of)
            for value in sorted(kinds[each.of].unique()):
                if value != NOT_RECORDED:
                    yield f"{each.name}: {by.label(value)}", each.parity, kinds[each.of] == value


def _candidates(
    scheme: Scheme,
    kinds: pd.DataFrame,
    rows: pd.DataFrame,
    alike: Sequence[str],
    counts_to: Sequence[pd.Series],
) -> Candidates:
    """Lay people out in blocks of those who are alike, each in the order of the tie rule."""
    kinds = kinds.assign(
        block=np.arange(len(kinds)), practice=kinds["practice_code"].rank(method="dense")
    )
    rows = rows.merge(kinds[[*alike, "block"]], on=list(alike), how="left", validate="m:1")
    keys = [rows[ID].to_numpy()]
    for n, tie in reversed(list(enumerate(scheme.ties))):
        number = rows[f"tie_{n}"].to_numpy(float)
        keys += [number if tie.order == "fewest" else -number, np.isnan(number)]
    place = np.empty(len(rows), np.int64)
    place[np.lexsort(keys)] = np.arange(len(rows))
    order = np.lexsort((place, rows["block"].to_numpy()))
    used, size = np.unique(rows["block"].to_numpy(), return_counts=True)
    kept = kinds.iloc[used]
    shift = np.arange(len(scheme.points))
    return Candidates(
        rows[ID].to_numpy(np.int64)[order],
        place[order],
        np.concatenate([[0], np.cumsum(size)]).astype(np.int64),
        (kept["reasons"].to_numpy(np.int64)[:, None] >> shift & 1).astype(bool),
        kept["practice"].to_numpy(np.int64) - 1,
        np.column_stack([np.zeros((len(kept), 0), bool), *(np.asarray(c)[used] for c in counts_to)])
        .astype(bool)
        .reshape(len(kept), len(counts_to)),
        kept["people"].to_numpy(np.int64),
    )
