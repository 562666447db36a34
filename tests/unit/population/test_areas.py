import pyarrow as pa
import pytest

from fairpractice.errors import FairpracticeError
from fairpractice.identifiers import places
from fairpractice.population.areas import VINTAGES, fits, newest_codes, vintage
from fairpractice.record.tables import AREA_VINTAGES


def test_the_vintages_are_those_of_the_record() -> None:
    assert tuple(VINTAGES) == AREA_VINTAGES


@pytest.mark.parametrize(
    ("code", "holds"),
    [
        ("E01000001", {"lsoa_2011", "lsoa_2021"}),
        ("E01033768", {"lsoa_2011", "lsoa_2021"}),
        ("E01033769", {"lsoa_2021"}),
        ("E01035763", set()),
        ("W01000001", {"lsoa_2011"}),
        ("W01002040", {"lsoa_2021"}),
        ("S01006506", {"data_zone_2011"}),
        ("S01013482", {"data_zone_2021"}),
        ("95AA01S1", {"soa_2001"}),
        ("e01000001", set()),
        ("E0100001", set()),
        ("E010000012", set()),
        ("NO2011", set()),
        ("", set()),
        (None, set()),
    ],
)
def test_a_code_fits_the_vintages_that_can_hold_it(code: str | None, holds: set[str]) -> None:
    codes = pa.array([code], pa.string())
    assert {name for name in VINTAGES if fits(codes, name)[0].as_py()} == holds


def test_codes_made_after_2011_are_counted() -> None:
    assert newest_codes(pa.array(["E01000001", "E01033769", "W01001959", "NO2011", None])) == 2
    assert newest_codes(pa.array([], pa.string())) == 0


def test_an_unknown_vintage_is_refused_with_those_there_are() -> None:
    with pytest.raises(FairpracticeError, match="lsoa_2011, lsoa_2021"):
        vintage("lsoa_2001")


def test_a_data_zone_of_northern_ireland_is_an_area_of_its_vintage() -> None:
    codes = pa.array(["N20000001", "N20003780", "N20003781", "S01013482", "S01006506", "95AA01S1"])
    assert fits(codes, "data_zone_2021").to_pylist() == [True, True, False, True, False, False]
    assert places.vintages("N20000001") == ("data_zone_2021",)
    assert "data_zone_2021" in places.vintages("S01013482")
