"""Counts that share a word are compared with a constant all at once."""

import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from fairpractice.criteria.bits import COUNT_BITS, COUNTS, MOST_COUNTED, Place, at_least
from fairpractice.engines.duckdb import connect


COUNT = st.integers(0, MOST_COUNTED - 1) | st.sampled_from([0, 1, MOST_COUNTED - 1])


@given(
    st.lists(st.lists(COUNT, min_size=7, max_size=7), min_size=1, max_size=5),
    st.integers(1, MOST_COUNTED) | st.sampled_from([1, 2, MOST_COUNTED]),
)
def test_a_mask_says_on_which_dates_a_count_is_large_enough(
    people: list[list[int]], least: int
) -> None:
    places = [Place(f"n_{i - i % COUNTS}", COUNT_BITS * (i % COUNTS)) for i in range(7)]
    words: dict[str, list[int]] = {place.column: [0] * len(people) for place in places}
    for person, counts in enumerate(people):
        for place, count in zip(places, counts, strict=True):
            assert place.shift is not None
            words[place.column][person] |= count << place.shift
    engine = connect()
    table = engine.table(pa.table({"person": range(len(people)), **words}))
    found = engine.to_arrow(table.select("person", mask=at_least(table, places, least)))
    for row in found.to_pylist():
        enough = [count >= least for count in people[row["person"]]]
        assert [bool(row["mask"] >> i & 1) for i in range(7)] == enough
