"""An administrator looks after who works here: their own organisation, never themselves."""

import importlib
import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from fairpractice.errors import FairpracticeError
from fairpractice.web.accounts import colleagues, invitations
from fairpractice.web.accounts.models import SecondFactor, User
from fairpractice.web.core.access import Role, Viewer
from fairpractice.web.core.models import Entry
from fairpractice.web.organisations.models import Membership, Organisation
from tests.web import support
from tests.web.accounts.test_local import set_up, text
from tests.web.test_fuzz_forms import NASTY


pytestmark = pytest.mark.django_db
ACT = "look after who works here"


@pytest.fixture(autouse=True)
def _production(ways_in: Callable[..., None]) -> None:
    ways_in()


@pytest.fixture
def admin(sign_in_as: Any, place: Organisation) -> Any:
    return sign_in_as(Role.ADMINISTRATOR, place)


@pytest.fixture
def coder(sign_in_as: Any, place: Organisation) -> Any:
    return sign_in_as(Role.CODER, place)


def of(client: Any) -> Membership:
    found: Membership = Membership.objects.get(user_id=client.viewer.user_id, ended_on=None)
    return found


def to(name: str, membership: Membership) -> str:
    return reverse(f"accounts:{name}", kwargs={"membership": membership.id})


def invited(admin: Any, username: str = "a.coder", role: str = "coder") -> Any:
    sent = {"name": "A Coder", "username": username, "role": role}
    return admin.post(reverse("accounts:invite"), sent)


def link_in(answer: Any) -> str:
    return text(answer).partition("/invitation/")[2][:32]


def noted(how: str, outcome: str = "done") -> Entry:
    found: Entry = Entry.objects.filter(act=ACT, outcome=outcome, detail__how=how).latest("id")
    return found


def test_who_works_here_is_shown_and_nobody_of_elsewhere(
    admin: Any, coder: Any, sign_in_as: Any, place: Organisation, other_place: Organisation
) -> None:
    elsewhere = sign_in_as(Role.CLINICIAN, other_place)
    people = [sign_in_as(role, place) for role in (Role.PATIENT, Role.PROXY)]
    page = text(admin.get(reverse("accounts:colleagues")))
    assert coder.viewer.name in page
    assert f"{admin.viewer.name}<" in page
    assert timezone.localtime().strftime("%B %Y") in page
    assert elsewhere.viewer.name not in page
    for each in people:
        assert f"{each.viewer.name}<" not in page, "people on record are no colleagues"
        assert admin.get(to("colleague", of(each))).status_code == 404


def test_somebody_is_invited_comes_in_and_is_on_the_page(admin: Any) -> None:
    answer = invited(admin)
    assert "This is shown once" in text(answer)
    assert ">Invited<" in text(admin.get(reverse("accounts:colleagues")))
    member = Membership.objects.get(user__username="a.coder")
    assert (member.role, member.organisation_id) == ("coder", admin.viewer.organisation_id)
    assert member.given_by_id == admin.viewer.user_id
    entry = noted("invited")
    assert (entry.user_id, entry.purpose) == (admin.viewer.user_id, "governance")
    assert entry.detail["membership"] == str(member.id)
    set_up(Client(), link_in(answer))
    page = text(admin.get(reverse("accounts:colleagues")))
    assert ">Invited<" not in page
    assert "Not in this role yet" in page


@pytest.mark.parametrize("role", ["patient", "proxy", "community_partner", "chief", ""])
def test_roles_that_no_administrator_gives(role: str, admin: Any, coder: Any) -> None:
    assert "Choose a role" in text(invited(admin, role=role))
    assert not User.objects.filter(username="a.coder").exists()
    admin.post(to("colleague", of(coder)), {"role": role})
    assert of(coder).role == "coder"


def test_nobody_of_elsewhere_is_made_a_member_or_given_a_link(
    admin: Any, sign_in_as: Any, other_place: Organisation
) -> None:
    """With a link for them an administrator would be them, at their own organisation."""
    elsewhere = sign_in_as(Role.CLINICIAN, other_place)
    name = User.objects.get(id=elsewhere.viewer.user_id).username
    assert "who works elsewhere has this user name" in text(invited(admin, name, "clinician"))
    assert of(elsewhere).organisation_id == other_place.id
    for page in ("colleague", "end", "link", "withdraw"):
        assert admin.post(to(page, of(elsewhere)), {"reason": "left"}).status_code == 404
    assert of(elsewhere).role == Role.CLINICIAN
    assert not invitations.Invitation.objects.exists()


def test_no_link_is_made_for_an_account_that_is_somebodys(
    admin: Any, coder: Any, other_place: Organisation
) -> None:
    user = User.objects.get(id=coder.viewer.user_id)
    SecondFactor.objects.create(user=user, secret="A" * 32)
    assert invited(admin, user.username, "clinician").status_code == 302
    assert "signs in as before" in text(admin.get(reverse("accounts:colleagues")))
    assert set(user.memberships.values_list("role", flat=True)) == {"coder", "clinician"}
    member = user.memberships.get(role="coder")
    assert "No link is made for them here" in text(admin.post(to("link", member)))
    SecondFactor.objects.all().delete()
    Membership.objects.create(user=user, organisation=other_place, role="coder")
    assert "No link is made for them here" in text(admin.post(to("link", member)))
    assert not invitations.Invitation.objects.exists()


def test_nobody_gives_themselves_a_role(admin: Any) -> None:
    own = of(admin)
    assert "Nobody gives themselves a role" in text(admin.get(to("colleague", own)))
    assert "Ask another administrator" in text(
        admin.post(to("colleague", own), {"role": "clinician"})
    )
    name = User.objects.get(id=admin.viewer.user_id).username
    assert "Nobody gives themselves a role" in text(invited(admin, name, "clinician"))
    assert [each.role for each in Membership.objects.filter(user_id=own.user_id)] == [own.role]
    assert Entry.objects.filter(act=ACT, outcome="refused").count() == 2


def test_another_role_takes_the_place_of_one_at_once(admin: Any, coder: Any) -> None:
    before = of(coder)
    stale = admin.get(to("colleague", before))
    assert coder.get("/people/").status_code == 200
    assert admin.post(to("colleague", before), {"role": "care_navigator"}).status_code == 302
    assert coder.get("/people/").status_code == 403, "what they had open is over"
    assert of(coder).role == "care_navigator"
    assert noted("role").detail["instead_of"] == str(before.id)
    assert stale.status_code == 200
    again = admin.post(to("colleague", before), {"role": "clinician"})
    assert again.status_code == 409, "it ended since"
    assert of(coder).role == "care_navigator"


def test_work_that_ends_is_over_with_the_next_click(admin: Any, coder: Any) -> None:
    member = of(coder)
    asked = text(admin.get(to("end", member)))
    assert "can open nothing here" in asked
    assert "Choose why" in text(admin.post(to("end", member), {"reason": "x"}))
    assert coder.get("/people/").status_code == 200, "to ask ends nothing"
    for _ in range(2):
        assert admin.post(to("end", member), {"reason": "left"}).status_code == 302
    assert coder.get("/people/").status_code == 403
    assert noted("ended").detail["reason"] == "left"
    assert Entry.objects.filter(act=ACT, detail__how="ended").count() == 1
    assert "is no longer clinical coder here" in text(admin.get(reverse("accounts:colleagues")))
    assert coder.viewer.name not in text(admin.get(reverse("accounts:colleagues")))


def test_an_invitation_that_nobody_used_is_taken_back(admin: Any, coder: Any) -> None:
    first = link_in(invited(admin))
    member = Membership.objects.get(user__username="a.coder")
    second = link_in(admin.post(to("link", member)))
    assert not invitations.opened(first)
    assert invitations.opened(second)
    admin.post(to("withdraw", member))
    assert not invitations.opened(second)
    member.refresh_from_db()
    assert member.ended_on == support.TODAY
    assert noted("ended").detail["reason"] == "withdrawn"
    admin.post(to("withdraw", of(coder)))
    assert of(coder), "who works here is not taken back"


def test_the_last_administrator_stays(admin: Any, sign_in_as: Any, place: Organisation) -> None:
    """Another counts once they have signed in: who was only invited may never come."""
    invited(admin, "b.admin", "administrator")
    own = of(admin)
    page = text(admin.post(to("end", own), {"reason": "left"}))
    assert "Nobody else who has signed in is administrator here" in page
    another = sign_in_as(Role.ADMINISTRATOR, place)
    assert "Nobody else" not in text(another.get(to("colleague", own)))
    assert another.post(to("colleague", own), {"role": "coder"}).status_code == 302
    last = of(another)
    assert "Nobody else" in text(another.post(to("end", last), {"reason": "left"}))
    Membership.objects.filter(user__username="b.admin").update(signed_in_at=timezone.now())
    assert another.post(to("end", last), {"reason": "left"})["Location"] == "/sign-in/"
    assert another.get("/").status_code == 302, "signed out"


@pytest.mark.django_db(transaction=True)
def test_of_two_administrators_who_end_each_other_at_once_one_stays(place: Organisation) -> None:
    viewers, members = [], []
    for number in range(2):
        user = User.objects.create_user(f"admin-{number}", f"Colleague {number}")
        signed_in_at = timezone.now()
        members.append(
            Membership.objects.create(
                user=user, organisation=place, role="administrator", signed_in_at=signed_in_at
            )
        )
        viewers.append(
            Viewer(user.id, "", Role.ADMINISTRATOR, place.id, "", frozenset({"practice"}))
        )
    refused, both = [], threading.Barrier(2)

    def ends(viewer: Viewer, member: Membership) -> None:
        both.wait()
        try:
            colleagues.end(viewer, member, "left")
        except FairpracticeError:
            refused.append(member)
        finally:
            connection.close()

    threads = [
        threading.Thread(target=ends, args=each)
        for each in zip(viewers, reversed(members), strict=True)
    ]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert len(refused) == 1
    assert Membership.objects.filter(ended_on=None).count() == 1


def test_the_form_answers_whatever_it_is_sent(admin: Any, coder: Any) -> None:
    for each in NASTY[::3]:
        assert invited(admin, username=each).status_code == 200
        assert admin.post(to("colleague", of(coder)), {"role": each}).status_code == 200
        assert admin.post(to("end", of(coder)), {"reason": each}).status_code == 200
    assert set(Membership.objects.values_list("role", flat=True)) == {"administrator", "coder"}


def test_the_page_costs_as_much_with_many(
    admin: Any, sign_in_as: Any, place: Organisation, django_assert_max_num_queries: Any
) -> None:
    address = reverse("accounts:colleagues")
    admin.get(address)
    for _ in range(5):
        sign_in_as(Role.CODER, place)
    with django_assert_max_num_queries(8):
        admin.get(address)


def test_of_who_signed_in_before_it_is_read_from_the_trail(admin: Any, coder: Any) -> None:
    """What the migration does."""
    known = dict(Membership.objects.values_list("id", "signed_in_at"))
    never = Membership.objects.create(
        user_id=coder.viewer.user_id, organisation_id=coder.viewer.organisation_id, role="analyst"
    )
    Membership.objects.update(signed_in_at=None)
    migration = importlib.import_module(
        "fairpractice.web.organisations.migrations.0002_who_gave_it"
    )
    with connection.cursor() as cursor:
        cursor.execute(migration.LAST)
    found = dict(Membership.objects.values_list("id", "signed_in_at"))
    assert found.pop(never.id) is None
    assert found.keys() == known.keys()
    assert all(abs(found[each] - known[each]).total_seconds() < 60 for each in known)
