"""The fictional people as whom anybody may sign in to a demonstration, one for each role."""

from django.db import transaction

from fairpractice.web.accounts.models import User
from fairpractice.web.core.access import Role
from fairpractice.web.organisations.models import Membership, Organisation


PREFIX = "persona-"
OF_THE_NETWORK = {
    Role.LINK_WORKER,
    Role.NETWORK_LEAD,
    Role.ANALYST,
    Role.PROGRAMME_DIRECTOR,
    Role.LIVED_EXPERIENCE,
    Role.PRIVACY_OFFICER,
    Role.ADMINISTRATOR,
}
OF_A_PARTNER = {Role.COMMUNITY_PARTNER}


@transaction.atomic
def make(practice: Organisation, partner: Organisation) -> None:
    """Make the personas: members of a practice, its network or a partner. Again is no more."""
    for role in Role:
        organisation = practice
        if role in OF_THE_NETWORK and practice.network:
            organisation = practice.network
        if role in OF_A_PARTNER:
            organisation = partner
        username = f"{PREFIX}{role.value.replace('_', '-')}"
        user = User.objects.filter(username=username).first() or User.objects.create_user(
            username, f"Demo {role.label.lower()}"
        )
        Membership.objects.get_or_create(
            user=user, organisation=organisation, role=role, ended_on=None
        )


def everyone() -> list[Membership]:
    """Return the memberships of the personas, in the order of the roles."""
    found = Membership.objects.select_related("user", "organisation")
    found = found.filter(user__username__startswith=PREFIX, ended_on=None)
    return sorted(found, key=lambda each: list(Role).index(Role(each.role)))
