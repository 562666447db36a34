"""What the command line does for the directory; and the directory of a demonstration."""

import json
import shlex
from pathlib import Path
from typing import Any
from unittest import mock

import pytest
from click.testing import CliRunner, Result

from fairpractice.cli import _service
from fairpractice.cli import service as verb
from fairpractice.web.directory import demo, finding
from fairpractice.web.directory.models import Postcode, Private, Service
from fairpractice.web.organisations.actions import add_partner
from tests.web.directory.conftest import number, service


pytestmark = pytest.mark.django_db
PAGE = Path(__file__).parents[3] / "docs" / "how-to" / "keep-a-directory.md"


def directory(*arguments: Any) -> Result:
    """Run ``fairpractice service directory`` on the database of the test."""
    with mock.patch.object(_service, "prepare"):
        return CliRunner().invoke(verb.command, ["directory", *map(str, arguments)])


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A list of services, one of which must stay hidden and one of which has no name."""
    nameless = service(3, "")
    listed = [service(1, "Lunch club"), service(2, "Rose House refuge"), nameless]
    path = tmp_path / "services.json"
    path.write_text(json.dumps({"contents": listed}), encoding="utf-8")
    return path


def test_a_file_is_looked_at_and_taken_in_and_what_is_wrong_is_said(file: Path) -> None:
    looked = directory(file, "--look")
    assert "It would do this" in looked.output
    assert not Service.objects.exists()
    taken = directory(file, "--source", "A council")
    assert taken.exit_code == 0
    assert "1 new services" in taken.output
    assert "1 services left out, since their whereabouts" in taken.output
    assert "services.json, contents[2]: it has no name" in taken.output
    assert "Rose" not in taken.output
    assert Service.objects.get().source == "A council"


def test_a_service_is_let_in_and_kept_out_by_its_id(file: Path) -> None:
    directory(file, "--let-in", number(2), "--keep-out", number(1))
    assert [each.name for each in Service.objects.all()] == ["Rose House refuge"]
    assert Private.objects.count() == 2
    assert "not the id of a service" in str(directory("--let-in", "x").exception)


def test_postcodes_are_loaded_in_place_of_those_before(tmp_path: Path) -> None:
    Postcode.objects.create(postcode="OLD", latitude=1, longitude=1)
    path = tmp_path / "postcodes.csv"
    rows = ["PCDS,LAT,LONG", "FX1 2AB,51.5,-0.1", "fx12ab,51.5,-0.1", "FX9 9ZZ,99.999999,0", ",1,1"]
    path.write_text("\n".join(rows), encoding="utf-8-sig")
    assert "1 postcodes are known" in directory("--postcodes", path).output
    assert finding.where("fx1 2ab") == (51.5, -0.1)
    assert finding.where("OLD") is None
    path.write_text("postcode,lat\nFX1 2AB,51.5\n", encoding="utf-8")
    failed = directory("--postcodes", path)
    assert "no column for the longitude" in str(failed.exception)
    assert Postcode.objects.count() == 1


def test_the_commands_of_the_page_do_what_it_says(
    tmp_path: Path, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("services-1.json", "services-2.json"):
        Path(name).write_bytes(file.read_bytes())
    rows = "pcds,lat,long\nFX1 2AB,51.5,-0.1\n"
    Path("postcodes.csv").write_text(rows, encoding="utf-8")
    lines = PAGE.read_text(encoding="utf-8").splitlines()
    asked = [shlex.split(line)[3:] for line in lines if line.startswith("fairpractice service")]
    assert len(asked) == 5
    for arguments in asked:
        done = directory(*arguments)
        assert done.exit_code == 0, done.output
    assert Service.objects.get().source == "A directory"
    assert Private.objects.count() == 2
    assert Postcode.objects.count() == 1


def test_a_demonstration_has_a_directory_part_of_which_its_partner_keeps() -> None:
    partner = add_partner("P1", "Fairport advice centre")
    for _ in range(2):
        demo.make(partner)
    assert 10 <= Service.objects.count() <= 15
    assert 2 <= partner.services.count() <= 5
    assert finding.search("fod bank")
    assert all(each.needs for each in Service.objects.all())
    Service.objects.update(needs=[], trigrams=[], known={})
    assert f"{Service.objects.count()} services can be found" in directory().output
    assert finding.search("fod bank")
