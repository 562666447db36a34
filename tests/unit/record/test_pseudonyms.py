import pytest
from hypothesis import given
from hypothesis import strategies as st

from fairpractice.engines.duckdb import connect
from fairpractice.errors import FairpracticeError
from fairpractice.record import pseudonyms


TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=30)


@pytest.fixture(scope="module")
def engine():
    return connect(threads=1)


@given(secret=TEXT, key=TEXT)
def test_python_and_the_engine_agree(engine, secret, key):
    wanted = pseudonyms.patient_id(secret, key)
    sql = f"SELECT {pseudonyms.patient_id_sql('k', secret)} FROM (SELECT ? AS k)"
    assert engine.execute(sql, [key]) == [(wanted,)]
    assert 0 <= wanted < 1 << 60
    marks = [pseudonyms.erased_mark(secret, wanted)]
    found = engine.execute(
        f"SELECT {pseudonyms.erased_sql('p', secret, marks)} "
        f"FROM (VALUES ({wanted}), ({wanted} + 1)) t(p)"
    )
    assert found == [(True,), (False,)]


def test_it_is_the_sha_256_of_secret_and_key():
    # SHA-256 of the letters "abc|def", worked out with coreutils' sha256sum.
    assert pseudonyms.patient_id("abc", "def") == 0x0DEF6826E591AFB


def test_a_missing_key_gives_a_missing_pseudonym(engine):
    assert engine.execute(f"SELECT {pseudonyms.patient_id_sql('NULL', 's')}") == [(None,)]


def test_the_key_is_the_nhs_number_else_the_sources_own():
    assert pseudonyms.linkage_key("9990000018", "gp", "17") == "nhs:9990000018"
    assert pseudonyms.linkage_key(None, "gp", "17") == "gp:17"


def test_two_people_with_one_pseudonym_are_found(engine):
    named = "t(linkage_key, patient_id)"
    alike = f"(VALUES ('a', 1), ('a', 1), ('b', 2), (NULL, NULL), ('c', NULL)) {named}"
    pseudonyms.check_collisions(engine, alike)
    clash = f"(VALUES ('a', 1), ('b', 1), ('c', 2)) {named}"
    with pytest.raises(FairpracticeError, match="1 pseudonyms would each stand for two people"):
        pseudonyms.check_collisions(engine, clash)
