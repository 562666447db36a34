"""Signing in at an OpenID provider: away to it, and back."""

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_GET

from fairpractice.errors import FairpracticeError
from fairpractice.web.accounts import invitations, matching, openid, signing
from fairpractice.web.accounts.middleware import BEFORE
from fairpractice.web.accounts.openid import Answer, NotProved
from fairpractice.web.accounts.views import not_signed_in
from fairpractice.web.config.openid import PATIENTS, STAFF, Client, public
from fairpractice.web.core.access import open_to_all
from fairpractice.web.core.rate_limit import place, too_many, within_limit


FROM_ONE_PLACE, EACH = 300, 5 * 60  # a whole practice may come from one place in the morning


@open_to_all
@require_GET
def leave(request: HttpRequest, name: str) -> HttpResponse:
    """Send somebody to a provider; where somebody was signed in before, to show who they are."""
    client = _client(name)
    if not within_limit("provider", place(request), limit=FROM_ONE_PLACE, seconds=EACH):
        return too_many(request)
    going_to = request.GET.get("next", "")
    invitation = request.GET.get("invitation", "")[:64] if name == STAFF else ""
    back = request.build_absolute_uri(reverse("accounts:back", kwargs={"name": name}))
    anew = BEFORE in request.COOKIES
    try:
        return redirect(openid.begin(request, client, back, going_to, invitation, anew=anew))
    except NotProved as error:
        return not_signed_in(request, error.why, by=name, next=going_to)


@open_to_all
@require_GET
def back(request: HttpRequest, name: str) -> HttpResponse:
    """Take somebody in who comes back from a provider, if it proved who they are."""
    client = _client(name)
    if not within_limit("provider", place(request), limit=FROM_ONE_PLACE, seconds=EACH):
        return too_many(request)
    try:
        answer = openid.finish(request, client)
    except NotProved as error:
        return not_signed_in(request, error.why, by=name, next=error.going_to)
    try:
        return redirect(_signed_in(request, client, answer))
    except NotProved as error:
        subject = answer.claims["sub"] if error.why == "unknown" else ""
        return not_signed_in(request, error.why, by=name, next=answer.going_to, subject=subject)


@open_to_all
@require_GET
def keys(request: HttpRequest, name: str) -> HttpResponse:
    """Publish the public parts of this service's keys at a provider, as a JSON Web Key Set."""
    return JsonResponse({"keys": public(_client(name))})


def _signed_in(request: HttpRequest, client: Client, answer: Answer) -> str:
    if client.name == PATIENTS:
        signing.sign_in(request, matching.person(answer.claims), client.name)
        return signing.ours(request, answer.going_to)
    if answer.invitation:
        matching.check_assurance(client, answer.claims)
        _accepted(client, answer)
    user = matching.colleague(client, answer.claims)
    going_to = signing.proved(request, user, answer.going_to, client.name)
    if going_to is None:
        raise NotProved("no_membership")
    return going_to


def _accepted(client: Client, answer: Answer) -> None:
    try:
        user = invitations.use_for_subject(answer.invitation, client.issuer, answer.claims["sub"])
    except FairpracticeError as error:
        raise NotProved("somebody_else") from error
    if user is None:
        raise NotProved("invitation")


def _client(name: str) -> Client:
    client: Client | None = settings.OPENID.get(name)
    if client is None:
        raise Http404
    return client
