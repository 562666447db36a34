"""Local lists: added whole, checked and locked; laid over the starters; never changed unnoticed."""

import csv
import datetime as dt
import hashlib
from pathlib import Path

import pytest

from fairpractice.cli import run
from fairpractice.codelists import load
from fairpractice.codelists.lock import LOCK, Added, add
from fairpractice.errors import FairpracticeError


SAID = {"source": "OpenCodelists, a list", "licence": "Open Government Licence v3.0"}
FULL = "code,term\n73211009,Diabetes mellitus\n5368009,Drug-induced diabetes mellitus\n"
DAY = dt.date(2026, 3, 31)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "downloaded.csv"
    path.write_text(FULL, encoding="utf-8")
    return path


def add_list(file: Path, id: str = "diabetes", **given: str) -> Added:
    said = SAID | {key: value for key, value in given.items() if key != "category"}
    return add(
        file,
        file.parent / "codelists",
        id=id,
        said=said,
        on=DAY,
        starter=load().get(id),
        category=given.get("category", ""),
    )


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()} if folder.exists() else {}


class TestAdd:
    def test_the_full_list_is_laid_over_the_starter(self, file: Path) -> None:
        added = add_list(file)
        lists = load(file.parent)
        assert lists["diabetes"] == added.codelist
        assert lists["diabetes"].status == "full"
        assert lists["diabetes"].title == load()["diabetes"].title
        assert [code.code for code in lists["diabetes"].codes] == ["73211009", "5368009"]
        assert lists["asthma"] == load()["asthma"]

    def test_the_lock_says_what_was_added_from_what(self, file: Path) -> None:
        added = add_list(file)
        folder = file.parent / "codelists"
        with (folder / LOCK).open(encoding="utf-8", newline="") as lines:
            (line,) = csv.DictReader(lines)
        assert line == {
            "id": "diabetes",
            "sha256": hashlib.sha256((folder / "diabetes.csv").read_bytes()).hexdigest(),
            "codes": "2",
            "added_on": "2026-03-31",
            "original_file": "downloaded.csv",
            "original_sha256": hashlib.sha256(file.read_bytes()).hexdigest(),
        }
        assert line["sha256"] == added.codelist.sha256

    def test_what_changes_beside_the_starter_is_said(self, file: Path) -> None:
        starter = {code.code for code in load()["diabetes"].codes}
        extra = "190372001"
        assert extra not in starter
        file.write_text(
            f"{FULL}{extra},Type I diabetes mellitus maturity onset\n", encoding="utf-8"
        )
        added = add_list(file)
        assert added.gained == (extra,)
        assert set(added.missing) == starter - {"73211009", "5368009"}
        assert added.moved == ()

    def test_a_new_list_needs_a_title(self, file: Path) -> None:
        with pytest.raises(FairpracticeError, match="does not say its title"):
            add_list(file, "our-own")
        added = add_list(file, "our-own", title="Our own")
        assert load(file.parent)["our-own"].title == "Our own"
        assert added.missing == ()

    def test_the_file_s_own_header_is_used_and_what_is_given_wins(self, file: Path) -> None:
        said = "# title: Its own\n# source: Its own\n# licence: Its own\n# release: 7\n"
        file.write_text(said + FULL, encoding="utf-8")
        codelist = add_list(file, title="Given\nin two lines").codelist
        assert (codelist.title, codelist.release) == ("Given in two lines", "7")
        assert codelist.source == SAID["source"]

    def test_a_second_file_takes_the_place_of_the_first(self, file: Path) -> None:
        add_list(file)
        file.write_text(FULL.splitlines(keepends=True)[0] + "73211009,DM\n", encoding="utf-8")
        add_list(file)
        assert len(load(file.parent)["diabetes"].codes) == 1

    def test_the_same_file_twice_changes_nothing(self, file: Path) -> None:
        assert add_list(file).changed
        before = contents(file.parent / "codelists")
        again = add(
            file,
            file.parent / "codelists",
            id="diabetes",
            said=SAID,
            on=DAY + dt.timedelta(days=1),
            starter=load()["diabetes"],
        )
        assert not again.changed
        assert contents(file.parent / "codelists") == before

    @pytest.mark.parametrize(
        "spoilt",
        [
            "code,term\n73211008,Wrong check digit\n",
            "code,term\n7.32E+15,Spoilt\n",
            "code,term\n",
            f"{FULL}73211009,Again\n",
            "patient,age\n1,2\n",
        ],
    )
    def test_nothing_is_written_when_anything_is_wrong(self, file: Path, spoilt: str) -> None:
        add_list(file)
        before = contents(file.parent / "codelists")
        file.write_text(spoilt, encoding="utf-8")
        with pytest.raises(FairpracticeError, match=r"downloaded\.csv"):
            add_list(file)
        assert contents(file.parent / "codelists") == before

    @pytest.mark.parametrize("id", ["../evil", "Diabetes", "a b", ""])
    def test_an_id_cannot_lead_out_of_the_folder(self, file: Path, id: str) -> None:
        with pytest.raises(FairpracticeError, match="cannot be the id"):
            add_list(file, id, title="t")

    def test_a_starter_can_be_emptied_only_by_saying_so(self, file: Path) -> None:
        file.write_text("# status: empty\ncode,term\n", encoding="utf-8")
        assert add_list(file).codelist.status == "empty"
        assert load(file.parent)["diabetes"].codes == ()


class TestEthnicity:
    """The list that analyses group people by needs its categories."""

    def write(self, file: Path, *rows: str) -> None:
        file.write_text("\n".join(["code,term,Label_16", *rows]), encoding="utf-8")

    def test_categories_are_taken_from_labels(self, file: Path) -> None:
        self.write(
            file, "92401000000106,Irish,White - Irish", "10292001,Guamians,S", "718958002,Roma,C"
        )
        added = add_list(file, "ethnicity", category="Label_16")
        groups = {code.code: code.category for code in added.codelist.codes}
        assert groups == {
            "92401000000106": "white_irish",
            "10292001": "other",
            "718958002": "roma",  # "any other White background" says no more than that
        }
        assert added.moved == ()

    def test_a_moved_code_is_said(self, file: Path) -> None:
        self.write(file, "92401000000106,Irish,A")
        assert add_list(file, "ethnicity", category="Label_16").moved == ("92401000000106",)

    @pytest.mark.parametrize("category", ["", "Label_16"])
    def test_a_list_without_known_categories_is_refused(self, file: Path, category: str) -> None:
        self.write(file, "92401000000106,Irish,Celtic")
        with pytest.raises(FairpracticeError, match=r"92401000000106 \(Irish\) has the category"):
            add_list(file, "ethnicity", category=category)


class TestLock:
    def test_a_list_changed_by_hand_is_refused(self, file: Path) -> None:
        add_list(file)
        with (file.parent / "codelists" / "diabetes.csv").open("a", encoding="utf-8") as lines:
            lines.write("44054006,Type 2\n")
        with pytest.raises(FairpracticeError, match="has changed since it was added on 2026-03-31"):
            load(file.parent)

    def test_a_list_put_there_by_hand_is_refused(self, file: Path) -> None:
        add_list(file)
        folder = file.parent / "codelists"
        (folder / "asthma.csv").write_bytes((folder / "diabetes.csv").read_bytes())
        with pytest.raises(FairpracticeError, match="put here without being added"):
            load(file.parent)

    def test_a_lost_list_is_not_replaced_by_its_starter_in_silence(self, file: Path) -> None:
        add_list(file)
        (file.parent / "codelists" / "diabetes.csv").unlink()
        with pytest.raises(FairpracticeError, match="its file is gone"):
            load(file.parent)

    def test_a_spoilt_lock_is_refused(self, file: Path) -> None:
        add_list(file)
        (file.parent / "codelists" / LOCK).write_text("id\ndiabetes\n", encoding="utf-8")
        with pytest.raises(FairpracticeError, match="lock file"):
            load(file.parent)

    def test_to_add_a_changed_list_again_accepts_the_change(self, file: Path) -> None:
        add_list(file)
        changed = file.parent / "codelists" / "diabetes.csv"
        with changed.open("a", encoding="utf-8") as lines:
            lines.write("44054006,Type 2\n")
        moved = changed.replace(file.parent / "moved.csv")
        added = add(moved, changed.parent, id="diabetes", said={}, on=DAY)
        assert len(load(file.parent)["diabetes"].codes) == 3 == len(added.codelist.codes)

    def test_a_folder_that_is_not_there_holds_no_lists(self, tmp_path: Path) -> None:
        assert list(load(tmp_path / "nowhere")) == list(load())


class TestVerb:
    """What a person sees."""

    def call(self, capsys: pytest.CaptureFixture[str], *words: str | Path) -> tuple[int, str, str]:
        status = run(["codelists", *map(str, words)])
        said = capsys.readouterr()
        return status, said.out, said.err

    def test_status_tells_starters_from_full_and_empty_ones(
        self, file: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        sha = add_list(file).codelist.sha256[:12]
        status, out, _ = self.call(capsys, "status", "--definitions", file.parent)
        lines = {line.split()[0]: line.split()[1:4] for line in out.splitlines() if line}
        assert status == 0
        assert lines["diabetes"] == ["full", "2", sha]
        assert lines["asthma"][0] == "starter"
        assert lines["debt"][:2] == ["empty", "0"]
        assert f"{len(load())} codelists: 1 full" in out

    def test_show_prints_a_list_that_can_be_added_again(
        self, file: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        _, out, _ = self.call(capsys, "show", "stroke", "--definitions", file.parent)
        file.write_text(out, encoding="utf-8")
        codelist = add_list(file, "stroke", **SAID).codelist
        assert codelist.codes == load()["stroke"].codes
        assert codelist.status == "starter"

    def test_add_says_what_changed(self, file: Path, capsys: pytest.CaptureFixture[str]) -> None:
        words = ["add", file, "--id", "diabetes", "--definitions", file.parent]
        words += ["--source", "s", "--licence", "l"]
        status, out, err = self.call(capsys, *words)
        count = len(load()["diabetes"].codes)
        assert status == 0
        assert "Added diabetes (Diabetes mellitus): 2 codes" in out
        assert f"The starter had {count} codes; 0 are new." in out
        assert f"Warning: {count - 2} codes of the starter not in it" in err
        assert "44054006 Diabetes mellitus type 2" in err
        _, out, _ = self.call(capsys, *words)
        assert "nothing changed" in out

    def test_what_is_wrong_is_said_without_a_traceback(
        self, file: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        status, out, err = self.call(
            capsys, "add", file, "--id", "diabetes", "--definitions", file.parent
        )
        assert (status, out) == (2, "")
        assert "The list does not say its source" in err
        assert not (file.parent / "codelists").exists()

    def test_an_unknown_list_is_answered_with_the_likely_one(
        self, capsys: pytest.CaptureFixture[str]
    ) -> None:
        status, _, err = self.call(capsys, "show", "diabetis")
        assert status == 2
        assert "Did you mean 'diabetes'?" in err
