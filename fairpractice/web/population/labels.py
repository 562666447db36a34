"""What practices are called: letters, and one's own by its name."""

from collections.abc import Collection
from uuid import UUID

from django.utils.crypto import salted_hmac

from fairpractice.reporting.by_letter import letter
from fairpractice.web.core.access import PRACTICE, Viewer
from fairpractice.web.organisations.models import Organisation


def own(viewer: Viewer) -> Organisation | None:
    """Return the practice that somebody works at, if they do."""
    here = Organisation.objects.filter(id=viewer.organisation_id)
    return here.first() if PRACTICE in viewer.relationships else None


def labels(mine: Organisation | None, part: UUID, codes: Collection[str]) -> dict[str, str]:
    """Return what each practice is called on the page of a part, one's own first.

    Letters are drawn anew for each part of each release, in an order that only the service's
    secret gives: neither size nor figures nor another page tells whose a letter is.
    """
    named = {code: mine.name for code in codes if mine and code == mine.code}
    others = [code for code in codes if code not in named]
    others.sort(key=lambda code: salted_hmac("letters", f"{part} {code}").hexdigest())
    return named | {code: f"Practice {letter(place)}" for place, code in enumerate(others)}
