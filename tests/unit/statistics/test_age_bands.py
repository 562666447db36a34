import pyarrow as pa
import pytest

from fairpractice.errors import FairpracticeError
from fairpractice.statistics.age_bands import read_reference


@pytest.mark.parametrize(
    ("written", "first", "last"),
    [
        ("0-4", 0, 4),
        ("00 to 04", 0, 4),
        ("Aged 5 to 9", 5, 9),
        ("10–14", 10, 14),
        ("Under 1", 0, 0),
        ("<5", 0, 4),
        ("less than 18", 0, 17),
        ("7", 7, 7),
        ("90+", 90, 999),
        ("85 and over", 85, 999),
        ("65 years and older", 65, 999),
    ],
)
def test_bands_are_read_as_people_write_them(written: str, first: int, last: int) -> None:
    table = pa.table({"age_band": [written], "population": [3]})
    (part,) = read_reference(table, {"n": "population"}).parts.to_pylist()
    assert (part["part_first"], part["part_last"], part["n"]) == (first, last, 3)


def test_numbers_are_the_ages_at_which_bands_start() -> None:
    for ages in ([0, 1, 5, 80], [0.0, 1.0, 5.0, 80.0]):
        reference = read_reference(pa.table({"age_band": ages, "k": [1, 2, 3, 4]}), {"n": "k"})
        assert [
            (part["part_first"], part["part_last"]) for part in reference.parts.to_pylist()
        ] == [
            (0, 0),
            (1, 4),
            (5, 79),
            (80, 999),
        ]


@pytest.mark.parametrize(
    ("bands", "message"),
    [
        (["0-4", "not known"], "'not known' of the reference cannot be read"),
        (["0-4", None], "None of the reference cannot be read"),
        (["0-4", "0-4"], "'0-4' of the reference overlaps"),
        (["0-9", "5-14"], "'5-14' of the reference overlaps"),
    ],
)
def test_a_reference_that_cannot_be_joined_is_refused(bands: list[str], message: str) -> None:
    with pytest.raises(FairpracticeError, match=message):
        read_reference(pa.table({"age_band": bands, "population": [1, 1]}), {"n": "population"})
