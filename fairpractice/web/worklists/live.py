"""Lists as they are now: what was entered or withdrawn since the run is looked at again.

Whoever had anything entered, corrected or withdrawn since the run read, is asked about again by
the same rules, one person at a time, when a page would show them; what it says then takes the
place of what the run said. So nothing has to be told of a change, and none can be missed.

A list that asks about nothing sensitive is made without what is sensitive, for everybody. It is
made again on the day of the run, or of the latest statement since that may be seen: with a hidden
statement and without it, it says the same.
"""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import (
    Count,
    Exists,
    F,
    FilteredRelation,
    Max,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
)
from django.db.models.functions import Coalesce
from django.utils import timezone

from fairpractice.case_finding.rule import Rule
from fairpractice.case_finding.worklist import on_list
from fairpractice.web.core.access import DIRECT_CARE
from fairpractice.web.patients import facts
from fairpractice.web.patients.models import Patient, SocialFact
from fairpractice.web.patients.record import codelists, record
from fairpractice.web.sharing.models import Objection
from fairpractice.web.worklists import rules
from fairpractice.web.worklists.models import LookedAgain, Place, Run


AT_ONCE = 100
"""How many people are looked at again for one page; it takes about a second."""
THE_LOOKER = 7_211


def current() -> Run | None:
    """Return the run that is shown; nothing before the first."""
    return Run.objects.filter(state=Run.State.CURRENT).first()


def _counted(since: Any, on: Any) -> Any:
    """Return how to count the changes after a run: there are only ever more of them."""
    return Count("id", filter=_entered(since)) + Count("id", filter=_ended(since, on))


def _entered(since: Any) -> Q:
    return Q(entered_at__gte=since)


def _ended(since: Any, on: Any) -> Q:
    """Return the condition that the consent a statement stands on ended after a run."""
    today = timezone.localdate()
    return Q(consent__withdrawn_at__gte=since) | Q(
        consent__ends_on__gt=on, consent__ends_on__lte=today
    )


def look_again(run: Run, within: Q) -> list[UUID]:
    """Bring the places of people up to now.

    Parameters
    ----------
    run
        The run that is shown.
    within
        Which statements: those of a person, or of the people of a practice.

    Returns
    -------
    list of UUID
        People who are still to be looked at, since there were too many: no page shows them.
    """
    looked = LookedAgain.objects.filter(run=run, patient=OuterRef("patient_id"))
    known = Coalesce(Subquery(looked.values("changes")[:1]), 0)
    theirs = SocialFact.objects.filter(within).annotate(known=known)
    theirs = theirs.order_by().values_list("patient_id", "known")
    # Two looks, each by its index: one condition for both would read every statement there is.
    ended = theirs.filter(_ended(run.reads_since, run.on))
    found = Counter(theirs.filter(_entered(run.reads_since)).union(ended, all=True))
    changes = {who: number for (who, known), number in found.items() if number != known}
    waiting = sorted(changes)
    for patient in Patient.objects.filter(id__in=waiting[:AT_ONCE]).order_by("id"):
        _look(run, patient, changes[patient.id])
    return waiting[AT_ONCE:]


def _look(run: Run, patient: Patient, changes: int) -> None:
    with connection.cursor() as cursor:  # another page may be at it
        cursor.execute(
            "SELECT pg_advisory_xact_lock(%s, hashtext(%s))", [THE_LOOKER, str(patient.id)]
        )
    if LookedAgain.objects.filter(run=run, patient=patient, changes=changes).exists():
        return
    Place.objects.filter(run=run, patient=patient).delete()
    if patient.practice_id:
        Place.objects.bulk_create(_places(run, patient))
    LookedAgain.objects.update_or_create(run=run, patient=patient, defaults={"changes": changes})


def _places(run: Run, patient: Patient) -> list[Place]:
    lists, found = codelists(), []
    secret = rules.sensitive()
    rows = record().person(patient.record_id)
    for sensitive in (False, True) if secret else (False,):
        seen = facts.visible(patient, sensitive=sensitive)
        since = seen.filter(entered_at__gte=run.reads_since).aggregate(last=Max("recorded_on"))
        on = max(run.on, since["last"] or run.on)
        entered = list(facts.in_force(patient, sensitive=sensitive))
        person = facts.overlaid(rows, entered, lists, sensitive=sensitive)
        for name, rule in rules.rules().items():
            if (name in secret) is sensitive and (said := on_list(rule, person, on, lists)):
                found.append(
                    Place(
                        run=run,
                        practice_id=patient.practice_id,
                        rule=name,
                        sensitive=sensitive,
                        patient=patient,
                        reasons=len(said["because"]),
                        **said,
                    )
                )
    return found


def places(run: Run, practices: Collection[UUID], shown: Collection[str]) -> QuerySet[Place]:
    """Return the places on the lists of practices, for those rules, as they are now.

    Who has moved to another practice, or objects to a use of what is held for their own care, is
    on none.
    """
    late = look_again(run, Q(patient__practice_id__in=practices))
    found = Place.objects.filter(run=run, practice_id__in=practices, rule__in=shown)
    found = found.filter(patient__practice_id=F("practice_id"))
    found = found.exclude(_objects(OuterRef("patient_id")))
    return found.exclude(patient_id__in=late) if late else found


def _objects(patient: Any) -> Exists:
    return Exists(Objection.objects.filter(patient=patient, purpose=DIRECT_CARE, withdrawn_at=None))


@dataclass(frozen=True)
class On:
    """A list that somebody is on, and why."""

    rule: Rule
    because: Sequence[str]


def of_person(patient: Patient, shown: Mapping[str, Rule]) -> list[On]:
    """Return the lists that a person is on now, of those shown: the most reasons first.

    It is one query, unless something was entered since the run at which nobody has looked yet.
    """
    rows = _with_places(patient)
    if rows and rows[0]["changes"] != rows[0]["known"]:
        look_again(Run.objects.get(id=rows[0]["id"]), Q(patient=patient))
        rows = _with_places(patient)
    return [
        On(shown[row["place__rule"]], row["place__because"])
        for row in rows
        if row["place__rule"] in shown and not row["objects"]
    ]


def _with_places(patient: Patient) -> list[dict[str, Any]]:
    """Return the run that is shown, once for each place of a person, and once if there is none."""
    here = Q(places__patient=patient, places__practice_id=patient.practice_id)
    looked = LookedAgain.objects.filter(run=OuterRef("id"), patient=patient)
    own = SocialFact.objects.filter(patient=patient).values("patient_id").order_by()
    counted = own.annotate(changes=_counted(OuterRef("reads_since"), OuterRef("on")))
    found = Run.objects.filter(state=Run.State.CURRENT).annotate(
        place=FilteredRelation("places", condition=here),
        changes=Coalesce(Subquery(counted.values("changes")), 0),
        known=Coalesce(Subquery(looked.values("changes")[:1]), 0),
        objects=_objects(patient),
    )
    found = found.order_by("-place__reasons", "place__rule")
    named = ("id", "changes", "known", "objects", "place__rule", "place__because")
    return list(found.values(*named))
