"""Codelist files: what they must say, which are refused and why, how they are read."""

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fairpractice.codelists import Code, Codelist, load, used
from fairpractice.codelists.lists import DEFAULTS, KEYS, SYSTEMS, header, opened, read, text
from fairpractice.errors import FairpracticeError


HEADER = "# title: A title\n# source: A source\n# licence: A licence\n"
RIGHT = HEADER + "code,term\n73211009,Diabetes mellitus\n38341003,Hypertension\n"


def a_list(folder: Path, content: str | bytes, name: str = "a-list.csv") -> Path:
    file = folder / name
    file.write_bytes(content if isinstance(content, bytes) else content.encode())
    return file


def read_file(file: Path) -> Codelist:
    return read(header(file))


def refusal(file: Path) -> str:
    with pytest.raises(FairpracticeError) as refused:
        read_file(file)
    return str(refused.value)


class TestReading:
    def test_a_list_says_what_it_is(self, tmp_path: Path) -> None:
        content = RIGHT.replace("code,", "# release: 2026\n# note: One.\n# note: Two.\ncode,")
        found = read_file(a_list(tmp_path, content))
        assert (found.id, found.title, found.release) == ("a-list", "A title", "2026")
        assert (found.status, found.system, found.note) == ("full", "snomed", "One. Two.")
        assert found.codes[0] == Code("73211009", "Diabetes mellitus")

    @pytest.mark.parametrize(
        "heading",
        [
            "code,term",
            "Code,Term",
            "id,name",
            "ConceptID,Description",
            "SNOMED_CODE,SNOMED_TERM",
            "snomedcode,name",
            '"snomed ct concept\nid","preferred term"',
        ],
    )
    def test_headings_in_use_are_known(self, tmp_path: Path, heading: str) -> None:
        found = read_file(a_list(tmp_path, RIGHT.replace("code,term", heading)))
        assert [code.code for code in found.codes] == ["73211009", "38341003"]
        assert found.codes[1].term == "Hypertension"

    def test_categories_are_read(self, tmp_path: Path) -> None:
        content = HEADER + "category,term,code\nwhite_irish,Irish,92401000000106\n"
        assert read_file(a_list(tmp_path, content)).codes[0].category == "white_irish"

    def test_a_column_of_another_name_can_be_the_category(self, tmp_path: Path) -> None:
        content = HEADER + "code,term,Grouping_16\n92401000000106,Irish,B\n"
        found = header(a_list(tmp_path, content))
        assert read(found, category="grouping 16").codes[0].category == "B"
        with pytest.raises(FairpracticeError, match="The columns are code, term, Grouping_16"):
            read(found, category="Label")

    @pytest.mark.parametrize("encoding", ["utf-8-sig", "cp1252", "utf-16"])
    def test_encodings_in_use_are_known(self, tmp_path: Path, encoding: str) -> None:
        content = RIGHT.replace("Hypertension", "Ménière’s disease").encode(encoding)
        assert read_file(a_list(tmp_path, content)).codes[1].term == "Ménière’s disease"

    @pytest.mark.parametrize("ending", ["\r\n", "\r", "\n\n"])
    def test_line_ends_and_blank_lines_do_not_matter(self, tmp_path: Path, ending: str) -> None:
        table = RIGHT.removeprefix(HEADER).replace("\n", ending)
        found = read_file(a_list(tmp_path, HEADER.encode() + table.encode() + b",\n , \n"))
        assert len(found.codes) == 2

    @pytest.mark.parametrize("delimiter", ["\t", ";"])
    def test_other_delimiters_are_known(self, tmp_path: Path, delimiter: str) -> None:
        content = HEADER + RIGHT.removeprefix(HEADER).replace(",", delimiter)
        assert read_file(a_list(tmp_path, content)).codes[0].term == "Diabetes mellitus"

    def test_blanks_in_a_code_are_left_out(self, tmp_path: Path) -> None:
        found = read_file(a_list(tmp_path, RIGHT.replace("73211009", " 7321\u00a01009\u200b")))
        assert found.codes[0].code == "73211009"

    def test_the_hash_is_that_of_the_file_whatever_its_line_ends(self, tmp_path: Path) -> None:
        unix = header(a_list(tmp_path, RIGHT)).sha256
        assert header(a_list(tmp_path, RIGHT.replace("\n", "\r\n"))).sha256 == unix
        assert header(a_list(tmp_path, RIGHT.replace("Diabetes", "diabetes"))).sha256 != unix

    @given(
        st.lists(
            st.tuples(
                st.from_regex("[a-zA-Z0-9#\"',; é]{1,8}", fullmatch=True)
                .map(str.strip)
                .filter(bool),
                st.text(st.characters(codec="utf-8", exclude_categories=["C", "Z"])),
                st.sampled_from(["", "one", 'a "b", c']),
            ),
            min_size=1,
            unique_by=lambda row: row[0],
        ),
        st.from_regex("[A-Za-z][^\\s,]*( [^\\s,]+)*", fullmatch=True),
    )
    def test_what_is_written_is_read_back(
        self, rows: list[tuple[str, str, str]], title: str
    ) -> None:
        codes = tuple(Code(*row, system="local") for row in rows)
        written = Codelist("x", title, "local", "", "s", "l", "full", "", codes)
        found = opened(Path("x.csv"), text(written).encode())
        again = read(replace(found, said={**DEFAULTS, **found.said}, sha256=""))
        assert again == written


class TestRefusing:
    @pytest.mark.parametrize("key", ["title", "source", "licence"])
    def test_a_list_that_does_not_say_where_it_is_from(self, tmp_path: Path, key: str) -> None:
        content = RIGHT.replace(f"# {key}: A {key}\n", "")
        assert f"does not say its {key}" in refusal(a_list(tmp_path, content))

    @pytest.mark.parametrize("line", ["# titel: x", "# no colon", "#"])
    def test_a_header_line_that_says_nothing(self, tmp_path: Path, line: str) -> None:
        message = refusal(a_list(tmp_path, f"{line}\n{RIGHT}"))
        assert "a-list.csv, line 1" in message
        assert ", ".join(KEYS) in message

    def test_an_unknown_system(self, tmp_path: Path) -> None:
        message = refusal(a_list(tmp_path, f"# system: read2\n{RIGHT}"))
        assert "'read2' is no system" in message
        assert ", ".join(SYSTEMS) in message

    def test_an_unknown_status(self, tmp_path: Path) -> None:
        assert "'done' is no status" in refusal(a_list(tmp_path, f"# status: done\n{RIGHT}"))

    @pytest.mark.parametrize("name", ["A-list.csv", "a_list.csv", "a--list.csv", "-a.csv"])
    def test_an_id_that_is_not_kebab_case(self, tmp_path: Path, name: str) -> None:
        assert "cannot be the id" in refusal(a_list(tmp_path, RIGHT, name))

    @pytest.mark.parametrize(
        ("code", "reason"),
        [
            ("73211008", "check digit is wrong"),
            ("1.23E+15", "scientific notation"),
            ("100014", "that of a description"),
            ("Diabetes", "digits only"),
            ("", "empty"),
        ],
    )
    def test_a_spoilt_code_is_named_with_file_and_line(
        self, tmp_path: Path, code: str, reason: str
    ) -> None:
        message = refusal(a_list(tmp_path, RIGHT.replace("38341003", code)))
        assert reason in message
        assert f"{tmp_path / 'a-list.csv'}, line 6" in message

    def test_a_line_is_counted_after_a_term_of_two_lines(self, tmp_path: Path) -> None:
        content = RIGHT.replace("Diabetes mellitus", '"Diabetes\nmellitus"')
        message = refusal(a_list(tmp_path, content.replace("38341003", "38341004")))
        assert "line 7" in message

    def test_a_duplicate(self, tmp_path: Path) -> None:
        message = refusal(a_list(tmp_path, RIGHT + "73211009,Again\n"))
        assert "73211009 is there twice, first on line 5" in message
        assert "line 7" in message

    @pytest.mark.parametrize("table", ["", "code,term\n", "code,term\n,\n\n"])
    def test_an_accidentally_empty_list(self, tmp_path: Path, table: str) -> None:
        assert "no codes" in refusal(a_list(tmp_path, HEADER + table))

    def test_a_list_declared_empty_that_is_not(self, tmp_path: Path) -> None:
        message = refusal(a_list(tmp_path, f"# status: empty\n{RIGHT}"))
        assert "declared empty and has a code, 73211009" in message

    def test_a_list_declared_empty_is_accepted(self, tmp_path: Path) -> None:
        found = read_file(a_list(tmp_path, f"# status: empty\n{HEADER}code,term\n"))
        assert (found.status, found.codes) == ("empty", ())

    def test_a_table_without_codes(self, tmp_path: Path) -> None:
        message = refusal(a_list(tmp_path, HEADER + "patient,age\n1,2\n"))
        assert "No column is headed as codes are" in message

    def test_a_quotation_mark_that_would_swallow_the_rest(self, tmp_path: Path) -> None:
        message = refusal(a_list(tmp_path, RIGHT.replace("Diabetes mellitus", '"Diabetes')))
        assert "line 5" in message
        assert "quotation mark" in message

    def test_what_is_not_text(self, tmp_path: Path) -> None:
        assert "not text" in refusal(a_list(tmp_path, HEADER.encode() + b"\x81\xff"))


class TestSystems:
    @pytest.mark.parametrize(
        ("system", "code"), [("ctv3", "XE2Nb"), ("ctv3", "H33.."), ("cvx", "08"), ("local", "A b")]
    )
    def test_codes_of_other_systems_pass(self, system: str, code: str) -> None:
        assert SYSTEMS[system](code) is None

    @pytest.mark.parametrize(
        ("system", "code"),
        [("ctv3", "H33"), ("ctv3", "H.3.."), ("ctv3", "....."), ("cvx", "8x"), ("local", "")],
    )
    def test_other_codes_do_not(self, system: str, code: str) -> None:
        assert SYSTEMS[system](code)

    @pytest.mark.reference
    def test_published_ctv3_codes_pass(self, reference) -> None:
        for file in reference("codelists", "flu-vaccination-ctv3").glob("*.csv"):
            found = opened(file, file.read_bytes())
            said = {**DEFAULTS, "title": "t", "source": "s", "licence": "l", "system": "ctv3"}
            codes = read(replace(found, said=said)).codes
            assert len(codes) > 10
            assert all(code.term for code in codes)


class TestStamp:
    def test_a_result_says_which_lists_it_used(self) -> None:
        lists = load()
        stamp = used(lists, ["stroke", "debt", "stroke"])
        assert [(id, status) for id, status, _ in stamp] == [
            ("debt", "empty"),
            ("stroke", "starter"),
        ]
        assert all(lists[id].sha256.startswith(sha) and len(sha) == 12 for id, _, sha in stamp)


@pytest.mark.reference
class TestPublished:
    def test_opencodelists_files_are_read(self, reference) -> None:
        """Every list of the reference data loads, save those that are spoilt in a known way."""
        files = [
            file
            for file in reference("codelists").glob("*/*.csv")
            if file.parent.name not in ("gravity", "flu-vaccination-ctv3")
        ]
        assert len(files) > 100
        said = {"title": "t", "source": "s", "licence": "l"}
        refused = {}
        for file in files:
            found = opened(file, file.read_bytes())
            try:
                read(replace(found, said={**DEFAULTS, **said}))
            except FairpracticeError as error:
                refused[file.name] = error.what
        assert set(refused) == {"ethnicity_snomed_ONS_NHS.csv"}, refused
