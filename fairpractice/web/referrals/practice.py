"""The page of a practice from which coded entries are written into its record."""

import uuid

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from fairpractice.web.core import access
from fairpractice.web.core.access import requires
from fairpractice.web.organisations.models import Organisation
from fairpractice.web.referrals import entries as coded
from fairpractice.web.referrals import forms, reach
from fairpractice.web.referrals.models import Batch


@requires(access.ENTRIES, methods=("GET", "POST"))
def entries(request: HttpRequest) -> HttpResponse:
    """Show what is to be written and the files there are; write what is due into one."""
    practice = Organisation.objects.get(id=request.viewer.organisation_id)
    if request.method == "POST":
        form = forms.Made(request.POST)
        if form.is_valid() and coded.make(request.viewer, practice, form.cleaned_data["token"]):
            messages.success(request, "The file is ready: download it below.")
        return redirect("referrals:entries")
    found = coded.due(practice)
    batches = Batch.objects.filter(practice=practice).select_related("made_by")
    context = {
        "due": [each for each in found if each.code],
        "uncoded": [each for each in found if not each.code],
        "batches": batches.prefetch_related("entries").order_by("-made_at", "id")[:24],
        "token": uuid.uuid4(),
    }
    return render(request, "referrals/entries.jinja", context)


@requires(access.ENTRIES, reach=reach.batch)
def download(request: HttpRequest, batch: Batch) -> HttpResponse:
    """Download a file, the same as often as it is asked for."""
    file = HttpResponse(coded.written(batch), content_type="text/csv; charset=utf-8")
    file["Content-Disposition"] = f'attachment; filename="entries-{batch.made_at:%Y-%m-%d}.csv"'
    return file
