"""About the suite itself: what it says of tests that could not run."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.repository.files import REPOSITORY


TESTS = """
import pytest

def test_runs():
    pass

def test_wants_data(reference):
    reference("geo", "nowhere.csv")

@pytest.mark.spark
def test_wants_spark():
    pass

@pytest.mark.browser
def test_wants_a_browser():
    pass

@pytest.mark.openid
def test_wants_a_provider():
    pass
"""


@pytest.fixture
def suite(tmp_path: Path):
    """Run a small suite with this repository's conftest, on a machine that has nothing."""
    (tmp_path / "conftest.py").write_bytes((REPOSITORY / "tests" / "conftest.py").read_bytes())
    (tmp_path / "pyproject.toml").write_bytes((REPOSITORY / "pyproject.toml").read_bytes())
    (tmp_path / "test_small.py").write_text(TESTS, encoding="utf-8")
    bare = {key: value for key, value in os.environ.items() if key not in ("CI", "JAVA_HOME")}
    bare |= {"PATH": str(tmp_path), "FAIRPRACTICE_REFERENCE": str(tmp_path)}

    def run(*options: str, **environment: str) -> subprocess.CompletedProcess[str]:
        pytest_quietly = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider"]
        return subprocess.run(
            [*pytest_quietly, "test_small.py", *options],
            cwd=tmp_path,
            env={**bare, **environment},
            capture_output=True,
            encoding="utf-8",
            check=False,
        )

    return run


@pytest.mark.parametrize("options", [[], ["-n", "2", "--dist", "loadgroup"]], ids=["one", "two"])
def test_a_run_ends_by_naming_what_it_left_out(suite, options):
    done = suite(*options)
    assert done.returncode == 0, done.stdout
    ending = done.stdout.partition("Left out of this run:\n")[2].splitlines()
    assert len(ending) == 4
    assert any("sudo apt-get install chromium" in line for line in ending)
    assert any("sudo apt-get install openjdk-17-jre-headless" in line for line in ending)
    assert any("sudo apt-get install nodejs npm" in line for line in ending)
    assert any("FAIRPRACTICE_REFERENCE" in line for line in ending)


def test_a_run_that_left_nothing_out_says_so(suite):
    done = suite("-k", "runs")
    assert done.returncode == 0
    assert done.stdout.endswith("Nothing was left out of this run.\n")


@pytest.mark.parametrize("options", [[], ["-n", "2", "--dist", "loadgroup"]], ids=["one", "two"])
def test_in_ci_a_skip_is_a_failure(suite, options):
    done = suite(*options, CI="true")
    assert done.returncode == 1
    assert done.stdout.count("Skipped where nothing may be") >= 4
    assert "skipped" not in done.stdout
