"""Signing in and out: the ways in, as whom to work, and the way out."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from fairpractice.web.accounts import openid, personas, signing
from fairpractice.web.accounts.words import NOT_SIGNED_IN
from fairpractice.web.core import audit
from fairpractice.web.core.access import open_to_all, open_to_signed_in
from fairpractice.web.core.rate_limit import place, too_many, within_limit


@open_to_all
@require_GET
def sign_in(request: HttpRequest) -> HttpResponse:
    """Show the ways to sign in that there are."""
    return ways_in(request, {"next": request.GET.get("next", "")})


def ways_in(request: HttpRequest, context: Mapping[str, Any]) -> HttpResponse:
    """Show the ways to sign in; in a demonstration, the personas beside them."""
    there = {
        "personas": personas.everyone() if settings.IN_DEMO else (),
        "providers": settings.OPENID.values(),
        "local_accounts": settings.LOCAL_ACCOUNTS,
        "left": settings.OPENID.get(request.GET.get("left", "")),
    }
    return render(request, "accounts/sign_in.jinja", {**there, **context})


@open_to_all
@require_POST
def sign_in_as(request: HttpRequest) -> HttpResponse:
    """Sign in as a persona: in a demonstration, and nowhere else."""
    if not settings.IN_DEMO:
        raise Http404
    if not within_limit("sign in", place(request), limit=60, seconds=60):
        return too_many(request)
    everyone = {each.user.username: each for each in personas.everyone()}
    if request.POST.get("persona") not in everyone:
        raise Http404
    signing.sign_in(request, everyone[request.POST["persona"]])
    return redirect(signing.ours(request, request.POST.get("next", "")))


@open_to_all
def where(request: HttpRequest) -> HttpResponse:
    """Let somebody who proved who they are choose as whom, of several, they work now."""
    found, going_to, by = signing.choosing(request)
    if not found:
        return redirect("accounts:sign-in")
    chosen = {str(each.id): each for each in found}.get(request.POST.get("membership", ""))
    if request.method == "POST" and chosen:
        signing.sign_in(request, chosen, by)
        return redirect(signing.ours(request, going_to))
    errors = {"membership": "Choose where you work now"} if request.method == "POST" else {}
    return render(request, "accounts/where.jinja", {"memberships": found, "errors": errors})


@open_to_signed_in
@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    """Sign out here, and offer the way out of the provider where one was used."""
    by = signing.sign_out(request)
    answer = redirect("accounts:sign-in")
    if by in settings.OPENID:
        answer["Location"] += f"?left={by}"
    return answer


@open_to_all
@require_GET
def sign_out_there(request: HttpRequest, name: str) -> HttpResponse:
    """Lead to where somebody signs out of a provider too."""
    client = settings.OPENID.get(name)
    if client is None:
        raise Http404
    back = request.build_absolute_uri(reverse("accounts:sign-in"))
    try:
        going_to = openid.farewell(client, back)
    except openid.NotProved:
        going_to = None  # it is down, or what it seems not to be: they are signed out here anyway
    return redirect(going_to or back)


def not_signed_in(
    request: HttpRequest, why: str, *, by: str, user: UUID | None = None, **more: Any
) -> HttpResponse:
    """Say why somebody was not signed in, and what they can do; note that they were not."""
    audit.entry(None, "sign in", outcome="refused", user=user, detail={"by": by, "why": why})
    words = NOT_SIGNED_IN[why]
    context = {"words": words, "client": settings.OPENID.get(by), **more}
    return render(request, "accounts/not_signed_in.jinja", context, status=words.status)
