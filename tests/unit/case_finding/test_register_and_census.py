"""The register against the census: who is missing by design is found, and real tables are read."""

import datetime as dt
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from fairpractice import codelists
from fairpractice.case_finding.listable import Asked
from fairpractice.case_finding.register_and_census import BANDS, against_census, register, residents
from fairpractice.engines.duckdb import connect
from fairpractice.errors import FairpracticeError
from fairpractice.record.memory import MemoryRecord


def living(areas: int = 20, each: int = 200) -> pd.DataFrame:
    return pd.DataFrame(
        [
            {"area_code": f"E0100{n:04}", "sex": sex, "age_band": band, "residents": each + 3 * n}
            for n in range(areas)
            for sex in ("female", "male")
            for band in BANDS
        ]
    )


def test_those_who_are_missing_by_design_are_found() -> None:
    """A network registers half of everybody, but a quarter of men in their twenties."""
    there = living()
    missing = (there["sex"] == "male") & (there["age_band"] == "20-29")
    share = np.where(missing, 0.25, 0.5)
    here = there.assign(registered=np.round(there["residents"] * share).astype(int))
    found = against_census(here, there).set_index(["sex", "age_band"])
    row = found.loc[("male", "20-29")]
    overall = here["registered"].sum() / there["residents"].sum()
    assert row["value"] == pytest.approx(0.25 / overall, rel=0.01)
    assert row["missing"] == round(row["expected"] - row["registered"]) > 0
    assert (found["missing"] > 0).sum() == 1
    others = found.drop(("male", "20-29"))
    assert others["value"].between(1.0, 1.06).all()
    assert found["expected"].sum() == pytest.approx(found["registered"].sum())


def test_areas_that_few_come_from_are_left_out() -> None:
    there = living(areas=2)
    here = there.assign(registered=there["residents"] // 2)
    far = there["area_code"] == "E01000001"
    here.loc[far, "registered"] = here.loc[far, "registered"] // 5
    found = against_census(here, there)
    assert found["registered"].sum() == here.loc[~far, "registered"].sum()
    with pytest.raises(FairpracticeError, match="No area"):
        against_census(here, there, least_share=0.9)


def test_residents_without_sex_are_compared_by_age_alone() -> None:
    there = living().groupby(["area_code", "age_band"], as_index=False)["residents"].sum()
    here = living().assign(registered=lambda rows: rows["residents"] // 2)
    found = against_census(here, there.assign(sex="all"))
    assert found["sex"].unique().tolist() == ["all"]
    assert len(found) == len(BANDS)


@pytest.mark.parametrize(
    ("name", "total", "sexes"),
    [
        ("mid2018_lsoa11_sex_age5.csv.gz", 55_977_178, ["female", "male"]),
        ("mid2020_lsoa11_age5_persons.csv.gz", 56_550_138, ["all"]),
        ("census2021_ts007a_age5_lsoa21.csv.gz", None, ["all"]),
    ],
)
def test_real_tables_are_read_whole(reference, name: str, total: int | None, sexes: list) -> None:
    found = residents(reference("geo", "population", name))
    assert sorted(found["sex"].unique()) == sexes
    assert sorted(found["age_band"].unique()) == sorted(BANDS)
    if total is not None:
        assert found["residents"].sum() == total
    else:
        whole = pd.read_csv(reference("geo", "population", name))["total"].sum()
        assert found["residents"].sum() == pytest.approx(whole, rel=1e-3)


def test_real_registers_cover_real_areas_about_once(reference) -> None:
    """All practices of England: more are registered than live there, in nearly every area."""
    there = residents(reference("geo", "population", "mid2020_lsoa11_age5_persons.csv.gz"))
    listed = pd.read_csv(reference("geo", "gp", "registrations_lsoa11_2022-07.csv.gz"))
    listed = listed.groupby("lsoa11_code")["patients"].sum()
    lived = there.groupby("area_code")["residents"].sum()
    both = pd.concat([listed, lived], axis=1, join="inner")
    assert both["patients"].sum() / both["residents"].sum() == pytest.approx(1.09, abs=0.02)
    # One practice's patients, aged as their areas are, so that nobody of any age is missing.
    one = pd.read_csv(reference("geo", "gp", "registrations_lsoa11_2022-07.csv.gz"))
    one = one[one["practice_code"] == one["practice_code"].iloc[0]]
    share = one.set_index("lsoa11_code")["patients"] / lived
    aged = there.assign(registered=there["residents"] * there["area_code"].map(share).fillna(0))
    aged["registered"] = aged["registered"].round().astype(int)
    found = against_census(aged, there)
    assert found["missing"].sum() == 0
    assert found["value"].between(0.97, 1.03).all()


def test_a_table_of_something_else_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "other.csv"
    file.write_text("area_code,people\nE01000001,5\n", encoding="utf-8")
    with pytest.raises(FairpracticeError, match="none of ages"):
        residents(file)


def test_the_register_is_counted_where_people_live_now() -> None:
    on = dt.date(2026, 10, 31)
    before, now = dt.date(2015, 1, 1), dt.date(2024, 1, 1)
    area = {"area_vintage": "lsoa_2021"}
    tables = {
        "patient": [
            {"patient_id": 1, "birth_month": dt.date(1980, 1, 1), "sex": "male"},
            {"patient_id": 2, "birth_month": dt.date(1930, 1, 1), "sex": "female"},
            {"patient_id": 3, "birth_month": dt.date(1980, 1, 1), "sex": "male"},
        ],
        "registration": [
            {"patient_id": 1, "practice_code": "Y00001", "start_date": before},
            {"patient_id": 2, "practice_code": "Y00001", "start_date": before},
            {"patient_id": 3, "practice_code": "Y00001", "start_date": before, "end_date": now},
        ],
        "address": [
            {"patient_id": 1, "area_code": "E01000001", "start_date": before, **area},
            {"patient_id": 1, "area_code": "E01000002", "start_date": now, **area},
            {"patient_id": 2, "area_code": "E01000001", "start_date": None, **area},
            {"patient_id": 3, "area_code": "E01000001", "start_date": before, **area},
        ],
    }
    record = MemoryRecord(connect(threads=2), tables)
    found = register(Asked(record, on, codelists.load()))
    assert found[["area_code", "sex", "age_band", "registered"]].values.tolist() == [
        ["E01000001", "female", "80+", 1],
        ["E01000002", "male", "40-49", 1],
    ]
