"""What is encrypted comes back, only with its key; what is equal is found."""

import pytest
from cryptography.fernet import Fernet
from hypothesis import given
from hypothesis import strategies as st

from fairpractice.errors import FairpracticeError
from fairpractice.web.core import encryption
from fairpractice.web.patients.models import Patient


@given(st.dictionaries(st.text(), st.text() | st.none() | st.integers()))
def test_what_goes_in_comes_out_and_no_two_tokens_are_alike(value: dict[str, object]) -> None:
    token = encryption.encrypt(value)
    assert encryption.decrypt(token) == value
    assert encryption.encrypt(value) != token


def test_without_its_key_it_says_what_to_do(settings) -> None:
    token = encryption.encrypt("secret words")
    settings.ENCRYPTION_KEYS = [Fernet.generate_key().decode()]
    with pytest.raises(FairpracticeError, match="Put back the key"):
        encryption.decrypt(token)


@pytest.mark.parametrize("keys", [[], ["short"]])
def test_a_key_that_is_none_is_refused(settings, keys: list[str]) -> None:
    settings.ENCRYPTION_KEYS = keys
    with pytest.raises(FairpracticeError, match="fairpractice keys new"):
        encryption.encrypt("x")


def test_after_a_rotation_the_old_key_is_not_needed(people, settings, monkeypatch) -> None:
    monkeypatch.setattr(encryption, "ROTATED_AT_ONCE", 3)
    names = [each.name for each in Patient.objects.order_by("record_id")]
    new = Fernet.generate_key().decode()
    settings.ENCRYPTION_KEYS = [new, *settings.ENCRYPTION_KEYS]
    assert encryption.rotate() == len(names)
    settings.ENCRYPTION_KEYS = [new]
    assert [each.name for each in Patient.objects.order_by("record_id")] == names


def test_an_index_finds_a_name_however_it_is_written() -> None:
    index = encryption.blind_index
    written = ("O'Néill-Smith", "oneill smith", "ONEILL SMITH", "O’Neill–Smith")
    assert len({index("name", each) for each in written}) == 1
    assert index("name", "Smith") != index("name", "Smyth")
    assert index("name", "1") != index("number", "1")
    assert index("name", "ab", "c") != index("name", "a", "bc")


def test_an_index_depends_on_its_key(settings) -> None:
    before = encryption.blind_index("name", "Smith")
    settings.INDEX_KEY = "another"
    assert encryption.blind_index("name", "Smith") != before
