"""Groups of people, where the record's areas are of another vintage than the index."""

import csv
import datetime as dt
import gzip
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path

from fairpractice.codelists import load
from fairpractice.engines.duckdb import connect
from fairpractice.population import deprivation, lookups
from fairpractice.population.groups import GROUPINGS, Place
from fairpractice.record.calendar import Calendar
from fairpractice.record.memory import MemoryRecord


ON = dt.date(2026, 10, 31)


def fifths(definitions: Path, areas: list[str], vintage: str) -> dict[int, str]:
    homes = [
        {"patient_id": n, "area_code": area, "area_vintage": vintage}
        for n, area in enumerate(areas)
    ]
    record = MemoryRecord(
        connect(threads=1),
        {"patient": [{"patient_id": n} for n in range(len(areas))], "address": homes},
    )
    place = Place(record, Calendar((ON,)), load(), "imd2025", definitions)
    found = record.engine.to_arrow(GROUPINGS["imd_quintile"].of(place)).to_pylist()
    return {row["patient_id"]: row["value"] for row in found}


def test_areas_of_2011_have_the_average_rank_of_the_areas_of_2021_on_their_ground(
    reference: Callable[..., Path], tmp_path: Path
) -> None:
    index = reference("geo", "imd", "imd2025_england_lsoa21.csv.gz")
    lookup = reference("geo", "lookups", "lsoa11_lsoa21_lad22.csv.gz")
    deprivation.add("imd2025", index, tmp_path)
    with gzip.open(index, "rt", encoding="utf-8") as file:
        known = {row["lsoa21_code"]: row for row in csv.DictReader(file)}
    with gzip.open(lookup, "rt", encoding="utf-8") as file:
        links = list(csv.DictReader(file))
    ground = defaultdict(list)
    for link in links:
        if link["lsoa21_code"] in known:
            ground[link["lsoa11_code"]].append(known[link["lsoa21_code"]])
    chosen = [
        next(
            link["lsoa11_code"]
            for link in links
            if link["change_code"] == change and link["lsoa11_code"][0] == "E"
        )
        for change in "USM"
    ]
    without = fifths(tmp_path, chosen, "lsoa_2011")
    assert set(without.values()) == {""}, "no look-up was added: not recorded, and not guessed"

    lookups.add_lookup("lsoa_2011", "lsoa_2021", lookup, tmp_path)
    found = fifths(tmp_path, chosen, "lsoa_2011")
    for person, area in enumerate(chosen):
        people = sum(float(a["pop_total"]) for a in ground[area])
        rank = sum(float(a["imd_rank"]) * float(a["pop_total"]) for a in ground[area]) / people
        assert found[person] == str(-int(-rank * 5 // len(known)))
    same = fifths(tmp_path, list(known)[:3], "lsoa_2021")
    expected = [(int(row["imd_decile"]) + 1) // 2 for row in list(known.values())[:3]]
    assert [same[n] for n in range(3)] == [str(fifth) for fifth in expected]
