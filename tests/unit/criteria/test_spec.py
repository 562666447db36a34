"""Reading the tables that people are drawn in: what is refused, and how it is said."""

import datetime as dt

import pytest

from fairpractice.codelists import Code, Codelist
from fairpractice.criteria.spec import aligned, parse
from fairpractice.errors import FairpracticeError


def codelist(name: str, *codes: str) -> Codelist:
    return Codelist(
        id=name,
        title=name,
        system="local",
        release="",
        source="a test",
        licence="none",
        status="starter" if codes else "empty",
        sha256="",
        codes=tuple(Code(code, code, system="local") for code in codes),
    )


LISTS = {
    each.id: each
    for each in (codelist("asthma", "shared", "a"), codelist("copd", "shared"), codelist("debt"))
}
HEADING = "person | birth | sex | record | found\n"


def row(record: str = "", *, birth: str = "1980-05", sex: str = "female", name: str = "her") -> str:
    return f"{HEADING}{name} | {birth} | {sex} | {record} | yes"


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "has no rows"),
        ("person | born | sex | record | found", "headings"),
        ("person | birth | sex | record", "headings"),
        (HEADING + "her | 1980-05 | female | yes", "has 4 cells, not 5"),
        (row() + "\nher | | | | no", "is there twice"),
        (row(sex="woman"), "the sex 'woman'"),
        (row(birth="May 1980"), "the date 'May 1980'"),
        (row("asthma 2026-02-30"), "the date '2026-02-30'"),
        (row("asthma yesterday"), "cannot be read: 'asthma yesterday'"),
        (row("fact debt maybe 2026-01-01"), "cannot be read"),
        (row("fact money present 2026-01-01"), "cannot be read"),
        (row("attended 2026-01-01 with"), "cannot be read"),
        (row("astma 2026-01-01"), "'astma', which is no codelist"),
        (row("debt 2026-01-01"), "'debt', which has no codes"),
    ],
)
def test_what_cannot_be_read_is_refused(text: str, says: str) -> None:
    with pytest.raises(FairpracticeError, match=says) as refused:
        parse(text, LISTS, where="a rule")
    assert refused.value.fix
    assert "(a rule)" in str(refused.value)


def test_a_list_almost_named_is_recognised() -> None:
    with pytest.raises(FairpracticeError, match="Did you mean asthma"):
        parse(row("astma 2026-01-01"), LISTS)


def test_everybody_is_registered_unless_it_says_otherwise() -> None:
    others = [
        "him | | | registered 2020-02-02 until 2021-01-01 | no",
        "nobody | | | not registered | no",
    ]
    text = "\n".join([row(), *others])
    spells = parse(text, LISTS).tables["registration"]
    assert [(spell["patient_id"], spell["start_date"], spell["end_date"]) for spell in spells] == [
        (1, dt.date(2000, 1, 1), None),
        (2, dt.date(2020, 2, 2), dt.date(2021, 1, 1)),
    ]


def test_a_code_that_no_other_list_has_is_chosen() -> None:
    drawn = parse(row("asthma 2026-01-01; copd 2026-01-01 = -2.5"), LISTS).tables["event"]
    assert [event["code"] for event in drawn] == ["a", "shared"]
    assert [event["value"] for event in drawn] == [None, -2.5]


def test_an_entry_may_be_repeated() -> None:
    drawn = parse(row("3 x attended 2026-01-01 with A for 15 minutes"), LISTS)
    assert [row["minutes"] for row in drawn.tables["appointment"]] == [15.0] * 3
    assert {row["clinician_id"] for row in drawn.tables["appointment"]} == {"A"}


def test_a_person_has_every_column_of_every_table() -> None:
    drawn = parse(row("died 2026-05; contact email; address 2020-01-01"), LISTS)
    person = drawn.person("her")
    assert person["patient"][0]["death_month"] == dt.date(2026, 5, 1)
    assert person["patient"][0]["contact_details"] == "email"
    assert person["address"][0]["end_date"] is None
    assert person["event"] == []


def test_uneven_rows_are_aligned_as_far_as_they_go() -> None:
    assert aligned("a | b\nlonger\n\n") == "a      | b\nlonger"
    assert aligned("") == ""


def test_a_table_is_aligned_and_reads_the_same() -> None:
    ragged = f"\n    {HEADING}    her | 1980-05 | | 3 x attended 2026-01-01 | yes\n  b|||| no\n"
    assert aligned(ragged).splitlines()[1:] == [
        "her    | 1980-05 |     | 3 x attended 2026-01-01 | yes",
        "b      |         |     |                         | no",
    ]
    assert parse(aligned(ragged), LISTS) == parse(ragged, LISTS)
