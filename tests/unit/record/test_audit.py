import getpass
import json
import multiprocessing

import pytest

from fairpractice.errors import FairpracticeError
from fairpractice.record import audit, store


def _lines(desk):
    return [
        json.loads(line)
        for line in (desk.path / audit.NAME).read_text(encoding="utf-8").splitlines()
    ]


def _write(desk, count=5):
    for number in range(count):
        audit.entry(
            desk.path, action="report", purpose="planning", detail=f"page {number}", people=number
        )


def test_every_change_leaves_an_entry_without_an_identifier(desk):
    desk.add(patient=[{"patient_id": 111222333}, {"patient_id": 444555666}])
    store.withdraw(desk.path, 1)
    desk.add(patient=[{"patient_id": 111222333}, {"patient_id": 444555666}])
    store.erase(desk.path, [111222333])
    assert [(e["action"], e["who"], e["people"]) for e in _lines(desk)] == [
        ("import", "tester", 2),
        ("withdraw", "tester", 2),
        ("import", "tester", 2),
        ("erase", "tester", 1),
    ]
    assert "111222333" not in (desk.path / audit.NAME).read_text(encoding="utf-8")
    assert audit.verify(desk.path).entries == 4


@pytest.mark.parametrize("line", [1, 3, 5])
def test_the_first_altered_line_is_found(desk, line):
    _write(desk)
    file = desk.path / audit.NAME
    lines = file.read_bytes().splitlines(keepends=True)
    altered = lines.copy()
    altered[line - 1] = altered[line - 1].replace(b"planning", b"research")
    file.write_bytes(b"".join(altered))
    found = audit.verify(desk.path)
    assert (found.altered_line, found.problem) == (line, "it is not as it was written")
    assert found.entries == line - 1

    file.write_bytes(b"".join(lines[: line - 1] + lines[line:]))
    assert audit.verify(desk.path).altered_line == (line if line < 5 else None)


def test_swapped_forged_and_torn_lines_are_found(desk):
    _write(desk)
    file = desk.path / audit.NAME
    lines = file.read_bytes().splitlines(keepends=True)
    file.write_bytes(b"".join([lines[0], lines[2], lines[1], *lines[3:]]))
    assert audit.verify(desk.path).altered_line == 2

    forged = json.loads(lines[1])
    forged["people"] = 10_000
    forged = audit._chained(
        forged["after"], {k: v for k, v in forged.items() if k not in ("after", "hash")}
    )
    file.write_bytes(b"".join([lines[0], json.dumps(forged).encode() + b"\n", *lines[2:]]))
    assert audit.verify(desk.path).altered_line == 3

    file.write_bytes(b"".join(lines)[:-10])
    assert audit.verify(desk.path).altered_line == 5
    _write(desk, 1)  # it was never finished, so what it announced never happened
    assert audit.verify(desk.path).altered_line is None
    assert audit.verify(desk.path).entries == 5


def test_lines_cut_off_show_to_who_noted_the_last_hash(desk):
    _write(desk)
    noted = audit.verify(desk.path).last_hash
    file = desk.path / audit.NAME
    file.write_bytes(b"".join(file.read_bytes().splitlines(keepends=True)[:-1]))
    assert audit.verify(desk.path).altered_line is None
    assert audit.verify(desk.path).last_hash != noted


def test_writers_at_once_make_one_chain(desk):
    children = [
        multiprocessing.get_context("spawn").Process(target=_write, args=(desk, 20)) for _ in "ab"
    ]
    for child in children:
        child.start()
    for child in children:
        child.join()
    found = audit.verify(desk.path)
    assert (found.entries, found.altered_line) == (40, None)


def test_numbers_and_sensitive_topics_are_blotted_out(desk):
    audit.entry(
        desk.path,
        action="worklist",
        purpose="direct_care",
        detail="999 000 0018, 999-000-0018, 9990000018, 1234567890, Domestic Abuse, prison, debt",
    )
    [said] = _lines(desk)
    assert said["detail"] == (
        "[number], [number], [number], 1234567890, [sensitive], [sensitive], debt"
    )


def test_who_is_the_name_at_the_operating_system_unless_given(desk, monkeypatch):
    monkeypatch.delenv("FAIRPRACTICE_USER")
    _write(desk, 1)
    audit.entry(desk.path, action="a", purpose="planning", who="somebody")
    assert [e["who"] for e in _lines(desk)] == [getpass.getuser(), "somebody"]


def test_a_user_without_a_name_is_a_number(monkeypatch):
    def nameless():
        raise KeyError("getpwuid(): uid not found: 4242")

    monkeypatch.delenv("FAIRPRACTICE_USER", raising=False)
    monkeypatch.setattr(audit.getpass, "getuser", nameless)
    assert audit.user().startswith("uid ")


def test_without_a_trail_nothing_is_verified_and_nothing_done(desk, tmp_path):
    with pytest.raises(FairpracticeError, match="cannot be read"):
        audit.verify(desk.path)
    with pytest.raises(FairpracticeError, match="nothing was done"):
        audit.entry(tmp_path / "nowhere", action="a", purpose="planning")


def test_any_script_can_be_written(desk):
    audit.entry(desk.path, action="rapport", purpose="planning", who="Zoë", detail="naïve — ✓")
    assert _lines(desk)[0]["who"] == "Zoë"
    assert audit.verify(desk.path).altered_line is None
