"""Signing in and out."""

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_GET, require_POST

from fairpractice.web.accounts import personas, signing
from fairpractice.web.core.access import open_to_all, open_to_signed_in
from fairpractice.web.core.rate_limit import too_many, within_limit


@open_to_all
@require_GET
def sign_in(request: HttpRequest) -> HttpResponse:
    """Show the ways to sign in."""
    going_to = request.GET.get("next", "")
    everyone = personas.everyone() if settings.IN_DEMO else ()
    return render(request, "accounts/sign_in.jinja", {"personas": everyone, "next": going_to})


@open_to_all
@require_POST
def sign_in_as(request: HttpRequest) -> HttpResponse:
    """Sign in as a persona: in a demonstration, and nowhere else."""
    if not settings.IN_DEMO:
        raise Http404
    if not within_limit("sign in", request.META.get("REMOTE_ADDR"), limit=60, seconds=60):
        return too_many(request)
    everyone = {each.user.username: each for each in personas.everyone()}
    if request.POST.get("persona") not in everyone:
        raise Http404
    signing.sign_in(request, everyone[request.POST["persona"]])
    going_to = request.POST.get("next", "")
    if url_has_allowed_host_and_scheme(going_to, {request.get_host()}, request.is_secure()):
        return redirect(going_to)
    return redirect("core:home")


@open_to_signed_in
@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    """Sign out."""
    signing.sign_out(request)
    return redirect("accounts:sign-in")
