"""Signing in with a password and a code, and setting both up by a link."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from fairpractice.web.accounts import invitations, local, signing
from fairpractice.web.accounts.models import Invitation, User
from fairpractice.web.accounts.views import not_signed_in, ways_in
from fairpractice.web.core import audit
from fairpractice.web.core.access import open_to_all
from fairpractice.web.core.rate_limit import place, too_many, within_limit


WRONG = "The user name or the password is wrong. Check both, and that capitals are as you chose"
MORE_CODES = "For new ones, set up your app again at Your account."
WRONG_CODE = (
    "That is not the code. Enter the one that the app shows now; each works once. If none does, "
    "check that the time on your device is right"
)


@open_to_all
@require_POST
def password(request: HttpRequest) -> HttpResponse:
    """Take a name and a password, and go on to the code. Who is not known is told the same."""
    _only_where_allowed()
    username, going_to = request.POST.get("username", "")[:200], request.POST.get("next", "")
    if not local.may_try(request, local.PASSWORD, username):
        return too_many(request)
    user = local.by_password(username, request.POST.get("password", ""))
    if user is None:
        errors = {"username": WRONG}
        return ways_in(request, {"next": going_to, "username": username, "errors": errors})
    local.remember(request, user, going_to)
    return redirect("accounts:code")


@open_to_all
def code(request: HttpRequest) -> HttpResponse:
    """Take the code of somebody whose password was right, and sign them in."""
    _only_where_allowed()
    user, going_to = local.remembered(request)
    if user is None:
        return redirect("accounts:sign-in")
    if request.method != "POST":
        return render(request, "accounts/code.jinja")
    if not local.may_try(request, local.CODE, user.username):
        return too_many(request)
    taken = local.take_code(user, request.POST.get("code", "")[:40])
    if not taken:
        return render(request, "accounts/code.jinja", {"errors": {"code": WRONG_CODE}})
    del request.session[local.PROVING]
    request.session.pop(local.NEW_CODES, None)
    to = signing.proved(request, user, going_to, taken)
    if to is None:
        return not_signed_in(request, "no_membership", by=taken, user=user.id)
    if taken == "recovery":
        left = user.recovery_codes.count()
        said = f"You are signed in. Recovery codes left: {left}. {MORE_CODES}"
        messages.success(request, said)
    return redirect(to)


@open_to_all
def set_up(request: HttpRequest, code: str) -> HttpResponse:
    """Let somebody who was invited choose how they sign in. To look at the link uses nothing up."""
    if not within_limit("invitations", place(request), limit=60, seconds=60 * 60):
        return too_many(request)
    found = invitations.opened(code)
    if found is None and local.new_codes(request, code):
        return redirect("accounts:recovery-codes", code=code)  # sent twice
    if found is None:
        audit.entry(None, invitations.SET_UP, outcome="refused")
        return render(request, "accounts/no_invitation.jinja", status=404)
    if request.method == "POST":
        return _set_up(request, code, found)
    return _page(request, code, found)


def _set_up(request: HttpRequest, link: str, found: Invitation) -> HttpResponse:
    _only_where_allowed()
    chosen, sent = request.POST.get("password", ""), request.POST.get("code", "")[:40]
    secret = local.new_secret(request, link)
    if errors := local.problems(found.user, chosen, secret, sent):
        return _page(request, link, found, errors)
    codes = local.set_up(link, chosen, secret, sent)
    if codes is None:
        return render(request, "accounts/no_invitation.jinja", status=404)
    local.keep_codes(request, link, codes)
    return redirect("accounts:recovery-codes", code=link)


@open_to_all
@require_GET
def recovery_codes(request: HttpRequest, code: str) -> HttpResponse:
    """Show the recovery codes that whoever followed a link has just been given."""
    codes = local.new_codes(request, code)
    if not codes:
        return redirect("accounts:sign-in")
    return render(request, "accounts/recovery_codes.jinja", {"codes": in_parts(codes)})


def in_parts(codes: list[str]) -> list[str]:
    """Write recovery codes so that they can be copied by hand."""
    return [f"{each[:5]}-{each[5:]}" for each in codes]


def in_letters(user: User, secret: str) -> dict[str, Any]:
    """Return what a page shows to set up an app: its address, drawn, and in letters."""
    address = local.address(user, secret)
    letters = [secret[start : start + 4] for start in range(0, len(secret), 4)]
    return {"address": address, "drawn": local.drawn(address), "letters": letters}


def _page(
    request: HttpRequest, link: str, found: Invitation, errors: dict[str, str] | None = None
) -> HttpResponse:
    context = {
        "user": found.user,
        "memberships": signing.memberships(found.user),
        "link": link,
        "errors": errors or {},
        "staff": settings.OPENID.get("staff"),
        "local_accounts": settings.LOCAL_ACCOUNTS,
    }
    if settings.LOCAL_ACCOUNTS:
        context |= in_letters(found.user, local.new_secret(request, link))
    return render(request, "accounts/set_up.jinja", context)


def _only_where_allowed() -> None:
    if not settings.LOCAL_ACCOUNTS:
        raise Http404
