"""The export of everything that is held about a person, for them: a page to read, and data."""

import io
import json
import zipfile
from collections.abc import Iterable
from itertools import groupby

from django.db import transaction
from django.template.loader import render_to_string
from django.utils import timezone

from fairpractice.web.core import access, audit
from fairpractice.web.core.access import Viewer
from fairpractice.web.patients.models import Patient
from fairpractice.web.sharing.held import Item, items
from fairpractice.web.sharing.models import AccessExport


@transaction.atomic
def package(viewer: Viewer, patient: Patient, left_out: Iterable[str], why: str) -> bytes:
    """Return a ZIP file of a page and the same as JSON, and leave an entry.

    Parameters
    ----------
    viewer, patient
        Who makes it, of whom.
    left_out
        The ids of what is about somebody else, or would harm: nothing in the file shows a gap.
    why
        Why that is left out, kept encrypted beside what it was.
    """
    found = items(patient)
    out = set(left_out) & {each.id for each in found}
    kept = [each for each in found if each.id not in out]
    made_on = timezone.localdate()
    context = {"patient": patient, "groups": grouped(kept), "made_on": made_on}
    page = render_to_string("sharing/export_page.jinja", context)
    data = {
        "made_on": made_on.isoformat(),
        "held": [{"kind": each.kind, **each.says} for each in kept],
    }
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("read-me-first.html", page)
        archive.writestr("everything.json", json.dumps(data, ensure_ascii=False, indent=1))
    AccessExport.objects.create(
        patient=patient,
        made_by_id=viewer.user_id,
        made_at=timezone.now(),
        left_out=sorted(out),
        why=why or None,
    )
    detail = {"items": len(kept), "left_out": len(out)}
    audit.entry(viewer, access.EXPORT, patient=patient.id, detail=detail)
    return packed.getvalue()


def grouped(found: Iterable[Item]) -> list[tuple[str, list[Item]]]:
    """Return things by kind, in the order in which they came."""
    ordered = list(found)
    first = {each.kind: number for number, each in reversed(list(enumerate(ordered)))}
    ordered.sort(key=lambda each: first[each.kind])
    return [(kind, list(group)) for kind, group in groupby(ordered, key=lambda each: each.kind)]
