"""A refresh that is killed on the way: what is shown stays, and the next one makes up for it."""

import os
import re
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.db import connection

from fairpractice.web.worklists import live, making
from fairpractice.web.worklists.models import Place, Run
from tests.web.settings import SAID


pytestmark = pytest.mark.django_db(transaction=True)
NAMED = ("rule", "patient_id", "practice_id", "because", "outcomes", "comes_off_when")


def shown() -> list[tuple[Any, ...]]:
    found = Place.objects.filter(run=live.current()).order_by("rule", "patient_id")
    return list(found.values_list(*NAMED))


def test_a_refresh_that_is_killed_leaves_what_is_shown_and_the_next_is_whole(
    practice: Any, record: Path, record_folder: Path
) -> None:
    making.refresh()
    run, before = live.current(), shown()
    assert before
    own = connection.get_connection_params()
    url = f"postgresql://{own['user']}@/{own['dbname']}?host={own['host']}"
    env = {**os.environ, **SAID, "FAIRPRACTICE_DATABASE_URL": url}
    env |= {"FAIRPRACTICE_RECORD": str(record)}
    env |= {"FAIRPRACTICE_KEY_FILE": str(record_folder / "record.key")}
    env |= {"FAIRPRACTICE_DEFINITIONS": str(record_folder / "definitions")}
    env.pop("DJANGO_SETTINGS_MODULE", None)
    named = {name: own[name] for name in ("host", "user", "dbname")}
    with psycopg.connect(**named) as other:
        # It gets as far as showing what it made, and waits for this to let go of the run before.
        other.execute("SELECT id FROM worklists_run WHERE state = 'current' FOR UPDATE")
        with subprocess.Popen(
            [sys.executable, "-m", "fairpractice", "refresh"],
            env=env,
            stderr=subprocess.PIPE,
            encoding="utf-8",
        ) as refresh:
            assert refresh.stderr
            said = []
            for line in refresh.stderr:
                said.append(line)
                if re.match(r"Making lists: (\d+) of \1$", line):
                    refresh.send_signal(signal.SIGKILL)
            assert refresh.wait() == -signal.SIGKILL, "".join(said)
        other.rollback()
        other.execute("SELECT pg_advisory_xact_lock(%s)", [making.THE_MAKER])
    assert (live.current(), shown()) == (run, before)
    left = Run.objects.get(state=Run.State.RUNNING)
    assert Place.objects.filter(run=left).exists(), "it was killed in the middle"
    making.refresh()
    assert live.current() != run
    assert shown() == before
    assert not Place.objects.filter(run=left).exists()
