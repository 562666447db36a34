import json
from collections.abc import Callable, Sequence
from pathlib import Path

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fairpractice.errors import FairpracticeError
from fairpractice.population import deprivation, kept
from fairpractice.population.editions import EDITIONS


HEADING = ["area code", "rank", "decile", "score", "population"]
Write = Callable[..., Path]


def rows(count: int = 20) -> list[list[object]]:
    return [[f"E01{n:06}", n, -(-10 * n // count), 100 - n, 1000 + n] for n in range(1, count + 1)]


def changed(row: int, column: str, value: object) -> list[list[object]]:
    table = rows()
    table[row][HEADING.index(column)] = value
    return table


def test_every_edition_says_what_its_ranks_are_of() -> None:
    for name, edition in deprivation.editions().items():
        assert name == edition.id
        assert edition.nation in edition.unit
        assert edition.licence
        assert edition.publisher


def test_an_edition_is_kept_with_the_hash_of_the_file(write: Write, tmp_path: Path) -> None:
    file = write("index.csv", HEADING, list(reversed(rows())))
    said = deprivation.add("fictional2025", file, tmp_path)
    beside = json.loads((tmp_path / "deprivation" / "fictional2025.json").read_text("utf-8"))
    assert beside == said == kept.provenance("fictional2025", tmp_path)
    assert said["rows"] == 20
    assert said["file"] == "index.csv"

    areas = deprivation.load("fictional2025", tmp_path)
    assert areas["area_code"].to_pylist() == [row[0] for row in rows()]
    assert areas.slice(2, 1).to_pylist() == [
        {
            "area_vintage": "lsoa_2021",
            "area_code": "E01000003",
            "score": 97.0,
            "rank": 3,
            "decile": 2,
            "quintile": 1,
            "population": 1003,
        }
    ]
    assert areas.schema.metadata[b"direction"] == b"1 = most deprived"
    assert b"a fictional place" in areas.schema.metadata[b"unit"]


def test_deciles_are_computed_where_the_edition_allows_it(write: Write) -> None:
    file = write("index.csv", ["area code", "rank"], [row[:2] for row in rows(25)])
    table, _ = deprivation.read_edition("fictional2025", file)
    assert table["decile"].to_pylist() == [row[2] for row in rows(25)]
    assert table["score"].null_count == table["population"].null_count == 25


def test_headings_can_be_named(write: Write) -> None:
    file = write("index.csv", ["Place", "Position"], [row[:2] for row in rows()])
    columns = {"area_code": "PLACE", "rank": "position "}
    table, _ = deprivation.read_edition("fictional2025", file, columns=columns)
    assert table.num_rows == 20
    with pytest.raises(FairpracticeError, match="no column 'place'"):
        deprivation.read_edition("fictional2025", file, columns={"place": "Place"})


@pytest.mark.parametrize(
    ("table", "says"),
    [
        (changed(3, "area code", "E01000003"), "E01000003 is in the file more than once"),
        (changed(3, "area code", "somewhere"), "'somewhere' is not an area code"),
        (changed(3, "rank", 3), "ranks are not 1 to 20"),
        (changed(3, "rank", 21), "ranks are not 1 to 20"),
        (changed(3, "rank", -4), "ranks are not 1 to 20"),
        (changed(3, "rank", ""), "has no rank"),
        (changed(3, "decile", 11), "not 1 to 10"),
        (changed(3, "decile", ""), "not 1 to 10"),
        (changed(3, "decile", 1), "do not follow the ranks"),
        (changed(3, "decile", 3), "deciles are not those of the ranks"),
        ([[a, r, 11 - d, s, p] for a, r, d, s, p in rows()], "do not follow the ranks"),  # type: ignore[operator]
        ([[a, r, d, r, p] for a, r, d, _, p in rows()], "scores do not fall"),
        (changed(3, "score", ""), "scores do not fall"),
        (changed(3, "population", -1), "less than none"),
        (changed(3, "population", ""), "no population"),
        ([], "no rows"),
    ],
)
def test_a_file_that_contradicts_itself_is_refused_and_the_old_one_stays(
    write: Write, tmp_path: Path, table: Sequence[Sequence[object]], says: str
) -> None:
    deprivation.add("fictional2025", write("good.csv", HEADING, rows()), tmp_path)
    bad = write("bad.csv", HEADING, table)
    with pytest.raises(FairpracticeError, match=says) as refused:
        deprivation.add("fictional2025", bad, tmp_path)
    assert str(bad) in str(refused.value)
    source = kept.provenance("fictional2025", tmp_path)
    assert source is not None
    assert source["file"] == "good.csv"


def england(count: int, *, last: int) -> list[list[object]]:
    """Return as many English codes as an edition has, ending at some number."""
    return [[f"E01{last - count + n:06}", n] for n in range(1, count + 1)]


@pytest.mark.parametrize(
    ("name", "table", "says"),
    [
        ("imd2025", england(32_844, last=33_768), "33,755 areas .* 32,844.* looks like LSOA 2011"),
        ("imd2025", england(33_755, last=33_768), "none of the codes made for LSOA 2021"),
        ("imd2019", england(33_755, last=35_762), "31,761 of its codes.* looks like LSOA 2021"),
        ("wimd2019", england(1_909, last=20_000), "0 of its codes"),
        ("simd2020", [["S01013482", 1]], "looks like data zone 2022"),
        ("imd2019", england(100, last=200), "this file has 100"),
    ],
)
def test_another_vintage_or_nation_is_refused(
    write: Write, tmp_path: Path, name: str, table: list[list[object]], says: str
) -> None:
    file = write("areas.csv", ["LSOA code", "Rank"], table)
    with pytest.raises(FairpracticeError, match=says):
        deprivation.add(name, file, tmp_path)
    assert not (tmp_path / "deprivation").exists()


@pytest.mark.parametrize("named", ["imd2025,wimd2025", "imd2025 + simd2020", "imd2019 imd2025"])
def test_nations_and_years_are_not_put_together(tmp_path: Path, named: str) -> None:
    with pytest.raises(FairpracticeError, match="must not be put together") as refused:
        deprivation.load(named, tmp_path)
    assert "ask once for each nation" in refused.value.fix


def test_tied_ranks_are_taken_only_where_the_publisher_has_them(write: Write) -> None:
    table = england(32_844, last=33_768)
    table[10][1] = table[9][1]
    file = write("areas.csv", ["LSOA code", "Rank"], table)
    assert deprivation.read_edition("imd2019", file)[0].num_rows == 32_844
    table[10][1], table[11][1] = 11, 11
    table[12][1] = 12  # 10 11 11 12: a place skipped nowhere
    with pytest.raises(FairpracticeError, match="shared places"):
        deprivation.read_edition("imd2019", write("gap.csv", ["LSOA code", "Rank"], table))


def test_deciles_that_must_be_published_stay_unknown_without_them(
    write: Write, tmp_path: Path
) -> None:
    assert EDITIONS["wimd2025"].decile_rule == "published"
    codes = [*range(3, 1_919), 2_040]
    file = write(
        "ranks.csv",
        ["LSOA code", "WIMD 2025 "],
        [[f"W01{c:06}", n + 1] for n, c in enumerate(codes)],
    )
    said = deprivation.add("wimd2025", file, tmp_path)
    areas = deprivation.load("wimd2025", tmp_path)
    assert said["columns"] == ["area_code", "rank"]
    assert areas["quintile"].null_count == areas.num_rows == 1_917


@given(st.integers(1, 400))
def test_the_decile_rule_is_the_smallest_tenth_that_reaches_the_rank(count: int) -> None:
    ranks = list(range(1, count + 1))
    expected = [next(d for d in range(1, 11) if d * count >= 10 * rank) for rank in ranks]
    assert deprivation.ceil_decile(pa.array(ranks, pa.int32())).to_pylist() == expected


def test_what_is_not_loaded_says_the_command(tmp_path: Path) -> None:
    with pytest.raises(kept.NotLoaded, match="fairpractice deprivation add imd2025 --file FILE"):
        deprivation.load("imd2025", tmp_path)
    with pytest.raises(FairpracticeError, match="imd2019, imd2025"):
        deprivation.load("imd2024", tmp_path)


def test_a_damaged_table_is_refused(tmp_path: Path) -> None:
    (tmp_path / "deprivation").mkdir()
    (tmp_path / "deprivation" / "imd2025.parquet").write_bytes(b"PAR1 and no more")
    for look in (deprivation.load, kept.provenance):
        with pytest.raises(FairpracticeError, match="damaged"):
            look("imd2025", tmp_path)


def test_a_folder_that_cannot_be_written_loses_nothing(write: Write, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("not a folder", encoding="utf-8")
    with pytest.raises(FairpracticeError, match="cannot be kept"):
        deprivation.add("fictional2025", write("i.csv", HEADING, rows()), tmp_path / "file")
