"""Coded entries for the record: once for each episode, the same file again, nothing sensitive."""

import csv
import io
from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from fairpractice.record.dates import months_after
from fairpractice.web.cases import actions as helping
from fairpractice.web.cases.models import Case, SetAside
from fairpractice.web.core import access
from fairpractice.web.core.access import Role
from fairpractice.web.core.models import Entry
from fairpractice.web.directory.models import Service
from fairpractice.web.patients import actions as people
from fairpractice.web.patients.models import Patient, SocialFact
from fairpractice.web.referrals import actions, entries
from fairpractice.web.referrals.models import Batch, CodedEntry, Referral
from fairpractice.web.sharing import held, retention
from fairpractice.web.worklists.reach import Listing
from tests.web import referring, support
from tests.web.cases.conftest import few_rules, listing, of_prison, record


__all__ = ["few_rules", "listing", "of_prison", "record"]

pytestmark = pytest.mark.django_db
REFERRED, DECLINED = "871731000000106", "871711000000103"
FOOD, ALONE = "733423003", "422650009"


@pytest.fixture
def coder(sign_in_as: Any) -> Any:
    """A coder of the practice, signed in."""
    return sign_in_as(Role.CODER)


def rows(coder: Any, batch: Batch) -> list[dict[str, str]]:
    answer = coder.get(reverse("referrals:batch", kwargs={"batch": batch.id}))
    assert answer["Content-Disposition"].startswith("attachment")
    return list(csv.DictReader(io.StringIO(answer.content.decode())))


def make(coder: Any, token: Any = None) -> None:
    assert coder.post(reverse("referrals:entries"), {"token": token or uuid4()}).status_code == 302


def codes(coder: Any) -> list[str]:
    """Return the codes of every file there is."""
    batches = Batch.objects.order_by("made_at")
    return [row["snomed_ct_code"] for batch in batches for row in rows(coder, batch)]


def test_a_referral_is_written_once_for_an_episode_however_many_there_are(
    coder: Any, refer: Callable[..., Referral], case: Case, person: Patient
) -> None:
    refer()
    make(coder)
    for _ in range(3):
        refer()
    make(coder)
    assert codes(coder) == [REFERRED]
    assert Batch.objects.count() == 1, "nothing was due, so no file was made"
    (row,) = rows(coder, Batch.objects.get())
    assert row["nhs_number"] == person.nhs_number.replace(" ", "")
    assert row["date"] == timezone.localdate(case.taken_at).isoformat()
    assert person.name not in str(row)


def test_no_entry_is_in_two_files_and_a_file_is_the_same_again(
    coder: Any, link_worker: Any, case: Case
) -> None:
    token = uuid4()
    for _ in range(2):
        make(coder, token)
    batch = Batch.objects.get()
    first = coder.get(reverse("referrals:batch", kwargs={"batch": batch.id})).content
    helping.need(link_worker.viewer, case, "food_insecurity", "present", "", uuid4())
    make(coder)
    again = coder.get(reverse("referrals:batch", kwargs={"batch": batch.id})).content
    assert first == again
    assert sorted(codes(coder)) == sorted([REFERRED, FOOD])
    assert Entry.objects.filter(act=access.ENTRIES, patient_id=case.patient_id).count() == 2


def test_who_declined_is_written_as_that_and_not_as_referred(
    coder: Any, case: Case, stranger: Patient
) -> None:
    case.closed_at, case.outcome = timezone.now(), Case.Outcome.DECLINED
    case.save()
    make(coder)
    assert codes(coder) == [DECLINED]


def test_a_need_is_written_as_it_stands_with_the_main_code_of_its_list(
    coder: Any, link_worker: Any, sign_in_as: Any, case: Case
) -> None:
    for topic in ("food_insecurity", "social_isolation", "debt", "unemployment"):
        helping.need(link_worker.viewer, case, topic, "present", "", uuid4())
    helping.need(link_worker.viewer, case, "transport", "absent", "", uuid4())
    wrong = SocialFact.objects.get(topic="unemployment")
    clinician = sign_in_as(Role.CLINICIAN).viewer
    people.correct_fact(clinician, wrong, None, "It was about somebody else", uuid4())
    page = coder.get(reverse("referrals:entries")).content.decode()
    assert "Without a code" in page
    assert "debt" in page.partition("Without a code")[2]
    make(coder)
    assert sorted(codes(coder)) == sorted([REFERRED, FOOD, ALONE])


def test_what_is_sensitive_is_in_no_file(
    coder: Any, link_worker: Any, sign_in_as: Any, case: Case, service: Service
) -> None:
    clinician = sign_in_as(Role.CLINICIAN).viewer
    for topic in ("domestic_abuse", "food_insecurity"):
        said = people.Statement(topic, "present", "asked", "direct_care", "sensitive")
        people.record_fact(clinician, case.patient, said, uuid4())
        secret = referring.wanted(service, "sensitive", topic=topic, asked="")
        actions.send(clinician, case, secret, uuid4())
    make(coder)
    assert codes(coder) == [REFERRED]
    assert not CodedEntry.objects.exclude(topic="").exists()


def test_a_code_is_never_guessed() -> None:
    main = entries.preferred("homeless")
    assert main is not None
    assert main.code == "32911000"
    assert entries.preferred("debt") is None, "no code is known"


def test_another_practice_has_files_of_its_own(
    coder: Any, sign_in_as: Any, case: Case, other_practice: Any, stranger: Patient
) -> None:
    make(coder)
    theirs = sign_in_as(Role.CODER, other_practice)
    batch = Batch.objects.get()
    address = reverse("referrals:batch", kwargs={"batch": batch.id})
    assert theirs.get(address).status_code == 404
    page = theirs.get(reverse("referrals:entries")).content.decode()
    assert case.patient.name not in page
    make(theirs)
    assert Batch.objects.count() == 1


def test_who_was_only_found_on_a_list_was_not_referred(
    coder: Any, case: Case, link_worker: Any
) -> None:
    """The first contact begins an episode, not that a link worker took somebody from a list."""
    Case.objects.update(origin=Case.Origin.OUTSIDE)
    assert [each.kind for each in entries.due(case.practice)] == ["referred"]
    case.refresh_from_db()
    case.origin = Case.Origin.WORKLIST
    assert list(entries._of(case, [])) == []
    tried = helping.Tried("call", "reached", timezone.now())
    helping.tried(link_worker.viewer, case, tried, uuid4())
    (one,) = entries._of(case, [])
    assert one.on == support.TODAY


def declines(listing: Listing, person: Patient, viewer: Any) -> SetAside:
    said = helping.Aside("declined", "not_now")
    return helping.set_aside(viewer, listing, person, said, uuid4())


def test_who_declines_before_there_is_a_case_is_written_as_that_once(
    coder: Any, link_worker: Any, listing: Listing, person: Patient, other_practice: Any,
    sign_in_as: Any,
) -> None:  # fmt: skip
    declines(listing, person, link_worker.viewer)
    page = coder.get(reverse("referrals:entries")).content.decode()
    assert f"{person.name}: Declined social prescribing" in page
    make(sign_in_as(Role.CODER, other_practice))
    for _ in range(2):
        make(coder)
        declines(listing, person, link_worker.viewer)  # from another list, say
    assert codes(coder) == [DECLINED]
    (row,) = rows(coder, Batch.objects.get())
    assert row["date"] == support.TODAY.isoformat()
    assert Entry.objects.filter(act=access.ENTRIES, patient_id=person.id).count() == 1


def test_who_was_put_off_or_not_suited_or_takes_it_back_did_not_decline(
    coder: Any, link_worker: Any, listing: Listing, person: Patient
) -> None:
    viewer = link_worker.viewer
    for kind in ("snoozed", "unsuitable"):
        later = support.ago(-9)
        helping.set_aside(viewer, listing, person, helping.Aside(kind, "other", "", later), uuid4())
    helping.offer_again(viewer, declines(listing, person, viewer))
    assert entries.due(listing.practice) == []
    again = declines(listing, person, viewer)
    assert [each.of for each in entries.due(listing.practice)] == [again]
    make(coder)
    helping.offer_again(viewer, again)
    declines(listing, person, viewer)
    make(coder)
    assert codes(coder) == [DECLINED], "a mistake put right after it was written is not written"


def test_who_declined_in_a_case_is_written_of_the_case_alone(
    coder: Any, link_worker: Any, listing: Listing, person: Patient
) -> None:
    case = support.has_case(link_worker.viewer, person)
    helping.close(link_worker.viewer, case, "declined", "Not now", {}, case.version)
    declines(listing, person, link_worker.viewer)
    make(coder)
    assert codes(coder) == [DECLINED]
    assert CodedEntry.objects.get().case == case


def test_who_is_asked_again_when_it_is_time_and_declines_is_written_again(
    coder: Any, link_worker: Any, listing: Listing, person: Patient
) -> None:
    first = declines(listing, person, link_worker.viewer)
    make(coder)
    year_ago = months_after(support.TODAY, -12)
    at = timezone.now() - (support.TODAY - year_ago)
    SetAside.objects.filter(id=first.id).update(at=at, back_on=support.TODAY)
    declines(listing, person, link_worker.viewer)
    make(coder)
    assert codes(coder) == [DECLINED, DECLINED]


def test_who_declined_without_a_case_is_exported_and_erased_with_why(
    coder: Any, link_worker: Any, listing: Listing, person: Patient
) -> None:
    declines(listing, person, link_worker.viewer)
    make(coder)
    assert CodedEntry in {type(row) for row in held.rows(person)}
    with pytest.raises(IntegrityError, match="never changed"), transaction.atomic():
        CodedEntry.objects.update(set_aside=None)
    retention.run(None, months_after(timezone.localdate(), 96))
    assert not CodedEntry.objects.exists()
