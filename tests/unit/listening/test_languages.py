"""Other words for the same questions: easy read, and language packs of a network."""

import json
from pathlib import Path
from typing import Any

import pytest

from fairpractice.errors import FairpracticeError
from fairpractice.listening.languages import (
    has_easy_read,
    in_easy_read,
    in_language,
    load_packs,
    offered_packs,
    texts,
)
from tests.support.answers import QUESTIONNAIRES


CARER = QUESTIONNAIRES["carer"]


def written(folder: Path, **changes: Any) -> Path:
    """Write a pack that says everything backwards."""
    said = {
        "questionnaire": CARER.canonical,
        "language": "ur",
        "validated": True,
        "by": "Two translators of the network, read back by a third",
        "texts": {key: text[::-1] for key, text in texts(CARER)},
    }
    packs = folder / "questionnaires" / "languages"
    packs.mkdir(parents=True)
    (packs / "carer_ur.json").write_text(json.dumps(said | changes), encoding="utf-8")
    return folder


def test_a_pack_changes_words_and_nothing_else(tmp_path: Path) -> None:
    (pack,) = load_packs(QUESTIONNAIRES, written(tmp_path))
    translated = in_language(CARER, pack)
    assert translated.language == "ur"
    assert pack.direction == "rtl"
    assert dict(texts(translated)) == pack.texts
    assert translated.canonical == CARER.canonical
    for before, after in zip(CARER.questions, translated.questions, strict=True):
        assert before.conditions == after.conditions
        assert before.follows == after.follows
        assert [o.value for o in before.options] == [o.value for o in after.options]


def test_an_unvalidated_pack_is_off_unless_asked_for(tmp_path: Path) -> None:
    packs = load_packs(QUESTIONNAIRES, written(tmp_path, validated=False))
    assert offered_packs(packs, CARER) == {}
    assert list(offered_packs(packs, CARER, unvalidated=True)) == ["ur"]
    assert offered_packs(packs, QUESTIONNAIRES["ons4"], unvalidated=True) == {}


@pytest.mark.parametrize(
    ("changes", "what"),
    [
        ({"questionnaire": CARER.url + "|0.9"}, "which is not here"),
        ({"by": ""}, "does not say all"),
        ({"validated": "yes"}, "does not say all"),
        ({"texts": {"title": 7}}, "does not say all"),
        ({"texts": dict(texts(CARER)) | {"extra": "x"}}, "words for extra"),
        ({"texts": dict(texts(CARER)) | {"carer": " "}}, "no words for carer"),
    ],
)
def test_a_pack_that_does_not_fit_is_refused(
    changes: dict[str, Any], what: str, tmp_path: Path
) -> None:
    with pytest.raises(FairpracticeError, match=what) as refused:
        load_packs(QUESTIONNAIRES, written(tmp_path, **changes))
    assert "carer_ur.json" in refused.value.where


def test_without_a_folder_there_are_none() -> None:
    assert load_packs(QUESTIONNAIRES) == []


@pytest.mark.parametrize("name", ["carer", "your-circumstances", "accessible-information"])
def test_own_words_have_an_easy_read_form(name: str) -> None:
    questionnaire = QUESTIONNAIRES[name]
    easy = in_easy_read(questionnaire)
    for item in questionnaire.by_link_id.values():
        if item.kind != "display":
            assert item.easy or item.link_id == "carer-hours", item.link_id
            assert easy.by_link_id[item.link_id].text == (item.easy or item.text)
            assert len(item.easy.split()) <= 15, "short sentences"


@pytest.mark.parametrize("name", ["ons4", "loneliness", "food-security", "hark", "ethnic-category"])
def test_the_words_of_others_are_not_rewritten(name: str) -> None:
    asked = [item for item in QUESTIONNAIRES[name].questions if not item.help_with]
    assert not any(item.easy for item in asked)
    assert has_easy_read(QUESTIONNAIRES["carer"])
