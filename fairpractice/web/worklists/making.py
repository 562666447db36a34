"""Making all lists in one run: one run at a time, whole or not at all.

The places of a run are written while it is running, when no page looks at them; one transaction
then makes it the one that is shown. A run that is killed leaves the one before it as it was, and
its own places go when the next one begins.
"""

import contextlib
import datetime as dt
import json
import os
import platform
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone

from fairpractice.case_finding.worklist import worklists
from fairpractice.errors import FairpracticeError
from fairpractice.record import audit as record_audit
from fairpractice.record.reading import Ordinary
from fairpractice.record.social_facts import sensitive_codes
from fairpractice.web.config.jinja import moment
from fairpractice.web.core import audit
from fairpractice.web.core.access import DIRECT_CARE
from fairpractice.web.patients.record import codelists, record
from fairpractice.web.sharing.into_record import bring_in
from fairpractice.web.worklists import rules
from fairpractice.web.worklists.models import LookedAgain, Place, Run


THE_MAKER = 7_211_007  # of advisory locks: one makes lists at a time
LATE = dt.timedelta(minutes=5)  # how long after it was begun something entered may be stored
MADE = "make worklists"
Progress = Callable[[str, int, int], None]
COPY = "COPY found (record_id, because, outcomes, comes_off_when) FROM STDIN"
FOUND = """
    CREATE TEMP TABLE found (
        record_id bigint, because jsonb, outcomes jsonb, comes_off_when jsonb
    ) ON COMMIT DROP
"""
PLACES = """
    INSERT INTO worklists_place (
        run_id, practice_id, rule, sensitive, patient_id, reasons, because, outcomes, comes_off_when
    )
    SELECT %s, practice_id, %s, %s, id, jsonb_array_length(because),
        because, outcomes, comes_off_when
    FROM found JOIN patients_patient USING (record_id) WHERE practice_id IS NOT NULL
"""


@dataclass(frozen=True)
class Refreshed:
    """What was done: how many rows of each table went into the record, and what was found.

    ``not_here`` are people on lists whom the service does not know, or who are registered nowhere.
    """

    brought: Mapping[str, int]
    run: Run
    lists: int
    places: int
    not_here: int


def refresh(progress: Progress = lambda step, done, total: None) -> Refreshed:
    """Bring what was entered into the record, ask every rule of everybody, and show what it says.

    Parameters
    ----------
    progress
        Called with what is being done, how much of it is done, and how much there is.

    Raises
    ------
    FairpracticeError
        When no record is named, when somebody else is making the lists, when the disk is full.
        What is shown is as it was.
    """
    if not settings.RECORD:
        raise FairpracticeError(
            "no record is named", where="FAIRPRACTICE_RECORD", fix="Name its folder."
        )
    with alone():
        _clear()
        run = _begin()
        brought = bring_in(Path(settings.RECORD), progress)
        places, not_here = _make(run, progress)
        _show(run, places)
    return Refreshed(brought, run, len(rules.rules()), places, not_here)


@contextlib.contextmanager
def alone() -> Iterator[None]:
    """Make lists or figures while nobody else does, or say who does."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s)", [THE_MAKER])
        [alone] = cursor.fetchone()
    if not alone:
        other = Run.objects.filter(state=Run.State.RUNNING).order_by("-began_at").first()
        since = f", since {moment(other.began_at)}" if other else ""
        raise FairpracticeError(
            "the lists are being made already",
            where=f"by {other.process}{since}" if other else "by another process",
            fix="Wait until that has ended.",
        )
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [THE_MAKER])


def _clear() -> None:
    """Take out what stopped runs left, and the run before the one that is shown."""
    Run.objects.filter(state=Run.State.RUNNING).update(state=Run.State.STOPPED)
    over = Run.objects.exclude(state=Run.State.CURRENT).values("id")
    for model in (Place, LookedAgain):
        rows = model._base_manager.filter(run__in=over)
        rows._raw_delete(rows.db)


def _begin() -> Run:
    now = timezone.now()
    return Run.objects.create(
        on=timezone.localdate(now),
        began_at=now,
        reads_since=now - LATE,
        process=f"process {os.getpid()} on {platform.node()}"[:100],
    )


def _make(run: Run, progress: Progress) -> tuple[int, int]:
    """Make the lists; return how many places there are, and how many found are not here."""
    opened, lists = record(), codelists()
    asked, secret = rules.rules(), rules.sensitive()
    detail = f"{len(asked)} lists for the service, on {run.on}"
    record_audit.entry(opened.path, action="worklist", purpose=DIRECT_CARE, detail=detail)
    places = missing = done = 0
    progress("making lists", 0, len(asked))
    for sensitive, seen in ((False, Ordinary(opened, sensitive_codes(lists))), (True, opened)):
        some = {name: rule for name, rule in asked.items() if (name in secret) is sensitive}
        if not some:
            continue
        for name, found in worklists(some, seen, run.on, lists):
            stored = _store(run, name, found.people.to_pylist(), sensitive=sensitive)
            places, missing = places + stored, missing + found.people.num_rows - stored
            done += 1
            progress("making lists", done, len(asked))
    return places, missing


@transaction.atomic
def _store(run: Run, rule: str, people: list[dict[str, Any]], *, sensitive: bool) -> int:
    with connection.cursor() as cursor:
        cursor.execute(FOUND)
        with cursor.copy(COPY) as copy:
            for row in people:
                words = (row["because"], row["outcomes"], row["comes_off_when"])
                copy.write_row((row["patient_id"], *map(json.dumps, words)))
        cursor.execute(PLACES, [run.id, rule, sensitive])
        stored: int = cursor.rowcount
        cursor.execute("DROP TABLE found")
    return stored


@transaction.atomic
def _show(run: Run, places: int) -> None:
    """Make a run the one that is shown; the one before it stays for pages that are being made."""
    Run.objects.filter(state=Run.State.CURRENT).update(state=Run.State.FORMER)
    run.state, run.finished_at, run.definitions = (
        Run.State.CURRENT,
        timezone.now(),
        rules.version(),
    )
    run.save()
    audit.entry(None, MADE, detail={"run": str(run.id), "places": places})
