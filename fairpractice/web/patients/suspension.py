"""When somebody may not act for another any more: something sensitive was recorded.

Nobody is told. It follows from what is recorded, so that no way of recording can forget it, and
lasts until somebody has looked at it again. Whoever is suspended is answered as one whose time is
over.
"""

from django.db.models import Q

from fairpractice.record.topics import SENSITIVE, TOPICS
from fairpractice.web.patients.models import Patient, PersonAccount
from fairpractice.web.patients.record import codelists, record


def is_suspended(account: PersonAccount) -> bool:
    """Tell whether something sensitive was stated since somebody last looked at the account."""
    return sensitive_statements(account.patient) > account.sensitive_seen


def sensitive_statements(patient: Patient) -> int:
    """Return how many sensitive statements there are of a person, entered here or sent.

    One counts even if it was corrected since: somebody may have been made to. One that says *no*
    does not.
    """
    sensitive = Q(topic__in=SENSITIVE) | Q(sensitivity="sensitive")
    here = patient.facts.filter(sensitive).exclude(status="absent").count()
    lists = codelists()
    codes = {
        (code.system, code.code)
        for topic in TOPICS.values()
        if topic.sensitive and topic.codelist
        for code in lists[topic.codelist].codes
    }
    rows = record().person(patient.record_id)
    stated = [
        row
        for row in rows.get("social_fact", ())
        if (row["topic"] in SENSITIVE or row["sensitivity"] == "sensitive")
        and row["status"] != "absent"
    ]
    coded = [row for row in rows.get("event", ()) if (row["code_system"], row["code"]) in codes]
    return here + len(stated) + len(coded)
