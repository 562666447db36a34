from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fairpractice.engines import Engine
from fairpractice.errors import FairpracticeError
from fairpractice.population import kept, lookups
from fairpractice.population.lookups import as_lookup, backwards, carry


Write = Callable[..., Path]
OLD, NEW = "lsoa_2011", "lsoa_2021"
LINKS = [
    ("same", "same", "U"),
    ("cut", "left", "S"),
    ("cut", "right", "S"),
    ("one", "both", "M"),
    ("two", "both", "M"),
    ("odd", "same-odd", "X"),
    ("odd", "shared", "X"),
    ("odder", "shared", "X"),
]
PEOPLE = [
    (OLD, "one", 300),
    (OLD, "two", 100),
    (OLD, "odd", 100),
    (OLD, "odder", 60),
    (NEW, "left", 30),
    (NEW, "right", 90),
    (NEW, "same-odd", 60),
    (NEW, "shared", 40),
]


def links(rows: list[tuple[str, str, str]] = LINKS) -> pa.Table:
    columns = list(zip(*rows, strict=True))
    table = pa.table(dict(zip(("from_code", "to_code", "change"), columns, strict=True)))
    return as_lookup(table, OLD, NEW)


def people(rows: list[tuple[str, str, int | None]]) -> pa.Table:
    return pa.Table.from_pylist(
        [{"area_vintage": v, "area_code": c, "population": n} for v, c, n in rows],
        pa.schema(
            [("area_vintage", pa.string()), ("area_code", pa.string()), ("population", pa.int64())]
        ),
    )


def carried(
    engine: Engine,
    rows: list[dict[str, Any]],
    populations: list[tuple[str, str, int | None]],
    **what: Any,
) -> dict[tuple[Any, ...], dict[str, Any]]:
    table = engine.table(pa.Table.from_pylist(rows))
    out = carry(table, engine.table(links()), engine.table(people(populations)), **what)
    keys = (*what.get("by", ()), "area_vintage", "area_code")
    found = engine.to_arrow(out).to_pylist()
    by_key = {tuple(row.pop(key) for key in keys): row for row in found}
    assert len(by_key) == len(found)
    return by_key


def area(code: str | None, vintage: str = OLD, **values: float | str | None) -> dict[str, Any]:
    return {"area_vintage": vintage, "area_code": code, **values}


def test_counts_are_shared_by_the_population_of_the_new_areas(engine: Engine) -> None:
    rows = [
        area(c, n=n) for c, n in (("same", 7), ("cut", 40), ("one", 3), ("two", 2), ("odd", 10))
    ]
    found = carried(engine, rows, PEOPLE, counts=["n"])  # type: ignore[arg-type]
    assert {code: row["n"] for (_, code), row in found.items()} == {
        "same": 7,
        "left": 10,
        "right": 30,
        "both": 5,
        "same-odd": 6,
        "shared": 4,
    }


def test_means_are_handed_on_by_splits_and_weighted_by_mergers(engine: Engine) -> None:
    rows = [
        area(c, score=s)
        for c, s in (
            ("same", 1.0), ("cut", 8.0), ("one", 10.0), ("two", 30.0), ("odd", 5.0), ("odder", 9.0)
        )
    ]  # fmt: skip
    found = carried(engine, rows, PEOPLE, means=["score"])  # type: ignore[arg-type]
    scores = {code: row["score"] for (_, code), row in found.items()}
    assert scores == pytest.approx(
        {
            "same": 1.0,
            "left": 8.0,
            "right": 8.0,
            "both": (300 * 10 + 100 * 30) / 400,
            "same-odd": 5.0,
            "shared": (100 * 0.4 * 5 + 60 * 9) / (100 * 0.4 + 60),
        }
    )


def test_an_unknown_value_does_not_weigh_on_a_mean(engine: Engine) -> None:
    rows = [area("one", score=None), area("two", score=30.0), area("same", score=None)]
    found = carried(engine, rows, PEOPLE, means=["score"])  # type: ignore[arg-type]
    assert found[NEW, "both"]["score"] == 30.0
    assert found[NEW, "same"]["score"] is None


def test_what_the_look_up_does_not_know_keeps_its_own_vintage(engine: Engine) -> None:
    rows = [
        area("NO2011", n=5),
        area(None, n=3),
        area("same", vintage=NEW, n=2),
        area("same", n=1),
    ]
    found = carried(engine, rows, PEOPLE, counts=["n"])  # type: ignore[arg-type]
    # The area of the new vintage meets what was carried to it; the others stay where they were.
    assert {key: row["n"] for key, row in found.items()} == {
        (OLD, "NO2011"): 5,
        (OLD, None): 3,
        (NEW, "same"): 3,
    }


numbers = st.integers(0, 10**6)
old_codes = [*sorted({old for old, _, _ in LINKS}), "NO2011"]
new_codes = sorted({new for _, new, _ in LINKS})


@settings(max_examples=30)  # each is a query
@given(
    counts=st.lists(
        st.tuples(st.sampled_from(["P1", "P2"]), st.sampled_from(old_codes), numbers),
        min_size=1,
        max_size=12,
        unique_by=lambda row: row[:2],
    ),
    populations=st.dictionaries(
        st.sampled_from(new_codes), st.one_of(st.none(), st.just(0), numbers)
    ),
)
def test_no_total_changes_on_the_way(
    engine: Engine,
    counts: list[tuple[str, str, int]],
    populations: dict[str, int | None],
) -> None:
    rows = [area(code, practice=practice, n=n) for practice, code, n in counts]
    known = [(NEW, code, n) for code, n in populations.items()]
    found = carried(engine, rows, known, counts=["n"], by=["practice"])  # type: ignore[arg-type]
    for practice in {practice for practice, _, _ in counts}:
        before = sum(n for name, _, n in counts if name == practice)
        after = sum(row["n"] for key, row in found.items() if key[0] == practice)
        assert after == pytest.approx(before, abs=1e-6 * max(1, before))


@settings(max_examples=30)  # each is a query
@given(
    scores=st.dictionaries(st.sampled_from(old_codes[:-1]), st.floats(0, 100), min_size=1),
    populations=st.dictionaries(st.sampled_from([*old_codes[:-1]]), numbers),
)
def test_a_mean_stays_between_those_it_is_made_of(
    engine: Engine, scores: dict[str, float], populations: dict[str, int]
) -> None:
    rows = [area(code, score=score) for code, score in scores.items()]
    known = [(OLD, code, n) for code, n in populations.items()]
    found = carried(engine, rows, known, means=["score"])  # type: ignore[arg-type]
    for (_, new), row in found.items():
        sources = [scores[old] for old, to, _ in LINKS if to == new and old in scores]
        if row["score"] is None:  # everybody of the area lives where no score is known
            assert len(sources) < len([1 for _, to, _ in LINKS if to == new])
        else:
            assert min(sources) - 1e-9 <= row["score"] <= max(sources) + 1e-9


def test_a_look_up_read_backwards_turns_splits_into_mergers() -> None:
    there = links()
    back = backwards(there)
    assert backwards(back).equals(there)
    assert set(back.filter(pa.compute.equal(back["to_code"], "cut"))["change"].to_pylist()) == {"M"}
    assert set(back["from_vintage"].to_pylist()) == {NEW}


HEADING = ["LSOA11CD", "LSOA21CD", "CHGIND"]
GOOD = [
    ["E01000001", "E01000001", "U"],
    ["E01000002", "E01033769", "S"],
    ["E01000002", "E01033770", "S"],
    ["E01000003", "E01033771", "M"],
    ["E01000004", "E01033771", "M"],
]


def test_a_look_up_is_kept_and_serves_both_ways(write: Write, tmp_path: Path) -> None:
    said = lookups.add_lookup(OLD, NEW, write("l.csv", HEADING, GOOD), tmp_path)
    assert said["changes"] == {"U": 1, "S": 2, "M": 2}
    there = lookups.load_lookup(OLD, NEW, tmp_path)
    assert [
        list(row.values()) for row in there.select(["from_code", "to_code", "change"]).to_pylist()
    ] == GOOD
    assert lookups.load_lookup(NEW, OLD, tmp_path).equals(backwards(there))
    codes = lookups.codes_of(OLD, tmp_path)
    assert codes is not None
    assert len(codes) == 4
    assert lookups.codes_of("data_zone_2011", tmp_path) is None


@pytest.mark.parametrize(
    ("rows", "says"),
    [
        ([["E01033769", "E01033769", "U"]], "'E01033769' is not a code of LSOA 2011"),
        ([["E01000001", "E0103376", "U"]], "not a code of LSOA 2021"),
        ([["E01000001", "E01000001", "Q"]], "'Q' is not a change code"),
        ([*GOOD, GOOD[0]], "there twice"),
        ([*GOOD, ["E01000001", "E01033772", "S"]], "called unchanged"),
        ([["E01000001", "E01033772", "S"]], "called split and shares its ground with no other"),
        ([["E01000001", "E01033772", "M"]], "called merged"),
        ([], "no rows"),
    ],
)
def test_a_look_up_that_contradicts_itself_is_refused(
    write: Write, rows: list[list[str]], says: str
) -> None:
    with pytest.raises(FairpracticeError, match=says):
        lookups.read_lookup(OLD, NEW, write("l.csv", HEADING, rows))


def test_look_ups_that_nobody_publishes_are_refused(tmp_path: Path) -> None:
    with pytest.raises(FairpracticeError, match="no published look-up from lsoa_2021"):
        lookups.read_lookup(NEW, OLD, tmp_path / "none.csv")
    with pytest.raises(FairpracticeError, match="no area vintage 'lsoa_2001'"):
        lookups.read_lookup("lsoa_2001", OLD, tmp_path / "none.csv")


def test_a_look_up_that_is_not_loaded_says_the_command(tmp_path: Path) -> None:
    with pytest.raises(kept.NotLoaded, match="lookup add lsoa_2011 lsoa_2021 --file FILE"):
        lookups.load_lookup(NEW, OLD, tmp_path)


def test_codes_without_their_vintage_are_refused(engine: Engine) -> None:
    bare = engine.table(pa.table({"area_code": ["same"], "n": [1]}))
    with pytest.raises(FairpracticeError, match=r"no column area_vintage.*never joined alone"):
        carry(bare, engine.table(links()), engine.table(people([])), counts=["n"])
