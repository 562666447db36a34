"""England from its public files. The relations must hold for any files of the same layout."""

import csv
import gzip
import json
import math
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from fairpractice.cli import run
from fairpractice.engines.duckdb import connect
from fairpractice.errors import FairpracticeError
from fairpractice.population import deprivation, lookups
from fairpractice.population.editions import EDITIONS
from fairpractice.population.england import FILES, England, england
from fairpractice.population.practices import (
    PostcodeRefused,
    network_of,
    read_networks,
    read_practices,
    read_register,
)


pytestmark = pytest.mark.reference
Reference = Callable[..., Path]

PUBLISHED = {
    "imd2019": ("imd", "imd2019_england_lsoa11.csv.gz"),
    "imd2025": ("imd", "imd2025_england_lsoa21.csv.gz"),
    "simd2020": ("imd", "simd2020_scotland_dz11.csv.gz"),
    "wimd2019": ("imd", "wimd2019_wales_lsoa11.csv.gz"),
    "wimd2025": ("published", "wimd-2025-index-and-domain-ranks-by-small-area.csv"),
    "nimdm2017": ("imd", "nimdm2017_northern_ireland_soa01.csv.gz"),
}


def as_given(path: Path) -> list[dict[str, str]]:
    """Read a file with nothing of ours."""
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        return list(csv.DictReader(lines))


@pytest.fixture(scope="module")
def found(reference: Reference) -> England:
    for path in FILES.values():
        reference(*path.split("/"))
    return england(reference())


@pytest.fixture(scope="module")
def cells(reference: Reference) -> list[dict[str, str]]:
    return as_given(reference(*FILES["register"].split("/")))


@pytest.fixture(scope="module")
def scores2019(reference: Reference) -> dict[str, float]:
    rows = as_given(reference(*FILES["imd2019"].split("/")))
    return {row["lsoa11_code"]: float(row["imd_score"]) for row in rows}


@pytest.mark.parametrize("name", PUBLISHED)
def test_every_edition_is_read_as_published(reference: Reference, name: str) -> None:
    table, _ = deprivation.read_edition(name, reference("geo", *PUBLISHED[name]))
    assert table.num_rows == EDITIONS[name].areas


@pytest.mark.parametrize("name", ["imd2019", "imd2025"])
def test_published_deciles_are_those_of_the_ranks(reference: Reference, name: str) -> None:
    rows = as_given(reference("geo", *PUBLISHED[name]))
    for row in rows:
        assert int(row["imd_decile"]) == math.ceil(10 * int(row["imd_rank"]) / len(rows))


@pytest.mark.parametrize("name", ["simd2020", "wimd2019"])
def test_deciles_that_must_be_read_are_read(reference: Reference, name: str) -> None:
    file = reference("geo", *PUBLISHED[name])
    table, _ = deprivation.read_edition(name, file)
    published = [int(row["imd_decile"]) for row in as_given(file)]
    assert sorted(table["decile"].to_pylist()) == sorted(published)


def test_file_1_says_what_the_merged_file_says(reference: Reference) -> None:
    workbook = reference("geo", "published", "File_1_-_IMD2019_Index_of_Multiple_Deprivation.xlsx")
    first, _ = deprivation.read_edition("imd2019", workbook)
    merged, _ = deprivation.read_edition("imd2019", reference("geo", *PUBLISHED["imd2019"]))
    columns = ["area_code", "rank", "decile"]
    assert first.select(columns).equals(merged.select(columns))
    assert first["score"].null_count == first.num_rows


def test_a_file_of_another_vintage_is_refused_with_its_matching_codes(
    reference: Reference, tmp_path: Path
) -> None:
    old, new = (reference("geo", *PUBLISHED[name]) for name in ("imd2019", "imd2025"))
    lookups.add_lookup("lsoa_2011", "lsoa_2021", reference(*FILES["lookup"].split("/")), tmp_path)
    of_2011 = {row["lsoa11_code"] for row in as_given(old)}
    shared = of_2011 & {row["lsoa21_code"] for row in as_given(new)}
    for name, file, looks in (("imd2025", old, "2011"), ("imd2019", new, "2021")):
        with pytest.raises(FairpracticeError) as refused:
            deprivation.add(name, file, tmp_path)
        assert f"{len(shared):,} of its codes are such areas" in str(refused.value)
        assert f"looks like LSOA {looks}" in str(refused.value)


def test_the_look_up_is_read_in_its_own_encoding(reference: Reference) -> None:
    table, source = lookups.read_lookup(
        "lsoa_2011", "lsoa_2021", reference(*FILES["lookup"].split("/"))
    )
    assert "Ynys Môn" in source.table["lad22nmw"].to_pylist()
    changes = set(table["change"].to_pylist())
    assert {"U", "S", "M"} <= changes <= set(lookups.CHANGES)


def test_every_practice_is_scored_by_its_patients(
    found: England, cells: list[dict[str, str]], scores2019: dict[str, float]
) -> None:
    register = found.figures["register"]
    assert register["practices"] == len({row["practice_code"] for row in cells})
    assert register["patients"] == sum(int(row["patients"]) for row in cells)
    parts = ("scored", "without_area", "elsewhere", "unmatched")
    assert register["patients"] == sum(register[f"patients_{part}"] for part in parts)
    assert register["patients_scored"] == sum(
        int(row["patients"]) for row in cells if row["lsoa11_code"] in scores2019
    )
    assert register["patients_unmatched"] == 0


def test_the_scores_are_ohids(
    found: England,
    cells: list[dict[str, str]],
    scores2019: dict[str, float],
    reference: Reference,
) -> None:
    compared = found.figures["compared_with_ohid"]
    assert compared["r"] > 0.996
    assert compared["same_fifth"] > 0.95
    # The same again in plain Python.
    weight: dict[str, int] = defaultdict(int)
    total: dict[str, float] = defaultdict(float)
    for row in cells:
        if row["lsoa11_code"] in scores2019:
            weight[row["practice_code"]] += int(row["patients"])
            total[row["practice_code"]] += int(row["patients"]) * scores2019[row["lsoa11_code"]]
    ours = {code: total[code] / n for code, n in weight.items() if n}
    theirs = {
        row["practice_code"]: float(row["imd_score"])
        for row in as_given(reference(*FILES["ohid"].split("/")))
        if row["imd_year"] == "2019"
    }
    both = sorted(ours.keys() & theirs.keys())
    assert compared["practices"] == len(both)
    error = sum(abs(ours[code] - theirs[code]) for code in both) / len(both)
    assert compared["mean_absolute_error"] == pytest.approx(error)

    def fifths(scores: dict[str, float]) -> dict[str, int]:
        order = sorted(both, key=lambda code: (-scores[code], code))
        return {code: 5 * place // len(order) for place, code in enumerate(order)}

    one, two = fifths(ours), fifths(theirs)
    same = sum(one[code] == two[code] for code in both) / len(both)
    assert compared["same_fifth"] == pytest.approx(same, abs=0.002)


def test_fifths_of_practices_fall_from_the_most_deprived(found: England) -> None:
    assert [row["quintile"] for row in found.fifths] == [1, 2, 3, 4, 5]
    means = [row["mean"] for row in found.fifths]
    assert means == sorted(means, reverse=True)
    sizes = [row["practices"] for row in found.fifths]
    assert max(sizes) - min(sizes) <= 1
    assert {row["direction"] for row in found.fifths} == {"1 = most deprived"}


def test_the_look_up_keeps_the_patients_that_joining_by_code_loses(
    found: England, cells: list[dict[str, str]], reference: Reference
) -> None:
    later = found.figures["imd2025"]
    of_2021 = {row["lsoa21_code"] for row in as_given(reference(*FILES["imd2025"].split("/")))}
    everybody = sum(int(row["patients"]) for row in cells)
    lost = sum(int(row["patients"]) for row in cells if row["lsoa11_code"] not in of_2021)
    assert later["share_without_score_by_code_alone"] == pytest.approx(lost / everybody)
    assert later["share_without_score_by_code_alone"] > 0.01
    assert later["share_without_score"] < 0.01
    assert later["patients_after"] == pytest.approx(everybody)
    english = sum(int(row["patients"]) for row in cells if row["lsoa11_code"].startswith("E01"))
    assert later["patients_scored"] == pytest.approx(english)
    assert later["practices"] == found.figures["register"]["practices_scored"]


def test_englands_mean_score_is_the_published_one(found: England) -> None:
    # Office for Health Improvement and Disparities, IMD 2025, England: 21.80951
    assert found.figures["imd2025"]["england_mean_score"] == pytest.approx(21.80951, abs=0.0005)


def test_a_fifth_of_england_is_core20(found: England) -> None:
    whole = found.figures["core20"]
    assert whole["share"] == pytest.approx(0.2, abs=0.01)
    assert whole["people_without_area"] == 0
    assert sum(board["people"] for board in found.boards) == whole["people"]
    assert sum(board["people_core20"] for board in found.boards) == whole["people_core20"]
    shares = [board["share"] for board in found.boards]
    assert shares == sorted(shares, reverse=True)


def test_district_scores_are_the_published_ones(found: England) -> None:
    districts = found.figures["districts"]
    assert districts["districts"] > 300
    assert districts["largest_difference"] <= 0.001


def test_the_command_prints_and_keeps_the_figures(
    reference: Reference, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    reference(*FILES["register"].split("/"))
    out = tmp_path / "england.json"
    assert run(["england", "--reference", str(reference()), "--out", str(out)]) == 0
    kept: dict[str, Any] = json.loads(out.read_text(encoding="utf-8"))
    printed = capsys.readouterr().out
    assert f"r = {kept['figures']['compared_with_ohid']['r']:.4f}" in printed
    assert "Joining by code alone" in printed
    assert all(check["met"] for check in kept["checks"])


def test_scores_that_are_not_ohids_end_with_status_2(
    reference: Reference, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for path in FILES.values():
        copy = tmp_path / path
        copy.parent.mkdir(parents=True, exist_ok=True)
        copy.symlink_to(reference(*path.split("/")).resolve())
    ohid = tmp_path / FILES["ohid"]
    rows = as_given(ohid)
    ohid.unlink()
    with gzip.open(ohid, "wt", encoding="utf-8", newline="") as out:
        writer = csv.DictWriter(out, list(rows[0]))
        writer.writeheader()
        for row, other in zip(rows, reversed(rows), strict=True):
            writer.writerow(row | {"imd_score": other["imd_score"]})
    assert run(["england", "--reference", str(tmp_path)]) == 2
    said = capsys.readouterr()
    assert "correlation with OHID is" in said.err
    assert "not above 0.996" in said.err
    assert "practices have a score" in said.out


def test_a_practices_postcode_is_refused(reference: Reference) -> None:
    file = reference("geo", "gp", "practice_pcn_ccg_stp_map_2022-07.csv.gz")
    with pytest.raises(PostcodeRefused):
        read_register(file, "lsoa_2011")


def test_practices_and_networks_are_read_as_published(reference: Reference) -> None:
    practices = read_practices(reference("geo", "gp", "epraccur_2023-02.csv.gz"))
    codes = practices["practice_code"].to_pylist()
    assert len(set(codes)) == len(codes) > 6_000
    assert set(practices["status"].to_pylist()) <= {"active", "closed", "dormant", "proposed"}

    networks, membership = read_networks(reference("geo", "published", "ePCN_2023-02.xlsx"))
    engine = connect()
    now = engine.to_arrow(network_of(engine.table(membership)))
    current = {row["practice_code"] for row in membership.to_pylist() if row["end_date"] is None}
    assert sorted(now["practice_code"].to_pylist()) == sorted(current)
    assert set(now["network_code"].to_pylist()) <= set(networks["network_code"].to_pylist())
    register = read_register(reference(*FILES["register"].split("/")), "lsoa_2011")
    assert isinstance(register, pa.Table)
    placed = set(register["practice_code"].to_pylist()) & current
    assert len(placed) > 0.9 * len(current)
