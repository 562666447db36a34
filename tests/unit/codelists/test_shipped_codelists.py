"""The shipped lists: where each is from, and that no code in them is made up."""

import csv
import re
import time

import pytest

from fairpractice.codelists import load
from fairpractice.codelists.ethnic_groups import GROUPS
from fairpractice.identifiers import snomed_ct


AGREED = re.findall(
    "[a-z0-9-]+",
    """
diabetes diabetes-resolved diabetes-review diabetes-invited diabetes-declined diabetes-unsuitable
hypertension hypertension-resolved systolic-blood-pressure diastolic-blood-pressure
hypertension-invited hypertension-declined hypertension-unsuitable
asthma asthma-resolved asthma-review asthma-invited asthma-declined asthma-unsuitable
copd copd-resolved copd-review copd-invited copd-declined copd-unsuitable
chronic-kidney-disease coronary-heart-disease heart-failure stroke severe-mental-illness
learning-disability dementia epilepsy depression hba1c
cervical-screening cervical-screening-declined cervical-screening-unsuitable
cervical-screening-invited ethnicity english-not-main-language interpreter-needed
main-language-recorded carer no-longer-carer carer-support-hint homeless no-longer-homeless
housing-problem social-isolation food-insecurity unemployed domestic-abuse
social-prescribing-referral social-prescribing-declined did-not-attend fit-note smoking-current
smoking-ex housebound no-longer-housebound care-home asylum-or-refugee veteran care-leaver debt
food-bank fuel-poverty prison
bowel-screening breast-screening influenza-vaccination covid-vaccination mmr-vaccination
six-in-one-vaccination learning-disability-health-check diabetes-foot-check statin
body-mass-index cholesterol creatinine urine-albumin alcohol-intake smoking-never
smoking-cessation-support depression-review heart-failure-review looked-after-child
health-and-social-needs-assessment severe-mental-illness-remission learning-disability-hint
haemorrhagic-stroke
""",
)

# NHS England's asthma refsets of 12 August 2020 are not among the reference data. They are public
# in github.com/opensafely/asthma_sro, folder codelists, files
# nhsd-primary-care-domain-refsets-{astinvite,astpcadec,astmondec,astpcapu}_cod.csv.
ASTHMA = {
    "ASTINVITE_COD": re.findall(
        "[0-9]+",
        """1109921000000106 1110841000000103 185731000 185732007 185734008 185735009
        185736005 92161000000104 928451000000107 928511000000107 959401000000101 959421000000105
        959441000000103""",
    ),
    "ASTPCADEC_COD": ["716491000000100"],
    "ASTMONDEC_COD": ["763221007"],
    "ASTPCAPU_COD": ["717291000000103"],
}

# These are public too, and not among the reference data: what is shipped of each, and where.
STATINS = re.findall(
    # github.com/opensafely/zostavax-dementia, codelists/nhs-drug-refsets-stat_cod.csv, of "(VMP)"
    "[0-9]+",
    """39695411000001103 39733011000001106 39733111000001107 39733211000001101 42297211000001100
    42297311000001108 42297411000001101 42379811000001108 42379911000001103 42380011000001102
    42381811000001100 42381911000001105 42382111000001102 42382311000001100""",
)
NAMED = {
    "github.com/UoM-Data-Science-Platforms/gm-sde, shared/clinical-code-sets": """
        procedures/colorectal-cancer-screening 294301000000103 375211000000108 375241000000109
        1101361000000103 1101371000000105
        procedures/breast-cancer-screening 268547008 94361000000105
        procedures/covid-vaccination 840534001 1324681000000101 1324691000000104 1363791000000101
        1363831000000108 1363861000000103
        tests/urinary-albumin-creatinine-ratio 271075006 271076007 1023491000000104
        1027791000000103 1028271000000109
        patient/alcohol-weekly-intake 160573003""",
    "github.com/nhsuk/manage-vaccinations-in-schools, app/models/vaccine.rb": """
        38598009 170433008 432636005 433733003""",
    "hl7.org/fhir/R4/valueset-immunization-status-reason.html": """
        171272004 171280006 310839003 310840001""",
    "github.com/davetriska02-collab/medicus-suite, an audit of September 2026": """
        202231000000106 247361000000100""",
    "github.com/canvas-medical/canvas-plugins, canvas_sdk/value_set/v2022/intervention.py": """
        225323000 315232003 384742004 395700008 713700008""",
    "github.com/canvas-medical/canvas-plugins, canvas_sdk/value_set/v2022/procedure.py": """
        35955002 86477000 116140006 116142003 116143008 116144002 236888001 236891001 307771009
        361223008 767610009""",
}

LISTS = list(load().values())
IDS = [each.id for each in LISTS]


def test_the_lists_that_measures_and_rules_name_are_there() -> None:
    assert set(AGREED) <= set(IDS)


@pytest.mark.parametrize("codelist", LISTS, ids=IDS)
def test_is_a_starter_or_declared_empty_and_says_why(codelist) -> None:
    assert codelist.status in ("starter", "empty")
    assert codelist.status == "starter" or codelist.note


@pytest.mark.parametrize("codelist", LISTS, ids=IDS)
def test_every_code_is_a_concept_with_a_term(codelist) -> None:
    assert [code.code for code in codelist.codes if snomed_ct.problem(code.code)] == []
    assert all(code.term for code in codelist.codes)


@pytest.mark.parametrize("codelist", LISTS, ids=IDS)
def test_the_count_in_the_source_is_right(codelist) -> None:
    """The source of a starter says how many of the refset's codes it has."""
    if said := re.search(r"\((\d+) of (\d+)\)", codelist.source):
        assert int(said[1]) == len(codelist.codes) < int(said[2])


def test_lists_that_contradict_each_other_share_no_code() -> None:
    lists = load()
    for end in (
        id
        for id in lists
        if id.startswith("no-longer-") or id.endswith(("-resolved", "-remission"))
    ):
        begin = end.removeprefix("no-longer-").removesuffix("-resolved")
        begin = begin.removesuffix("-remission")
        assert not {c.code for c in lists[begin].codes} & {c.code for c in lists[end].codes}
    outcomes = ("-review", "-invited", "-declined", "-unsuitable")
    for id in lists:
        family = [lists[id + end].codes for end in outcomes if id + end in lists]
        codes = [code.code for each in family for code in each]
        assert len(codes) == len(set(codes)), id


def test_main_language_recorded_holds_every_language() -> None:
    lists = load()
    recorded = {code.code for code in lists["main-language-recorded"].codes}
    assert {code.code for code in lists["english-not-main-language"].codes} < recorded


class TestEthnicity:
    def test_every_group_has_codes(self) -> None:
        assert {code.category for code in load()["ethnicity"].codes} == set(GROUPS)

    def test_gypsies_travellers_and_roma_are_not_other_white(self) -> None:
        for code in load()["ethnicity"].codes:
            if re.search("roma\\b|gypsy|traveller", code.term.lower()):
                assert code.category in ("roma", "gypsy_or_irish_traveller"), code


def test_all_are_read_at_once() -> None:
    """The aim is 50 ms on a quiet machine; the test leaves room for a busy one."""
    fastest = min(_seconds() for _ in range(5))
    assert fastest < 0.1


def _seconds() -> float:
    start = time.perf_counter()
    list(load().values())
    return time.perf_counter() - start


@pytest.fixture(scope="module")
def refsets(reference) -> dict[str, set[str]]:
    """The codes of NHS England's refsets by cluster."""
    found = {**ASTHMA, "STAT_COD": STATINS}
    for file in reference("codelists").glob("*/nhsd-primary-care-domain-refsets-*_cod.csv"):
        cluster = file.stem.removeprefix("nhsd-primary-care-domain-refsets-").upper()
        with file.open(encoding="utf-8-sig", newline="") as lines:
            found[cluster] = {row["code"].strip() for row in csv.DictReader(lines)}
    return {cluster: set(codes) for cluster, codes in found.items()}


@pytest.fixture(scope="module")
def named(reference) -> set[str]:
    """The codes that anything in the reference data names, or other public files do."""
    found = {code for codes in NAMED.values() for code in re.findall("[0-9]{6,18}", codes)}
    for file in reference("codelists").rglob("*.*"):
        if file.suffix in (".csv", ".txt"):
            text = file.read_text(encoding="utf-8", errors="replace")
            found |= set(re.findall(r"(?<!\d)\d{6,18}(?!\d)", text))
    return found


@pytest.mark.reference
class TestAgainstPublished:
    @pytest.mark.parametrize("codelist", LISTS, ids=IDS)
    def test_every_code_is_in_the_refset_that_the_list_names(self, refsets, codelist) -> None:
        clusters = re.findall(r"\b[A-Z0-9]+_COD\b", codelist.source)
        if not clusters:
            assert codelist.source.startswith(("single SNOMED CT concepts, named in", "none:"))
            return
        published = set().union(*(refsets[cluster] for cluster in clusters))
        assert {code.code for code in codelist.codes} <= published

    @pytest.mark.parametrize("codelist", LISTS, ids=IDS)
    def test_every_single_concept_is_published_somewhere(self, named, codelist) -> None:
        if codelist.source.startswith("single"):
            assert {code.code for code in codelist.codes} <= named

    def test_ethnicity_agrees_with_the_published_categories(self, reference) -> None:
        """Save in three, where the term says otherwise than NHS North Central London's letter."""
        ours = {
            "978251000000107",  # "African: any other African": there any other Black background
            "978341000000102",  # "Caribbean or Black: Black": there Caribbean
            "185984009",  # "White - ethnic group" names no background: there any other
        }
        file = reference("codelists", "ethnicity", "ethnicity_snomed_ONS_NHS.csv")
        with file.open(encoding="utf-8-sig", newline="") as lines:
            theirs = {row["SNOMED_CODE"]: row["BK_ETHNICITY_CODE"] for row in csv.DictReader(lines)}
        other = {
            code.code
            for code in load()["ethnicity"].codes
            if code.code in theirs and theirs[code.code] != GROUPS[code.category].letter
        }
        assert other == ours
