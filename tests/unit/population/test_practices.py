import datetime as dt
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import openpyxl
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fairpractice.engines import Engine
from fairpractice.errors import FairpracticeError
from fairpractice.population import deprivation, lookups
from fairpractice.population.editions import IMD2019
from fairpractice.population.practices import (
    PostcodeRefused,
    network_of,
    practice_deprivation,
    read_networks,
    read_practices,
    read_register,
    score_register,
)


Write = Callable[..., Path]
Row = dict[str, Any]
DAY = dt.date


def rows(engine: Engine, expression: Any) -> list[Row]:
    found: list[Row] = engine.to_arrow(expression).to_pylist()
    return found


def cost_centre(code: str, setting: str, *, closed: str = "", status: str = "A") -> list[str]:
    row = [""] * 27
    row[0], row[1], row[9], row[10], row[11] = (
        code,
        f"Practice {code}",
        "ZZ99 3WZ",
        "19740401",
        closed,
    )
    row[12], row[25] = status, setting
    return row


def test_gp_practices_are_read_from_a_file_without_headings(write: Write) -> None:
    first = cost_centre("Y00002", "4", closed="20230331", status="C")
    file = write("epraccur.csv", first, [cost_centre("Y00001", "4"), cost_centre("Y00003", "9")])
    found = read_practices(file).to_pylist()
    assert [row["practice_code"] for row in found] == ["Y00001", "Y00002"]
    assert [row["status"] for row in found] == ["active", "closed"]
    assert found[1]["closed_on"] == DAY(2023, 3, 31)
    assert found[0]["closed_on"] is None
    assert found[0]["opened_on"] == DAY(1974, 4, 1)
    assert found[0]["commissioner_code"] is None


@pytest.mark.parametrize(
    ("row", "says"),
    [
        (cost_centre("Y00001", "9"), "no row is a GP practice"),
        (cost_centre("Y00001", "4", closed="31/03/2023"), "not written yyyymmdd"),
        (["Y00001", "a practice"], "do not all have 27 columns"),
    ],
)
def test_another_file_than_epraccur_is_refused(write: Write, row: list[str], says: str) -> None:
    with pytest.raises(FairpracticeError, match=says):
        read_practices(write("epraccur.csv", row, []))


DETAILS = ["PCN Code", "PCN Name", "Current Sub ICB Loc Code", "Open Date", "Close Date"]
PARTNERS = [
    "Partner\nOrganisation\nCode",
    "PCN Code",
    "Practice to PCN\nRelationship\nStart Date",
    "Practice to PCN\nRelationship\nEnd Date",
]


def workbook(
    tmp_path: Path, partners: Sequence[Sequence[str | None]], heading: Sequence[str] = PARTNERS
) -> Path:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for row in (
        DETAILS,
        ["U1", "One", "00A", "20190701", ""],
        ["U2", "Two", "00A", "20190701", "20220331"],
    ):
        sheet.append(row)
    second = book.create_sheet("Partners")
    for partner in (heading, *partners):
        second.append(partner)
    file = tmp_path / "ePCN.xlsx"
    book.save(file)
    return file


def test_networks_and_their_practices_are_read(tmp_path: Path) -> None:
    file = workbook(
        tmp_path,
        [["Y00002", "U1", "20220401", None], ["Y00002", "U2", "20190701", "20220331"]],
    )
    networks, membership = read_networks(file)
    assert networks["closed_on"].to_pylist() == [None, DAY(2022, 3, 31)]
    assert [tuple(row.values()) for row in membership.to_pylist()] == [
        ("Y00002", "U2", DAY(2019, 7, 1), DAY(2022, 3, 31)),
        ("Y00002", "U1", DAY(2022, 4, 1), None),
    ]


def test_a_workbook_without_the_dates_is_refused(tmp_path: Path) -> None:
    with pytest.raises(FairpracticeError, match="no heading 'practice to pcn relationship start"):
        read_networks(workbook(tmp_path, [["Y00002", "U1"]], PARTNERS[:2]))


@pytest.fixture
def membership(engine: Engine) -> Any:
    spells = [
        ("Y1", "U1", DAY(2019, 7, 1), DAY(2022, 3, 31)),
        ("Y1", "U2", DAY(2022, 4, 1), None),
        ("Y2", "U1", DAY(2019, 7, 1), DAY(2022, 3, 31)),
        ("Y3", "U2", DAY(2019, 7, 1), None),
        ("Y3", "U1", DAY(2020, 7, 1), None),
        ("Y4", "U9", DAY(2020, 7, 1), None),
        ("Y4", "U3", DAY(2020, 7, 1), None),
    ]
    names = ("practice_code", "network_code", "start_date", "end_date")
    return engine.table(
        pa.Table.from_pylist([dict(zip(names, spell, strict=True)) for spell in spells])
    )


@pytest.mark.parametrize(
    ("on", "expected"),
    [
        (None, {"Y1": "U2", "Y3": "U1", "Y4": "U3"}),
        (DAY(2022, 3, 31), {"Y1": "U1", "Y2": "U1", "Y3": "U1", "Y4": "U3"}),
        (DAY(2022, 4, 1), {"Y1": "U2", "Y3": "U1", "Y4": "U3"}),
        (DAY(2019, 8, 1), {"Y1": "U1", "Y2": "U1", "Y3": "U2"}),
        (DAY(2019, 6, 30), {}),
    ],
)
def test_a_practice_is_in_one_network_on_a_day(
    engine: Engine, membership: Any, on: DAY | None, expected: dict[str, str]
) -> None:
    found = rows(engine, network_of(membership, on))
    assert {row["practice_code"]: row["network_code"] for row in found} == expected
    assert len(found) == len(expected)


SCORES = {"E01000001": 10.0, "E01000002": 40.0, "E01000003": None}
AREAS = pa.table(
    {
        "area_vintage": ["lsoa_2011"] * 3,
        "area_code": list(SCORES),
        "score": pa.array(list(SCORES.values()), pa.float64()),
    }
)


def register(cells: Sequence[tuple[str, str, str | None, int]]) -> pa.Table:
    names = ("practice_code", "area_vintage", "area_code", "patients")
    kinds = (pa.string(), pa.string(), pa.string(), pa.int64())
    return pa.Table.from_pylist(
        [dict(zip(names, cell, strict=True)) for cell in cells],
        pa.schema(list(zip(names, kinds, strict=True))),
    )


def test_a_practices_score_is_weighted_by_its_patients(engine: Engine) -> None:
    cells = [
        ("P1", "lsoa_2011", "E01000001", 30),
        ("P1", "lsoa_2011", "E01000002", 10),
        ("P1", "lsoa_2011", "E01000003", 7),  # an area without a score
        ("P1", "lsoa_2021", "E01000001", 5),  # the same code, another area
        ("P1", "lsoa_2011", "NO2011", 3),
        ("P1", "lsoa_2011", None, 1),
        ("P1", "lsoa_2011", "W01000001", 2),
        ("P2", "lsoa_2011", "NO2011", 4),
    ]
    found = practice_deprivation(engine.table(register(cells)), engine.table(AREAS), IMD2019)
    one, two = sorted(rows(engine, found), key=lambda row: str(row["practice_code"]))
    assert one["score"] == pytest.approx((30 * 10 + 10 * 40) / 40)
    counts = ("patients", "patients_scored", "patients_without_area", "patients_elsewhere",
              "patients_unmatched")  # fmt: skip
    assert [one[name] for name in counts] == [58, 40, 4, 2, 12]
    assert (two["score"], two["patients"], two["patients_without_area"]) == (None, 4, 4)
    assert one["edition"] == "imd2019"
    assert one["unit"] == "score weighted by patients over areas (LSOA 2011 in England)"
    assert one["direction"] == "higher = more deprived"


@settings(max_examples=30)  # each is a query
@given(
    st.lists(
        st.tuples(
            st.sampled_from(["P1", "P2"]),
            st.sampled_from(["lsoa_2011", "lsoa_2021"]),
            st.sampled_from([*SCORES, "W01000001", "S01006506", "NO2011", "", None]),
            st.integers(0, 500),
        ),
        min_size=1,
        max_size=12,
    )
)
def test_every_patient_is_counted_once(
    engine: Engine, cells: list[tuple[str, str, str | None, int]]
) -> None:
    found = practice_deprivation(engine.table(register(cells)), engine.table(AREAS), IMD2019)
    for row in rows(engine, found):
        mine = [cell for cell in cells if cell[0] == row["practice_code"]]
        parts = ("scored", "without_area", "elsewhere", "unmatched")
        assert row["patients"] == sum(row[f"patients_{part}"] for part in parts)
        assert row["patients"] == sum(cell[3] for cell in mine)
        known = [
            (cell[3], SCORES.get(str(cell[2])))
            for cell in mine
            if cell[1] == "lsoa_2011" and SCORES.get(str(cell[2])) is not None
        ]
        weight = sum(n for n, _ in known)
        if weight:
            assert row["score"] == pytest.approx(sum(n * (s or 0) for n, s in known) / weight)
        else:
            assert row["score"] is None


def test_scoring_by_postcode_is_refused(engine: Engine, write: Write) -> None:
    table = pa.table({"practice_code": ["P1"], "practice_postcode": ["ZZ99 3WZ"]})
    with pytest.raises(PostcodeRefused, match="not scored by its postcode"):
        practice_deprivation(engine.table(table), engine.table(AREAS), IMD2019)
    file = write("map.csv", ["PRACTICE_CODE", "PRACTICE_POSTCODE"], [["P1", "ZZ99 3WZ"]])
    with pytest.raises(PostcodeRefused, match="where the patients live"):
        read_register(file, "lsoa_2011")


def test_the_published_register_is_read(write: Write) -> None:
    heading = ["EXTRACT_DATE", "PRACTICE_CODE", "LSOA_CODE", "SEX", "Number of Patients"]
    file = write("register.csv", heading, [["01JUL2022", "P1", "E01000001", "ALL", 12],
                                           ["01JUL2022", "P1", "", "ALL", 1]])  # fmt: skip
    assert read_register(file, "lsoa_2011").to_pylist() == [
        {"practice_code": "P1", "area_vintage": "lsoa_2011", "area_code": c, "patients": n}
        for c, n in (("E01000001", 12), (None, 1))
    ]
    with pytest.raises(FairpracticeError, match="no heading is one of 'number of patients'"):
        read_register(write("r.csv", ["practice_code", "lsoa_code"], [["P1", "x"]]), "lsoa_2011")
    with pytest.raises(FairpracticeError, match="no area vintage"):
        read_register(file, "lsoa11")


def test_a_register_of_an_earlier_vintage_is_carried(
    engine: Engine, write: Write, tmp_path: Path
) -> None:
    heading = ["area code", "rank", "score", "population"]
    index = [["E01000001", 3, 1, 10], ["E01033769", 2, 20, 30], ["E01033770", 1, 60, 10]]
    deprivation.add("fictional2025", write("i.csv", heading, index), tmp_path)
    cells = [("P1", "lsoa_2011", "E01000002", 40), ("P1", "lsoa_2011", "NO2011", 5)]
    with pytest.raises(FairpracticeError, match="deprivation lookup add"):
        score_register(engine, register(cells), "fictional2025", tmp_path)
    links = [
        ["E01000001", "E01000001", "U"],
        ["E01000002", "E01033769", "S"],
        ["E01000002", "E01033770", "S"],
    ]
    file = write("l.csv", ["LSOA11CD", "LSOA21CD", "CHGIND"], links)
    lookups.add_lookup("lsoa_2011", "lsoa_2021", file, tmp_path)
    (found,) = rows(engine, score_register(engine, register(cells), "fictional2025", tmp_path))
    assert found["score"] == pytest.approx((30 * 20 + 10 * 60) / 40)
    assert (found["patients_scored"], found["patients_without_area"]) == (40, 5)


@pytest.mark.parametrize(
    ("columns", "says"), [([0, 1], "has no scores"), ([0, 1, 2], "has no populations")]
)
def test_an_edition_without_what_is_needed_is_refused(
    engine: Engine, write: Write, tmp_path: Path, columns: list[int], says: str
) -> None:
    heading = ["area code", "rank", "score", "population"]
    index = [["E01000001", 1, 9, 10]]
    chosen = [[row[n] for n in columns] for row in index]
    deprivation.add(
        "fictional2025", write("i.csv", [heading[n] for n in columns], chosen), tmp_path
    )
    with pytest.raises(FairpracticeError, match=says):
        score_register(
            engine, register([("P1", "lsoa_2011", "E01000001", 4)]), "fictional2025", tmp_path
        )
