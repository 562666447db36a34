"""Two networks, asked once: one of 3,000 people, and one of whom much must be hidden."""

from pathlib import Path

import pytest

from fairpractice.engines.duckdb import connect
from fairpractice.reporting.network import Network, answer
from tests.support.networks import ON, edition, record


@pytest.fixture(scope="session")
def definitions(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return edition(tmp_path_factory.mktemp("definitions"))


@pytest.fixture(scope="session")
def network(definitions: Path) -> Network:
    return answer(
        record(connect(threads=2), 3_000),
        ON,
        edition="fictional2025",
        definitions=definitions,
        months=3,
    )


@pytest.fixture(scope="session")
def small_network(definitions: Path) -> Network:
    return answer(
        record(connect(threads=2), 180),
        ON,
        edition="fictional2025",
        definitions=definitions,
        months=2,
    )
