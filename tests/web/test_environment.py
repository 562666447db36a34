"""What the service is told from outside."""

from pathlib import Path

import pytest

from fairpractice.errors import FairpracticeError
from fairpractice.web.config import environment
from tests.repository.files import REPOSITORY


def test_a_file_says_what_the_environment_does_not(tmp_path: Path) -> None:
    file = tmp_path / "service.env"
    file.write_text(
        "# ours\n\nFAIRPRACTICE_EDITION=imd2019\nFAIRPRACTICE_HOSTS=a,b\nOTHER=1\n", "utf-8"
    )
    found = environment.read({environment.FILE: str(file), "FAIRPRACTICE_HOSTS": "c"})
    assert (found["FAIRPRACTICE_EDITION"], found["FAIRPRACTICE_HOSTS"]) == ("imd2019", "c")
    assert found["FAIRPRACTICE_DEMO"] == "no"
    assert found["FAIRPRACTICE_HTTPS"] == "yes"


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("FAIRPRACTICE_DEMOS=yes", "line 1"),
        ("nothing", "no setting"),
        ("FAIRPRACTICE_DEMO=perhaps", "yes nor no"),
    ],
)
def test_a_line_that_is_none_is_named(tmp_path: Path, line: str, said: str) -> None:
    file = tmp_path / "service.env"
    file.write_text(line, "utf-8")
    with pytest.raises(FairpracticeError, match=said):
        environment.read({environment.FILE: str(file)})


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(FairpracticeError, match="cannot be read"):
        environment.read({environment.FILE: str(tmp_path / "none")})


def test_new_secrets_are_those_that_are_wanted() -> None:
    assert set(environment.new_secrets()) == set(environment.SECRETS)


@pytest.mark.parametrize("missing", [environment.DATABASE, *environment.SECRETS])
def test_without_a_database_or_a_secret_it_does_not_start(missing: str) -> None:
    said = {environment.DATABASE: "postgresql:///x", **environment.new_secrets()}
    assert environment.complete(environment.read(said))
    del said[missing]
    with pytest.raises(FairpracticeError, match=missing):
        environment.complete(environment.read(said))


def test_every_setting_is_documented() -> None:
    page = (REPOSITORY / "docs" / "how-to" / "run-the-service.md").read_text("utf-8")
    for name, (default, meaning) in environment.SETTINGS.items():
        shown = f"`{default}`" if default else ""
        assert f"| `{name}` | {shown} | {meaning} |" in page
