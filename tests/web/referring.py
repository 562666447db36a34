"""Cases and referrals, as tests make them."""

from typing import Any
from uuid import uuid4

from django.utils import timezone

from fairpractice.web.cases.models import Case
from fairpractice.web.core.access import Viewer
from fairpractice.web.directory import indexing
from fairpractice.web.directory.models import Service
from fairpractice.web.organisations.models import Organisation
from fairpractice.web.referrals import actions
from fairpractice.web.referrals.actions import Wanted
from fairpractice.web.referrals.models import Referral
from fairpractice.web.sharing.consent import Agreed


TOLD = ("contact", "circumstances")


def of_charity(code: str = "P0009", name: str = "Advice charity") -> Service:
    """Return a service of a partner."""
    partner, _ = Organisation.objects.get_or_create(code=code, kind="partner", name=name)
    made = Service.objects.create(
        name=f"Money advice of {name}", organisation=partner, assured_date=timezone.localdate()
    )
    indexing.index([made.id])
    return made


def wanted(service: Service, *categories: str, sensitive: bool = False, **more: Any) -> Wanted:
    """Say what a service is asked, on a consent that is given with it."""
    told = categories or TOLD
    assert service.organisation
    agreed = Agreed(service.organisation, "support", told, 6, "in_person", sensitive=sensitive)
    words = "Help with letters" if "circumstances" in told else ""
    said = {"topic": "debt", "asked": words, "consent": agreed, "categories": told}
    return Wanted(service, **(said | more))


def referred(worker: Viewer, case: Case, service: Service, *told: str, **more: Any) -> Referral:
    """Ask a service to help somebody."""
    return actions.send(worker, case, wanted(service, *told, **more), uuid4())
