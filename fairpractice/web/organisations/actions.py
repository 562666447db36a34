"""What is done with organisations."""

from fairpractice.errors import FairpracticeError
from fairpractice.web.core import audit
from fairpractice.web.organisations.models import Organisation


def add_partner(code: str, name: str) -> Organisation:
    """Add a community partner, or find it."""
    found, made = Organisation.objects.get_or_create(
        code=code, defaults={"kind": Organisation.Kind.PARTNER, "name": name}
    )
    if made:
        audit.entry(None, "add a partner", detail={"organisation": str(found.id)})
    return found


def first_practice() -> Organisation:
    """Return the practice whose code comes first.

    Raises
    ------
    FairpracticeError
        When there is none: nobody in the record is registered anywhere.
    """
    practices = Organisation.objects.select_related("network")
    found = practices.filter(kind=Organisation.Kind.PRACTICE).order_by("code").first()
    if found is None:
        raise FairpracticeError(
            "nobody in the record is registered at a practice today",
            fix="Import their registrations, and start again.",
        )
    return found
