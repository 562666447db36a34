"""The pages on which somebody looks after how they themselves sign in."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from fairpractice.web.accounts import changing, local, signing
from fairpractice.web.accounts.local_views import WRONG_CODE, in_letters, in_parts
from fairpractice.web.accounts.models import User
from fairpractice.web.core import access
from fairpractice.web.core.access import requires
from fairpractice.web.core.rate_limit import too_many


WRONG = {
    "password": ("present", "That is not your password. Check that capitals are as you chose"),
    "code": ("code", WRONG_CODE),
}
THE_SAME = "Choose another password than the one that you have"
ELSEWHERE = "Wherever else you were signed in, you are signed out."


@requires(access.ACCOUNT)
def own(request: HttpRequest) -> HttpResponse:
    """Show somebody how they sign in, and the ways to change it."""
    user = _user(request)
    context = {
        "user": user,
        "has_password": changing.has_password(user),
        "codes_left": user.recovery_codes.count(),
        "provider": settings.OPENID.get("staff") if user.subjects.exists() else None,
        "memberships": signing.memberships(user),
    }
    return render(request, "accounts/own.jinja", context)


@requires(access.ACCOUNT, methods=("GET", "POST"))
def password(request: HttpRequest) -> HttpResponse:
    """Let somebody change their password."""
    user = _user(request)
    if not changing.has_password(user):
        return redirect("accounts:own")
    page = "accounts/change_password.jinja"
    if request.method != "POST":
        return render(request, page, {"user": user})
    chosen, present = request.POST.get("password", ""), request.POST.get("present", "")
    if said := local.problem_of_password(user, chosen) or (chosen == present and THE_SAME):
        return render(request, page, {"user": user, "errors": {"password": said}})
    if not changing.may_try(request, user):
        return too_many(request)
    shown, errors = _shown(request, user)
    if errors:
        return render(request, page, {"user": user, "errors": errors})
    changing.change_password(request, user, chosen)
    messages.success(request, f"Your password is changed. {ELSEWHERE}{_left(user, shown)}")
    return redirect("accounts:own")


@requires(access.ACCOUNT, methods=("GET", "POST"))
def app(request: HttpRequest) -> HttpResponse:
    """Let somebody set up their app again, once they have shown who they are."""
    user = _user(request)
    if not changing.has_password(user):
        return redirect("accounts:own")
    if changing.is_remembered(request):
        return _another_app(request, user)
    if request.method != "POST":
        return render(request, "accounts/show_who.jinja", {"user": user})
    if not changing.may_try(request, user):
        return too_many(request)
    _, errors = _shown(request, user)
    if errors:
        return render(request, "accounts/show_who.jinja", {"user": user, "errors": errors})
    changing.remember(request)
    return redirect("accounts:change-app")


def _another_app(request: HttpRequest, user: User) -> HttpResponse:
    secret = local.new_secret(request, _label(user))
    code, errors = request.POST.get("new", "")[:40], {}
    if request.method == "POST":
        if local.is_code_of(secret, code):
            codes = changing.change_app(request, user, secret, code)
            changing.forget(request)
            local.keep_codes(request, _label(user), codes)
            return redirect("accounts:own-codes")
        errors = {"new": local.NOT_A_CODE}
    context: dict[str, Any] = {"user": user, "errors": errors}
    context |= in_letters(user, secret)
    return render(request, "accounts/change_app.jinja", context)


@requires(access.ACCOUNT)
def codes(request: HttpRequest) -> HttpResponse:
    """Show the recovery codes that somebody has just been given."""
    found = local.new_codes(request, _label(_user(request)))
    if not found:
        return redirect("accounts:own")
    context = {"codes": in_parts(found), "said": ELSEWHERE, "signed_in": True}
    return render(request, "accounts/recovery_codes.jinja", context)


def _user(request: HttpRequest) -> User:
    found: User = User.objects.get(id=request.viewer.user_id)
    return found


def _label(user: User) -> str:
    return f"account of {user.id}"


def _shown(request: HttpRequest, user: User) -> tuple[str, dict[str, str]]:
    """Return by what somebody showed who they are, or what is wrong, by field."""
    present, code = request.POST.get("present", ""), request.POST.get("code", "")[:40]
    shown = changing.is_shown(request.viewer, user, present, code)
    return shown, dict([WRONG[shown]]) if shown in WRONG else {}


def _left(user: User, shown: str) -> str:
    return f" Recovery codes left: {user.recovery_codes.count()}." if shown == "recovery" else ""
