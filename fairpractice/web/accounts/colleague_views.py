"""The pages on which an administrator looks after who works here."""

from typing import Any

from django import forms
from django.contrib import auth, messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone

from fairpractice.errors import FairpracticeError
from fairpractice.web.accounts import colleagues as actions
from fairpractice.web.accounts import signing
from fairpractice.web.core import access, audit
from fairpractice.web.core.access import requires
from fairpractice.web.core.locking import Conflict
from fairpractice.web.core.rate_limit import too_many, within_limit
from fairpractice.web.organisations.models import Membership


CHOOSE = "Choose a role"
INVITED, EACH = 60, 60 * 60  # invitations by one person, seconds


class Invited(forms.Form):
    """Who is invited, as what."""

    name = forms.CharField(
        max_length=150, error_messages={"required": "Enter what they are called"}
    )
    username = forms.CharField(
        max_length=150, error_messages={"required": "Enter a user name for them"}
    )
    role = forms.ChoiceField(error_messages=dict.fromkeys(("required", "invalid_choice"), CHOOSE))

    def __init__(self, sent: Any) -> None:
        super().__init__(sent)
        self.fields["role"].choices = list(actions.roles().items())


@requires(access.COLLEAGUES)
def colleagues(request: HttpRequest) -> HttpResponse:
    """Show who works here, as what, since when, and when they last signed in."""
    found = actions.members(request.viewer).filter(ended_on=None)
    context = {"members": found.order_by("user__name", "role", "id")}
    return render(request, "accounts/colleagues.jinja", context)


@requires(access.COLLEAGUES, methods=("GET", "POST"))
def invite(request: HttpRequest) -> HttpResponse:
    """Invite somebody to this organisation."""
    if request.method != "POST":
        return _inviting(request, {})
    if not within_limit("invite", request.viewer.user_id, limit=INVITED, seconds=EACH):
        return too_many(request)
    sent = Invited(request.POST)
    if not sent.is_valid():
        return _inviting(request, {name: said[0] for name, said in sent.errors.items()})
    said = sent.cleaned_data
    try:
        member, code = actions.invite(request.viewer, said["username"], said["name"], said["role"])
    except FairpracticeError as error:
        return _inviting(request, _refused(request, error, "username"))
    if code:
        return _handed_over(request, member, code)
    messages.success(request, f"{member.user.name} works here now, and signs in as before.")
    return redirect("accounts:colleagues")


def _inviting(request: HttpRequest, errors: dict[str, str]) -> HttpResponse:
    context = {"errors": errors, "sent": request.POST, "roles": actions.roles()}
    return render(request, "accounts/invite.jinja", context)


def _handed_over(request: HttpRequest, member: Membership, code: str) -> HttpResponse:
    """Show the address of a link, once."""
    link = request.build_absolute_uri(reverse("accounts:set-up", kwargs={"code": code}))
    until = member.user.invitations.latest("expires_at").expires_at
    context = {"member": member, "link": link, "until": until}
    return render(request, "accounts/invited.jinja", context)


@requires(access.COLLEAGUES, reach=actions.reach, methods=("GET", "POST"))
def role(request: HttpRequest, membership: Membership) -> HttpResponse:
    """Show somebody who works here, and give them another role."""
    if request.method != "POST":
        return _colleague(request, membership, {})
    try:
        begun = actions.change_role(request.viewer, membership, request.POST.get("role", ""))
    except Conflict:
        raise
    except FairpracticeError as error:
        return _colleague(request, membership, _refused(request, error, "role", membership))
    said = f"{membership.user.name} is {begun.get_role_display().lower()} now."
    over = "" if membership.waits else " What they had open is over: they sign in again."
    messages.success(request, f"{said}{over}")
    return redirect("accounts:colleagues")


def _colleague(
    request: HttpRequest, membership: Membership, errors: dict[str, str]
) -> HttpResponse:
    context = {"member": membership, "errors": errors, "roles": actions.roles()}
    context |= {"oneself": membership.user_id == request.viewer.user_id, "sent": request.POST}
    context |= {"now": timezone.now()}
    return render(request, "accounts/colleague.jinja", context)


@requires(access.COLLEAGUES, reach=actions.reach, methods=("GET", "POST"))
def end(request: HttpRequest, membership: Membership) -> HttpResponse:
    """Ask whether a membership is to end, and why; then end it."""
    context = {"member": membership, "reasons": actions.REASONS, "sent": request.POST}
    context |= {"oneself": membership.user_id == request.viewer.user_id}
    if request.method != "POST":
        return render(request, "accounts/end.jinja", context)
    reason = request.POST.get("reason", "")
    if reason not in actions.REASONS:
        context |= {"errors": {"reason": "Choose why"}}
        return render(request, "accounts/end.jinja", context)
    try:
        actions.end(request.viewer, membership, reason)
    except FairpracticeError as error:
        context |= {"errors": _refused(request, error, "reason", membership)}
        return render(request, "accounts/end.jinja", context)
    if request.session.get(signing.SESSION) == str(membership.id):
        auth.logout(request)
        return redirect("accounts:sign-in")
    was = membership.get_role_display().lower()
    messages.success(request, f"Ended. {membership.user.name} is no longer {was} here.")
    return redirect("accounts:colleagues")


@requires(access.COLLEAGUES, reach=actions.reach, methods=("POST",))
def link(request: HttpRequest, membership: Membership) -> HttpResponse:
    """Make a new link for somebody who has not come yet; the one before opens no more."""
    try:
        code = actions.link(request.viewer, membership)
    except FairpracticeError as error:
        return _colleague(request, membership, _refused(request, error, "role", membership))
    return _handed_over(request, membership, code)


@requires(access.COLLEAGUES, reach=actions.reach, methods=("POST",))
def withdraw(request: HttpRequest, membership: Membership) -> HttpResponse:
    """Take back an invitation that nobody has used."""
    if not membership.waits:
        return redirect("accounts:colleague", membership=membership.id)
    try:
        actions.end(request.viewer, membership, actions.WITHDRAWN)
    except FairpracticeError as error:
        return _colleague(request, membership, _refused(request, error, "role", membership))
    messages.success(request, f"Taken back. The link of {membership.user.name} opens no more.")
    return redirect("accounts:colleagues")


def _refused(
    request: HttpRequest, error: FairpracticeError, field: str, about: Membership | None = None
) -> dict[str, str]:
    """Note that something was refused, and return why, at its field."""
    detail = {"membership": str(about.id)} if about else {}
    audit.entry(request.viewer, access.COLLEAGUES, outcome="refused", detail=detail)
    at = error.where if error.where in ("username", "role", "reason") else field
    return {at: error.sentence}
