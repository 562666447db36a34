"""Identifiers: what fits, what is refused and why, and that SQL and Python agree."""

import csv
import gzip
from pathlib import Path

import duckdb
import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from fairpractice.identifiers import SHAPES, nhs_number, organisation, places, snomed_ct
from fairpractice.record.tables import TABLES


BODIES = st.from_regex("999[0-9]{6}", fullmatch=True)
SPACE = st.sampled_from([" ", "-", "\u00a0", "\u2013", "\u200b", "\t", ""])


def check_digit(body: str) -> int:
    """The rule as the NHS Data Dictionary words it: 11 less the remainder, 11 written as 0."""
    remainder = sum(int(digit) * (10 - place) for place, digit in enumerate(body)) % 11
    return (11 - remainder) % 11


def with_check_digit(body: str) -> str:
    return next(body + digit for digit in "0123456789" if not snomed_ct.verhoeff(body + digit))


NUMBERS = BODIES.filter(lambda body: check_digit(body) < 10).map(
    lambda body: f"{body}{check_digit(body)}"
)
NUMBERS = NUMBERS.filter(lambda number: len(set(number)) > 1)
CONCEPTS = st.one_of(
    st.from_regex("[1-9][0-9]{2,14}00", fullmatch=True),
    st.from_regex("[1-9][0-9]{7,14}10", fullmatch=True),
).map(with_check_digit)
VALID = {
    "nhs_number": NUMBERS,
    "snomed_ct": CONCEPTS,
    "ods_code": st.from_regex("[A-Z][0-9]{5}", fullmatch=True),
    "small_area": st.from_regex("([EWS]01|N20)[0-9]{6}", fullmatch=True),
    "postcode": st.from_regex("[A-Z]{1,2}[0-9][A-Z0-9]? [0-9][A-Z]{2}", fullmatch=True),
}


class TestEveryShape:
    def test_the_tables_name_only_shapes_there_are(self) -> None:
        named = {c.shape for table in TABLES.values() for c in table.columns if c.shape}
        assert named <= set(SHAPES)

    @pytest.mark.parametrize("name", SHAPES)
    def test_nothing_is_not_an_identifier(self, name: str) -> None:
        assert "empty" in (SHAPES[name].problem(" \t") or "")

    @pytest.mark.parametrize("name", SHAPES)
    def test_sql_agrees_with_python(self, name: str) -> None:
        shape = SHAPES[name]
        with duckdb.connect() as connection:
            question = (
                f"SELECT n, {shape.sql('n')} FROM (SELECT {shape.normalise_sql('t')} AS n "
                "FROM (SELECT ?::VARCHAR AS t))"
            )

            # Text of any kind, nearly right text, and right text in which one character changed.
            near = st.text("0123456789EWSN05ABGIRZabz -\u00a0\u2013\u200b", max_size=20)
            any_text = st.text(st.characters(codec="utf-8"), max_size=20)
            changed = st.builds(
                lambda text, place, new: (
                    text[: place % len(text)] + new + text[place % len(text) :]
                ),
                VALID[name],
                st.integers(0, 20),
                st.sampled_from(["", " ", "0", "7", "e", "Z", "\n", "é", "٣"]),
            )

            @given(st.one_of(any_text, near, VALID[name], changed))
            @example("ß")
            @example("0000000000")
            @example("12\n")
            @example("ZZ99 3VZ")
            def agree(text: str) -> None:
                answer = connection.execute(question, [text]).fetchone()
                assert answer == (shape.normalise(text), shape.problem(text) is None)

            agree()

    @pytest.mark.parametrize("name", SHAPES)
    def test_null_is_neither_right_nor_wrong(self, name: str) -> None:
        with duckdb.connect() as connection:
            column = SHAPES[name].sql("NULL::VARCHAR")
            assert connection.execute(f"SELECT {column}").fetchone() == (None,)

    @pytest.mark.parametrize("name", SHAPES)
    def test_messages_never_repeat_the_value(self, name: str) -> None:
        @given(st.text("0123456789ABCXYZ", min_size=10, max_size=18))
        def silent(text: str) -> None:
            assert text not in (SHAPES[name].problem(text) or "")

        silent()

    @pytest.mark.parametrize("name", SHAPES)
    def test_normalising_twice_changes_nothing(self, name: str) -> None:
        @given(st.text(st.characters(codec="utf-8")))
        def settled(text: str) -> None:
            once = SHAPES[name].normalise(text)
            assert SHAPES[name].normalise(once) == once

        settled()


class TestNHSNumber:
    @given(NUMBERS)
    def test_the_check_digit_of_the_data_dictionary_passes(self, number: str) -> None:
        assert nhs_number.problem(number) is None

    @given(BODIES.filter(lambda body: check_digit(body) == 10), st.sampled_from("0123456789"))
    def test_no_check_digit_fits_a_remainder_of_one(self, body: str, digit: str) -> None:
        assert nhs_number.problem(body + digit)

    @given(NUMBERS, st.integers(0, 9), st.sampled_from("0123456789"))
    def test_any_one_wrong_digit_is_found(self, number: str, place: int, digit: str) -> None:
        assume(number[place] != digit)
        assert nhs_number.problem(number[:place] + digit + number[place + 1 :])

    @given(NUMBERS, st.integers(0, 8))
    def test_any_two_digits_swapped_are_found(self, number: str, place: int) -> None:
        assume(number[place] != number[place + 1])
        swapped = number[:place] + number[place + 1] + number[place] + number[place + 2 :]
        assert nhs_number.problem(swapped)

    @given(NUMBERS, SPACE, SPACE)
    def test_is_read_as_people_write_it(self, number: str, first: str, second: str) -> None:
        written = f" {number[:3]}{first}{number[3:6]}{second}{number[6:]} "
        assert nhs_number.normalise(written) == number
        assert nhs_number.problem(written) is None

    @pytest.mark.parametrize("digit", "0123456789")
    def test_ten_like_digits_are_refused(self, digit: str) -> None:
        assert "like digits" in (nhs_number.problem(digit * 10) or "")

    def test_the_length_is_said(self) -> None:
        assert "this has 9" in (nhs_number.problem("999123456") or "")


class TestSnomedCT:
    @pytest.mark.parametrize(
        ("code", "kind"),
        [
            ("73211009", "concept"),
            ("138875005", "concept"),
            ("100005", "concept"),
            ("100014", "description"),
            ("100022", "relationship"),
            ("1290023401004", "concept"),
            ("1290023401015", "description"),
            ("9940000001029", "relationship"),
            ("10000001105", "concept"),
            ("10989121108", "concept"),
            ("1290000001117", "description"),
            ("9940000001126", "relationship"),
            ("999999990989121104", "concept"),
        ],
    )
    def test_the_examples_of_the_specification(self, code: str, kind: str) -> None:
        assert not snomed_ct.verhoeff(code)
        assert snomed_ct.kind(code) == kind
        assert (snomed_ct.problem(code) is None) == (kind == "concept")

    @given(CONCEPTS)
    def test_concepts_pass(self, code: str) -> None:
        assert snomed_ct.problem(code) is None

    @given(CONCEPTS, st.integers(0, 17), st.sampled_from("0123456789"))
    def test_any_one_wrong_digit_is_found(self, code: str, place: int, digit: str) -> None:
        assume(place < len(code) and code[place] != digit)
        assert snomed_ct.problem(code[:place] + digit + code[place + 1 :])

    @given(CONCEPTS, st.integers(0, 16))
    def test_any_two_digits_swapped_are_found(self, code: str, place: int) -> None:
        assume(place + 1 < len(code) and code[place] != code[place + 1])
        swapped = code[:place] + code[place + 1] + code[place] + code[place + 2 :]
        assert snomed_ct.problem(swapped)

    def test_the_product_is_a_group(self) -> None:
        d = snomed_ct.PRODUCT
        assert all(
            d[d[a][b]][c] == d[a][d[b][c]] for a in range(10) for b in range(10) for c in range(10)
        )
        assert all(sorted(row) == list(range(10)) for row in d)
        assert all(sorted(column) == list(range(10)) for column in zip(*d, strict=True))

    @given(st.from_regex("[1-9][0-9]{7,14}(01|11|02|12)", fullmatch=True).map(with_check_digit))
    def test_what_is_no_concept_is_named(self, code: str) -> None:
        assert f"that of a {snomed_ct.kind(code)}" in (snomed_ct.problem(code) or "")

    @given(st.from_regex("[1-9][0-9]{7,14}(2[0-9]|03|19)", fullmatch=True).map(with_check_digit))
    def test_unknown_partitions_are_refused(self, code: str) -> None:
        assert "last three digits" in (snomed_ct.problem(code) or "")

    @pytest.mark.parametrize("code", ["1.23E+15", "1.24058E+15", "7E+15", "1,24E+15", "1e15"])
    def test_a_spreadsheet_that_spoilt_it_is_blamed(self, code: str) -> None:
        assert "a spreadsheet spoilt it" in (snomed_ct.problem(code) or "")

    @given(st.from_regex("[1-9][0-9]{12,14}10", fullmatch=True).map(with_check_digit))
    def test_a_spreadsheet_that_rounded_it_is_blamed(self, code: str) -> None:
        rounded = code[:15] + "0" * (len(code) - 15)
        assume(rounded != code)
        reason = snomed_ct.problem(rounded)
        # One in ten rounded codes has the right check digit by chance: the rest of the file tells.
        assert snomed_ct.verhoeff(rounded) == 0 or "rounded" in (reason or "")


class TestOdsCode:
    @pytest.mark.parametrize(
        ("code", "kind"),
        [
            ("A81001", "general practice"),
            ("W97001", "general practice"),
            ("U89141", "primary care network"),
            ("A81001001", "branch surgery"),
            ("QHM", "integrated care board"),
            ("RTD", "trust"),
            ("RTD01", "site of a trust"),
            ("16C", "sub-ICB location"),
            ("FA002", "pharmacy"),
            ("V81997", "no practice"),
            ("8HX04", "other organisation"),
        ],
    )
    def test_what_it_looks_like(self, code: str, kind: str) -> None:
        assert organisation.kind(code) == kind
        assert organisation.problem(code.lower() + " ") is None

    @pytest.mark.parametrize("text", ["A8", "THE DENSHAM SURGERY", "A81001-002", "Å81001"])
    def test_names_are_not_codes(self, text: str) -> None:
        assert "not of names" in (organisation.problem(text) or "")


class TestSmallArea:
    def test_the_edition_cannot_be_told_from_the_code(self) -> None:
        assert places.vintages("E01000001") == ("lsoa_2011", "lsoa_2021")
        assert places.vintages("95AA01S1") == ("soa_2001",)
        assert places.vintages("E02000001") == ()

    @pytest.mark.parametrize("code", ["E02000001", "E00000001", "S02001237", "E09000001"])
    def test_other_sizes_of_area_are_named_as_such(self, code: str) -> None:
        assert "larger or smaller" in (places.problem_area(code) or "")


class TestPostcode:
    @pytest.mark.parametrize(
        "postcode", ["M1 1AE", "B33 8TH", "CR2 6XH", "DN55 1PT", "W1A 0AX", "EC1A 1BB", "GIR 0AA"]
    )
    def test_every_pattern_passes_however_it_is_spaced(self, postcode: str) -> None:
        for written in (postcode, postcode.replace(" ", "").lower(), postcode.replace(" ", "  ")):
            assert places.normalise_postcode(written) == postcode
            assert places.problem_postcode(written) is None

    @pytest.mark.parametrize("postcode", [places.NO_FIXED_ABODE, places.ADDRESS_NOT_KNOWN])
    def test_people_without_an_address_have_one_too(self, postcode: str) -> None:
        assert places.problem_postcode(postcode) is None

    @pytest.mark.parametrize("text", ["SW1A", "SW1A 1CI", "1AA SW1", "BFPO 12", "NFA"])
    def test_what_is_none_is_told_what_to_give(self, text: str) -> None:
        assert places.NO_FIXED_ABODE in (places.problem_postcode(text) or "")


@pytest.mark.reference
class TestPublished:
    """Every code of the published registers fits."""

    @pytest.mark.parametrize(
        ("shape", "file", "column"),
        [
            ("ods_code", "gp/practice_pcn_ccg_stp_map_2022-07.csv.gz", "practice_code"),
            ("ods_code", "gp/practice_pcn_ccg_stp_map_2022-07.csv.gz", "pcn_code"),
            ("postcode", "gp/practice_pcn_ccg_stp_map_2022-07.csv.gz", "practice_postcode"),
            ("postcode", "lookups/postcode_sample_may22.csv.gz", "pcds"),
            ("small_area", "imd/imd2019_england_lsoa11.csv.gz", "lsoa11_code"),
            ("small_area", "imd/wimd2025_wales_lsoa21_ranks.csv.gz", "lsoa21_code"),
            ("small_area", "imd/simd2020_scotland_dz11.csv.gz", "dz11_code"),
            ("small_area", "imd/nimdm2017_northern_ireland_soa01.csv.gz", "soa01_code"),
        ],
    )
    def test_fits(self, reference, shape: str, file: str, column: str) -> None:
        with gzip.open(Path(reference("geo", *file.split("/"))), "rt", encoding="utf-8") as lines:
            codes = {row[column] for row in csv.DictReader(lines)}
        codes -= {"", "U"}  # the register writes U for a practice in no network
        assert len(codes) > 500
        assert {
            code: SHAPES[shape].problem(code) for code in codes if SHAPES[shape].problem(code)
        } == {}

    def test_kinds_of_practices_and_networks(self, reference) -> None:
        file = reference("geo", "gp", "practice_pcn_ccg_stp_map_2022-07.csv.gz")
        with gzip.open(file, "rt", encoding="utf-8") as lines:
            rows = list(csv.DictReader(lines))
        assert {organisation.kind(row["practice_code"]) for row in rows} == {"general practice"}
        networks = {row["pcn_code"] for row in rows} - {"U"}
        assert {organisation.kind(code) for code in networks} == {"primary care network"}
