"""About the locks that everything is installed from."""

import re
import tomllib

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.repository.files import REPOSITORY


LOCKS = sorted((REPOSITORY / "requirements").glob("*.txt"))
PROJECT = tomllib.loads((REPOSITORY / "pyproject.toml").read_text(encoding="utf-8"))
EXTRAS = PROJECT["project"]["optional-dependencies"]
WANTED = {
    "core": PROJECT["project"]["dependencies"],
    "spark": [*PROJECT["project"]["dependencies"], *EXTRAS["spark"]],
    "web": [*PROJECT["project"]["dependencies"], *EXTRAS["web"]],
    "test": [
        *PROJECT["project"]["dependencies"],
        *EXTRAS["spark"],
        *EXTRAS["web"],
        *EXTRAS["test"],
    ],
    "build": PROJECT["build-system"]["requires"],
}


def locked(name: str) -> list[Requirement]:
    text = (REPOSITORY / "requirements" / f"{name}.txt").read_text(encoding="utf-8")
    return [Requirement(line) for line in re.findall(r"^([a-z0-9].*?) \\$", text, re.MULTILINE)]


def test_the_locks_are_those_of_the_extras():
    assert {path.stem for path in LOCKS} == set(WANTED)


@pytest.mark.parametrize("lock", LOCKS, ids=lambda path: path.stem)
def test_a_lock_names_no_place(lock):
    text = lock.read_text(encoding="utf-8")
    for line in text.splitlines():
        assert not re.search(r"://|index|find-links|trusted-host| @ |[\w-]+\.(org|com|net)\b", line)
        assert not re.match(r"\s*(-e|-r|-c|--(?!hash=sha256:))", line)
        assert not re.search(r"(^|\s)[.~]?/", line)


@pytest.mark.parametrize("lock", LOCKS, ids=lambda path: path.stem)
def test_everything_locked_has_one_version_and_its_hashes(lock):
    text = lock.read_text(encoding="utf-8")
    entries = re.findall(r"^[a-z0-9](?:.*\\\n)+.*$", text, re.MULTILINE)
    assert len(entries) == len(locked(lock.stem))
    for entry in entries:
        assert re.match(r"[\w.-]+==[\w.+!-]+( ;| \\)", entry)
        assert re.search(r"--hash=sha256:[0-9a-f]{64}", entry)


@pytest.mark.parametrize("name", WANTED)
def test_a_lock_has_what_the_project_asks_for(name):
    pinned: dict[str, list[Requirement]] = {}
    for requirement in locked(name):
        pinned.setdefault(canonicalize_name(requirement.name), []).append(requirement)
    for asked in map(Requirement, WANTED[name]):
        for found in pinned[canonicalize_name(asked.name)]:
            (version,) = found.specifier
            assert asked.specifier.contains(version.version, prereleases=True), str(asked)


def test_the_locks_agree():
    test = {(r.name, str(r.specifier), str(r.marker)) for r in locked("test")}
    for name in ("core", "spark", "web"):
        assert {(r.name, str(r.specifier), str(r.marker)) for r in locked(name)} <= test
