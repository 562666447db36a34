"""Ethnic groups: those of the Census 2021 and of the NHS Data Dictionary, and the codes for them.

A code means nothing without its system: ``B`` is White Irish in England and Gypsy or Irish
Traveller in Wales. Gypsies, Irish Travellers and Roma are kept as their own groups although the
16+1 categories of the NHS in England have no place for them.

"Not stated" is an answer (the person was asked and chose not to say); "not known" is the lack of
one, and is no group at all.

Sources: Office for National Statistics, Census 2021 dictionary, variable ``ethnic_group_tb_20b``;
NHS Data Model and Dictionary, ETHNIC CATEGORY; the UK Core code systems of HL7 UK.
"""

from dataclasses import dataclass
from typing import Literal

from fairpractice.errors import FairpracticeError


Broad = Literal["asian", "black", "mixed", "white", "other", "not_stated"]


@dataclass(frozen=True)
class EthnicGroup:
    """A group that a person may say they belong to.

    Attributes
    ----------
    id
        Its name here, which is the category of its codes in the codelist ``ethnicity``.
    label
        Its name for people.
    broad
        Its group among the five of the Census 2021, in which Chinese is Asian.
    letter
        Its 16+1 category in the NHS Data Dictionary; empty where none fits.
    census_2021
        Its number among the 19 of the Census 2021 in England and Wales; None where none fits.
    """

    id: str
    label: str
    broad: Broad
    letter: str = ""
    census_2021: int | None = None


BROAD: dict[str, str] = {
    "asian": "Asian or Asian British",
    "black": "Black, Black British, Caribbean or African",
    "mixed": "Mixed or multiple ethnic groups",
    "white": "White",
    "other": "Other ethnic group",
    "not_stated": "Not stated",
}

GROUPS: dict[str, EthnicGroup] = {
    group.id: group
    for group in (
        EthnicGroup("bangladeshi", "Bangladeshi", "asian", "K", 1),
        EthnicGroup("chinese", "Chinese", "asian", "R", 2),
        EthnicGroup("indian", "Indian", "asian", "H", 3),
        EthnicGroup("pakistani", "Pakistani", "asian", "J", 4),
        EthnicGroup("other_asian", "Any other Asian background", "asian", "L", 5),
        EthnicGroup("african", "African", "black", "N", 6),
        EthnicGroup("caribbean", "Caribbean", "black", "M", 7),
        EthnicGroup("other_black", "Any other Black background", "black", "P", 8),
        EthnicGroup("white_and_asian", "White and Asian", "mixed", "F", 9),
        EthnicGroup("white_and_black_african", "White and Black African", "mixed", "E", 10),
        EthnicGroup("white_and_black_caribbean", "White and Black Caribbean", "mixed", "D", 11),
        EthnicGroup("other_mixed", "Any other mixed background", "mixed", "G", 12),
        EthnicGroup("white_british", "White British", "white", "A", 13),
        EthnicGroup("white_irish", "White Irish", "white", "B", 14),
        EthnicGroup("gypsy_or_irish_traveller", "Gypsy or Irish Traveller", "white", "C", 15),
        EthnicGroup("roma", "Roma", "white", "C", 16),
        EthnicGroup("other_white", "Any other White background", "white", "C", 17),
        EthnicGroup("arab", "Arab", "other", "S", 18),
        EthnicGroup("other", "Any other ethnic group", "other", "S", 19),
        # What the Census of 2021 in England and Wales has no number for.
        EthnicGroup("white_not_specified", "White, background not specified", "white"),
        EthnicGroup("not_stated", "Not stated", "not_stated", "Z"),
    )
}

_FHIR = "https://fhir.hl7.org.uk/CodeSystem/UKCore-EthnicCategory"
ENGLAND = f"{_FHIR}England"
WALES = f"{_FHIR}Wales"
SCOTLAND = f"{_FHIR}Scotland"
UK_2019 = _FHIR
CENSUS_2021 = "https://www.ons.gov.uk/census/census2021dictionary/ethnic_group_tb_20b"

_ENGLAND = {
    "A": ("White - British", "white_british"),
    "B": ("White - Irish", "white_irish"),
    "C": ("White - Any other White background", "other_white"),
    "D": ("Mixed - White and Black Caribbean", "white_and_black_caribbean"),
    "E": ("Mixed - White and Black African", "white_and_black_african"),
    "F": ("Mixed - White and Asian", "white_and_asian"),
    "G": ("Mixed - Any other mixed background", "other_mixed"),
    "H": ("Asian or Asian British - Indian", "indian"),
    "J": ("Asian or Asian British - Pakistani", "pakistani"),
    "K": ("Asian or Asian British - Bangladeshi", "bangladeshi"),
    "L": ("Asian or Asian British - Any other Asian background", "other_asian"),
    "M": ("Black or Black British - Caribbean", "caribbean"),
    "N": ("Black or Black British - African", "african"),
    "P": ("Black or Black British - Any other Black background", "other_black"),
    "R": ("Other Ethnic Groups - Chinese", "chinese"),
    "S": ("Other Ethnic Groups - Any other ethnic group", "other"),
    "Z": ("Not stated", "not_stated"),
}
_LETTERS = {letter: group for letter, (_, group) in _ENGLAND.items()}

# The detailed codes of the Personal Demographics Service begin with the letter of their category.
# These name a group of the Census 2021 more exactly than the letter does.
_EXACT = (
    dict.fromkeys(("C2", "CA", "CB", "CC", "CD"), "white_british")
    | dict.fromkeys(("CL", "CM", "CN"), "gypsy_or_irish_traveller")
    | dict.fromkeys(("PA", "PC"), "african")
    | dict.fromkeys(("SA", "SB", "SC", "SD"), "other_asian")
)
_DETAILED = {
    "C": "23ABCDEFGHJKLMNPQRSTUVWXY",
    "G": "ABCDEF",
    "L": "ABCDEFGHJK",
    "P": "ABCDE",
    "S": "ABCDE",
}

# None: the code says that the group is not known.
SYSTEMS: dict[str, dict[str, str | None]] = {
    ENGLAND: {**_LETTERS, "99": None},
    WALES: {
        **{letter: group for letter, group in _LETTERS.items() if letter != "C"},
        "A": "white_not_specified",
        "B": "gypsy_or_irish_traveller",
        "T": "arab",
    },
    SCOTLAND: {
        "1A": "white_british",
        "1B": "white_british",
        "1C": "white_irish",
        "1K": "gypsy_or_irish_traveller",
        "1L": "other_white",
        "1Z": "other_white",
        "2A": "other_mixed",
        "3F": "pakistani",
        "3G": "indian",
        "3H": "bangladeshi",
        "3J": "chinese",
        "3Z": "other_asian",
        "4D": "african",
        "4Y": "african",
        "5C": "caribbean",
        "5D": "other_black",
        "5Y": "other_black",
        "6A": "arab",
        "6Z": "other",
        "98": "not_stated",
        "99": None,
    },
    UK_2019: {
        **_LETTERS,
        **{first + rest: _LETTERS[first] for first, all in _DETAILED.items() for rest in all},
        **_EXACT,
    },
    CENSUS_2021: {
        str(group.census_2021): group.id for group in GROUPS.values() if group.census_2021
    },
}

_NAMES = {group.label: group.id for group in GROUPS.values()} | _LETTERS | dict(_ENGLAND.values())
_NAMES = {name.casefold(): group for name, group in _NAMES.items()}


def group_of(system: str, code: str) -> EthnicGroup | None:
    """Return the group that a code stands for, or None where it says that none is known.

    Parameters
    ----------
    system
        The address of the code system: one of ``SYSTEMS``. The letters of the NHS Data Dictionary
        (ETHNIC CATEGORY) are those of ``ENGLAND``.
    code
        The code in that system.

    Raises
    ------
    FairpracticeError
        When the system, or the code in it, is not known.
    """
    if system not in SYSTEMS:
        raise FairpracticeError(
            f"There is no system of ethnic groups {system!r}",
            fix=f"Use one of {', '.join(SYSTEMS)}; a code means nothing without its system.",
        )
    if code not in SYSTEMS[system]:
        raise FairpracticeError(
            f"{code!r} is no ethnic group of {system}",
            fix=f"Its codes are {', '.join(SYSTEMS[system])}.",
        )
    group = SYSTEMS[system][code]
    return GROUPS[group] if group else None


def refined(text: str, before: str = "") -> str:
    """Return the id of the group that a list's category names, or the text itself if it is none.

    Parameters
    ----------
    text
        An id, a label, a letter of the NHS Data Dictionary or its description.
    before
        The group that the code is known to be in, if any. It is kept where the text is a 16+1
        category that the group belongs to: "any other White background" does not say that a Roma
        is not a Roma.
    """
    if text in GROUPS:
        return text
    found = _NAMES.get(text.casefold(), text)
    same = before and found in GROUPS and GROUPS[before].letter == GROUPS[found].letter
    return before if same else found
