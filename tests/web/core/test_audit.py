"""The audit trail: added to, never changed, sealed in order, and verified."""

import pytest
from django.db import DatabaseError, connection, transaction

from fairpractice.web.core import audit
from fairpractice.web.core.access import DIRECT_CARE, READ, Role
from fairpractice.web.core.models import Entry, Seal


pytestmark = pytest.mark.django_db


def write(number: int) -> None:
    for each in range(number):
        audit.entry(None, "try", detail={"number": each})


def past_the_trigger(sql: str) -> None:
    """Do what only somebody with the database's own password can."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute(sql)
        cursor.execute("SET LOCAL session_replication_role = origin")


@pytest.mark.parametrize("table", ["core_entry", "core_seal"])
@pytest.mark.parametrize(
    "sql",
    ["UPDATE {} SET {} = {}", "DELETE FROM {}", "TRUNCATE {} CASCADE"],
    ids=["change", "take out", "empty"],
)
def test_the_database_refuses_to_change_it(table: str, sql: str) -> None:
    write(2)
    audit.seal()
    column = "act" if table == "core_entry" else "hash"
    with connection.cursor() as cursor:
        cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER {table}_never_emptied")
    with (
        pytest.raises(DatabaseError, match="never changed"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(sql.format(table, column, "'other'"))
    assert Entry.objects.count() == 2


def test_an_entry_of_an_act_that_was_undone_is_undone_with_it() -> None:
    with transaction.atomic():
        write(1)
        transaction.set_rollback(True)
    assert not Entry.objects.exists()


def test_what_is_sealed_verifies_and_the_tail_is_counted() -> None:
    write(3)
    assert audit.seal() == 3
    assert audit.seal() == 0
    write(2)
    found = audit.verify()
    assert (found.entries, found.unsealed, found.altered) == (3, 2, None)
    assert found.last_hash == Seal.objects.get(number=3).hash


def test_an_empty_trail_verifies() -> None:
    assert audit.verify() == audit.Verified(0, audit.START, 0)


def test_sealing_takes_up_where_it_stopped_whatever_the_batch(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(audit, "SEALED_AT_ONCE", 2)
    write(5)
    assert audit.seal() == 5
    write(1)
    assert audit.seal() == 1
    assert audit.verify().entries == 6
    assert audit.verify().altered is None


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ("UPDATE core_entry SET outcome = 'refused' WHERE id = {}", "not as it was"),
        ("UPDATE core_entry SET detail = '{{}}' WHERE id = {}", "not as it was"),
        ("DELETE FROM core_entry WHERE id = {}", "taken out"),
        ("UPDATE core_seal SET hash = repeat('0', 64) WHERE entry_id = {}", "not as it was"),
    ],
)
def test_the_first_entry_that_was_changed_is_named(change: str, problem: str) -> None:
    write(4)
    audit.seal()
    third = Entry.objects.order_by("id")[2].id
    past_the_trigger(change.format(third))
    found = audit.verify()
    assert found.entries == 2
    assert found.altered == third
    assert problem in found.problem


def test_a_seal_taken_out_is_noticed() -> None:
    write(3)
    audit.seal()
    past_the_trigger("DELETE FROM core_seal WHERE number = 2")
    assert audit.verify().problem == "seal 2 was taken out"


def test_an_entry_says_who_in_which_role_for_what(sign_in_as, person) -> None:
    client = sign_in_as(Role.CLINICIAN)
    client.get(f"/people/{person.id}/")
    entry = Entry.objects.get(act=READ)
    viewer = client.viewer
    assert (entry.user_id, entry.role, entry.organisation_id) == (
        viewer.user_id,
        Role.CLINICIAN,
        viewer.organisation_id,
    )
    assert (entry.patient_id, entry.purpose, entry.outcome) == (person.id, DIRECT_CARE, "done")
