"""A writer killed at any point leaves the old record or the new one, whole.

A child process makes one change and dies at its n-th checkpoint, for every n until it lives.
Seeded random records; the state found must be the one before or the one after, in every table,
and the change must then go through when it is made again.
"""

import datetime as dt
import multiprocessing
import os
import random
import resource
import shutil
import subprocess
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from fairpractice.errors import FairpracticeError
from fairpractice.record import audit, changing, manifest, store, writing
from fairpractice.record.tables import TABLES


KILLED = 77
Change = Callable[[Path, Mapping[str, Path]], object]
# Children are forked from a process that has imported everything and started nothing.
CHILDREN = multiprocessing.get_context("forkserver")
CHILDREN.set_forkserver_preload(
    [
        "fairpractice.record.store",
        "ibis.backends.duckdb",
        "pandas",
        "pyarrow.dataset",
        "pyarrow.parquet.encryption",
        "pytest",
    ]
)


def _add(path: Path, staged: Mapping[str, Path]) -> None:
    store.add_batch(
        path, source="gp", mode="full", staged=staged, fingerprint="new", practices=["Y00001"]
    )


def _withdraw(path: Path, staged: Mapping[str, Path]) -> None:
    if not store.open_record(path).batches[1].withdrawn:
        store.withdraw(path, 2)


def _erase(path: Path, staged: Mapping[str, Path]) -> None:
    store.erase(path, [1, 2, 3])


def _die_at(
    change: Change,
    path: Path,
    staged: Mapping[str, Path],
    point: int,
    environment: Mapping[str, str],
) -> None:
    """Make a change in this process and die at a checkpoint, as a power cut would have it."""
    os.environ.update(environment)
    passed = 0

    def checkpoint(name: str) -> None:
        nonlocal passed
        passed += 1
        if passed == point:
            os._exit(KILLED)

    writing.checkpoint = checkpoint
    change(path, staged)


def _random_rows(dice: random.Random, table: str, number: int) -> list[dict[str, Any]]:
    day = dt.date(2025, 1, 1)
    rows: list[dict[str, Any]] = []
    for patient in dice.sample(range(1, 30), number):
        row: dict[str, Any] = {"patient_id": patient}
        if TABLES[table].practice:
            row["practice_code"] = dice.choice(["Y00001", "Y00002"])
        if table == "event":
            row |= {"value": dice.random(), "date": day + dt.timedelta(dice.randrange(300))}
        if table == "identity":
            row["family_name"] = f"Person {patient}"
        rows.append(row)
    return rows


def _state(path: Path) -> dict[str, list[Any]]:
    """Return everything that is in force, and how each batch stands."""
    record = store.open_record(path, purpose="direct_care")
    state = {
        name: sorted(
            row
            for file in record.files(name)
            for row in map(repr, pq.read_table(path / file, partitioning=None).to_pylist())
        )
        for name in TABLES
        if name != "identity"
    }
    state["identity"] = sorted(map(repr, record.identity().to_pylist()))
    state["batches"] = [(b.number, b.withdrawn is None, b.counts) for b in record.batches]
    return state


@pytest.mark.parametrize(("change", "seed"), [(_add, 1), (_withdraw, 2), (_erase, 3)])
def test_a_killed_writer_leaves_the_old_record_or_the_new(desk, tmp_path, change, seed):
    dice = random.Random(seed)
    tables = ("event", "registration", "identity")
    desk.add("full", **{name: _random_rows(dice, name, 20) for name in tables})
    desk.add("addition", **{name: _random_rows(dice, name, 9) for name in tables})
    desk.add("addition", **{name: _random_rows(dice, name, 9) for name in tables})
    staged = desk.stage({name: _random_rows(dice, name, 8) for name in tables})
    shutil.copytree(desk.path, tmp_path / "after")
    change(tmp_path / "after", staged)
    before, after = _state(desk.path), _state(tmp_path / "after")
    assert before != after

    found = []
    for point in range(1, 200):
        path = tmp_path / f"killed-at-{point}"
        shutil.copytree(desk.path, path)
        child = CHILDREN.Process(
            target=_die_at, args=(change, path, staged, point, dict(os.environ))
        )
        child.start()
        child.join()
        if child.exitcode == 0:
            break
        assert child.exitcode == KILLED
        state = _state(path)
        assert state in (before, after)
        found.append(state == after)
        change(path, staged)
        assert _state(path) == after
        now, files = manifest.load(path), set(manifest.files_on_disk(path))
        assert now.wanted() <= files <= now.wanted() | set(now.retired)
        assert audit.verify(path).altered_line is None
    else:
        pytest.fail("the writer never ran to its end")
    assert found == sorted(found)  # the old record until the swap, the new one from then on
    assert not all(found)
    assert any(found)


def test_an_erasure_cut_short_is_finished_by_whoever_opens_the_record(desk, monkeypatch):
    desk.add(event=[{"patient_id": 1}, {"patient_id": 2}])

    class Cut(BaseException):
        pass

    def cut(name: str) -> None:
        if name.startswith("before removing"):
            raise Cut

    monkeypatch.setattr(writing, "checkpoint", cut)
    with pytest.raises(Cut):
        store.erase(desk.path, [1])
    monkeypatch.undo()
    assert (desk.path / "batches/1/event.parquet").exists()
    store.open_record(desk.path)
    assert not (desk.path / "batches/1/event.parquet").exists()
    assert desk.rows("event", "patient_id") == [2]


def test_a_full_disk_is_said_and_leaves_the_record_as_it_was(desk):
    """The disk is a limit on the size of a file, which any user may set."""
    desk.add(event=[{"patient_id": 1}])
    files = set(manifest.files_on_disk(desk.path))
    dice = random.Random(1)
    staged = desk.stage({"event": [{"patient_id": p, "value": dice.random()} for p in range(9000)]})
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, hard))
    try:
        with pytest.raises(FairpracticeError, match=r"disk is full: [\d,]+ bytes are left") as full:
            store.add_batch(desk.path, source="gp", mode="full", staged=staged, fingerprint="big")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert "event.parquet" in str(full.value)
    assert set(manifest.files_on_disk(desk.path)) == files
    assert desk.rows("event", "patient_id") == [1]


def test_room_is_looked_for_before_anything_is_written(desk, monkeypatch):
    usage = shutil.disk_usage(desk.path)._replace(free=10)
    monkeypatch.setattr(changing.shutil, "disk_usage", lambda path: usage)
    with pytest.raises(FairpracticeError, match=r"about [\d,]+ bytes are needed and 10 are left"):
        desk.add(event=[{"patient_id": 1}])
    assert store.open_record(desk.path).batches == ()


@pytest.mark.soak  # needs to be allowed to mount
def test_a_really_full_disk(desk, tmp_path):
    small = tmp_path / "small"
    small.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=200k", "tmpfs", str(small)]
    if subprocess.run(mount, capture_output=True).returncode:
        pytest.skip("needs to be allowed to mount a small file system (root)")
    try:
        store.create(small / "record")
        desk.path = small / "record"
        desk.add(event=[{"patient_id": 1}])
        dice = random.Random(1)
        rows = [{"patient_id": dice.randrange(10**9), "value": dice.random()} for _ in range(30000)]
        with pytest.raises(FairpracticeError, match="disk is full"):
            desk.add(event=rows)
        (small / "filler").write_bytes(b"x" * (shutil.disk_usage(small).free - 5000))
        with pytest.raises(FairpracticeError, match="disk is full"):
            desk.add(event=rows[:100])
        assert desk.rows("event", "patient_id") == [1]
        assert set(manifest.files_on_disk(desk.path)) == {"batches/1/event.parquet"}
    finally:
        subprocess.run(["umount", str(small)], check=True)
