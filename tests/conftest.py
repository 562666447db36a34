"""What every test may use, and how the suite speaks of what it could not test.

A test of what every engine must do asks for the ``engine`` fixture and runs on each of them.
A test that needs Java 17 is marked ``spark``, one that needs a browser ``browser``, and one that
signs in at an OpenID provider, which Node.js runs, ``openid``; a test that reads reference data
asks for the ``reference`` fixture. Where the thing is missing the test is skipped with a reason
that says how to get it, and the run ends by naming what was left out.
With ``CI=true`` a skip is a failure: there, everything must have been tested.
"""

import functools
import os
import shutil
from collections import Counter
from collections.abc import Callable, Generator, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import hypothesis
import pytest


if TYPE_CHECKING:
    from fairpractice.engines import Engine
    from fairpractice.engines.spark import Spark

REPOSITORY = Path(__file__).resolve().parent.parent
REFERENCE = "FAIRPRACTICE_REFERENCE"
PROVIDER = REPOSITORY / "tests" / "web" / "accounts" / "openid_provider"
LOCAL_HOSTS = ["127.0.0.1", "localhost"]

hypothesis.settings.register_profile(
    "fairpractice",
    deadline=None,  # the machine may be busy with something else
    derandomize=bool(os.environ.get("CI")),
    suppress_health_check=[hypothesis.HealthCheck.too_slow],
)
hypothesis.settings.load_profile("fairpractice")


def _in_ci() -> bool:
    return os.environ.get("CI", "").lower() in ("1", "true")


@pytest.fixture(scope="session")
def reference() -> Callable[..., Path]:
    """Find reference data: ``reference("geo", "imd", "x.csv.gz")`` is a path, or a skip."""
    folder = Path(os.environ.get(REFERENCE) or REPOSITORY.parent / "shared" / "reference")

    def find(*parts: str) -> Path:
        path = folder.joinpath(*parts)
        if not path.exists():
            pytest.skip(
                f"There is no reference data for it in {folder}. Name the folder that has it in "
                f"{REFERENCE}. ({'/'.join(parts)})"
            )
        return path

    return find


@functools.cache
def _spark_obstacle() -> str:
    from fairpractice.engines.spark import obstacle

    return str(obstacle() or "")


@functools.cache
def _browser() -> str | None:
    return shutil.which("chromium") or shutil.which("chromium-browser")


def _missing(item: pytest.Item) -> str:
    """Return why a test cannot run here, or nothing when it can."""
    if item.get_closest_marker("spark") and (reason := _spark_obstacle()):
        return reason
    if item.get_closest_marker("browser") and not _browser():
        return "There is no Chromium. Install it: sudo apt-get install chromium"
    if item.get_closest_marker("openid"):
        if not shutil.which("node"):
            return "There is no Node.js. Install it: sudo apt-get install nodejs npm"
        if not (PROVIDER / "node_modules" / "oidc-provider").is_dir():
            return "The OpenID provider of the tests is not installed. Install it: make test"
    return ""


@pytest.fixture(scope="session")
def chromium() -> str:
    """Return the path of the browser; mark the test ``browser``."""
    path = _browser()
    assert path, "mark the test `browser`, so that it is skipped where there is none"
    return path


@pytest.fixture(scope="session")
def spark() -> "Iterator[Spark]":
    """Open the one Spark session of the run; mark the test ``spark``."""
    from fairpractice.engines.spark import connect

    engine = connect()
    yield engine
    engine.close()


@pytest.fixture(scope="session", params=["duckdb", pytest.param("spark", marks=pytest.mark.spark)])
def engine(request: pytest.FixtureRequest) -> "Engine":
    """Every engine in turn. A gap is declared: ``@pytest.mark.gap("spark", "why")``."""
    if request.param == "spark":
        spark: Spark = request.getfixturevalue("spark")
        return spark
    from fairpractice.engines.duckdb import connect

    return connect()


@pytest.fixture(autouse=True)
def no_settings_from_outside(monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep the settings of whoever runs the tests out of them."""
    for name in [name for name in os.environ if name.startswith("FAIRPRACTICE_")]:
        if name != REFERENCE:
            monkeypatch.delenv(name)


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put what needs Spark on one worker, first, since it takes longest; declare the gaps."""
    items.sort(key=lambda item: item.get_closest_marker("spark") is None)
    for item in items:
        for gap in item.iter_markers("gap"):
            name, reason = gap.args
            if isinstance(item, pytest.Function) and item.callspec.params.get("engine") == name:
                item.add_marker(pytest.mark.xfail(reason=reason, strict=True))
        if item.get_closest_marker("spark"):
            item.add_marker(pytest.mark.xdist_group("spark"))
        if any(item.get_closest_marker(each) for each in ("spark", "browser", "openid")):
            item.add_marker(pytest.mark.allow_hosts(LOCAL_HOSTS))


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    """Skip what cannot run here."""
    if reason := _missing(item):
        pytest.skip(reason)


def _skip_fails(report: pytest.TestReport | pytest.CollectReport) -> None:
    if _in_ci() and report.skipped and not hasattr(report, "wasxfail"):
        report.outcome = "failed"
        report.longrepr = f"Skipped where nothing may be: {_reason(report)}"


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Make a skipped test a failed one in CI."""
    report = yield
    _skip_fails(report)
    return report


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report() -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    """Make a skipped module a failed one in CI."""
    report = yield
    _skip_fails(report)
    return report


def _reason(report: pytest.TestReport | pytest.CollectReport) -> str:
    text = report.longrepr[2] if isinstance(report.longrepr, tuple) else str(report.longrepr)
    return text.removeprefix("Skipped: ")


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_sessionfinish(session: pytest.Session) -> Generator[None, None, None]:
    """End by naming what was left out, after everything else has been said."""
    yield
    terminal = session.config.pluginmanager.get_plugin("terminalreporter")
    if terminal is None or hasattr(session.config, "workerinput"):
        return
    reasons = [_reason(report).partition(" (")[0] for report in terminal.stats.get("skipped", [])]
    left_out = Counter(reasons)
    if left_out:
        terminal.write_line("Left out of this run:")
        for reason, count in sorted(left_out.items()):
            terminal.write_line(f"  {count} {'test' if count == 1 else 'tests'}: {reason}")
    else:
        terminal.write_line("Nothing was left out of this run.")
