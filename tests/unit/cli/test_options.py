import datetime as dt
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from fairpractice.cli import options


Given = tuple[Path, str, Path | None, dt.date]


@click.command()
@options.record
@options.purpose
@options.definitions
@options.on
def shown(record: Path, purpose: str, definitions: Path | None, on: dt.date) -> Given:
    return record, purpose, definitions, on


def given(*arguments: str) -> Given:
    answer: Given = shown.main(["--record", "a.record", *arguments], standalone_mode=False)
    return answer


def test_defaults_are_the_strictest_purpose_and_today():
    before = dt.date.today()
    record, purpose, definitions, on = given()
    assert (record, purpose, definitions) == (Path("a.record"), "research", None)
    assert before <= on <= dt.date.today()


def test_purposes_are_spelt_with_dashes_and_meant_with_underscores():
    assert given("--purpose", "direct-care")[1] == "direct_care"


def test_a_day():
    assert given("--on", "2024-02-29")[3] == dt.date(2024, 2, 29)


@pytest.mark.parametrize("text", ["2023-02-29", "31/03/2026", "20260331", "2026-3-31", "soon", ""])
def test_what_is_not_a_day_is_refused_with_the_way_to_write_it(text):
    done = CliRunner().invoke(shown, ["--record", "a.record", "--on", text])
    assert done.exit_code == 2
    assert "Write it as year-month-day" in done.output
