"""People, where they are registered and live, and the organisations they are registered with."""

from fairpractice import codelists
from fairpractice.codelists import ethnic_groups
from fairpractice.interoperability.fhir import languages, names
from fairpractice.interoperability.fhir.elements import (
    Made,
    Resource,
    Sent,
    day,
    each,
    extensions,
    identifiers,
    organisation,
    person,
    spell,
    unkept,
)


ASKED = ("asked", None, None)  # the route; which organisation and role, nothing says
SEX = {"other": "indeterminate", "unknown": None}


def patient(resource: Resource, made: Made, sent: Sent) -> str:
    """Add a Patient: the person, identity, homes, ethnic group, language, whose list it is on."""
    own, nhs, aliases = resource.get("id"), None, []
    for system, value in identifiers(resource):
        if system == names.NHS_NUMBER:
            nhs = value
        else:
            aliases.append(f"{system}|{value}")
    if sent.full_url.startswith("urn:"):
        aliases.append(sent.full_url)
    who = (own or (aliases[0] if aliases else None), nhs)
    said = extensions(resource)
    born, died = resource.get("birthDate"), resource.get("deceasedDateTime")
    gender: str = resource.get("gender", "unknown")
    contact = said[names.CONTACT_DETAILS]["valueCode"] if names.CONTACT_DETAILS in said else None
    telephone, email = _telecom(resource)
    if contact is None and "telecom" in resource:
        contact = {
            (True, True): "both",
            (True, False): "telephone",
            (False, True): "email",
        }.get((bool(telephone), bool(email)), "none")
    family, given = _name(resource)
    homes = resource.get("address", ())
    postcode = next((home["postalCode"] for home in homes if home.get("postalCode")), None)
    whole = born if born and len(born) >= 10 else None
    areas = [home for home in homes if names.SMALL_AREA in extensions(home)]
    kept = [(*who, *_area(home), *spell(home.get("period"))) for home in areas]
    listed = (
        str(resource.get("active", True)).lower() != "false"
        and str(resource.get("deceasedBoolean", False)).lower() != "true"
    )
    practices = [
        organisation(at)
        for at in (*each(resource.get("generalPractitioner")), resource.get("managingOrganization"))
    ]
    tags = resource.get("meta", {}).get("tag", ())
    is_patient = all(tag.get("code") != names.NOT_A_PATIENT for tag in tags)
    registered_at = next(filter(None, practices), None)
    row = (*who, day(born), SEX.get(gender, gender), day(died), contact)
    group = _ethnic_group(said)
    seen = day(resource.get("meta", {}).get("lastUpdated")) or sent.on

    made.add("person_alias", *((alias, who[0]) for alias in aliases if alias != who[0]))
    made.add("address", *kept)
    if group:
        made.add("event", (*who, seen, group, "snomed", None, None))
    for fact in languages.stated(resource):
        made.add("social_fact", (*who, *fact, *ASKED, seen, None, None, sent.basis, "ordinary"))
    if not is_patient:
        return ""
    made.add("patient", row)
    if nhs or whole or given or family or postcode or telephone or email:
        made.add("identity", (*who, whole, given, family, postcode, telephone, email))
    if listed:
        made.add("listed", (*who, registered_at, day(died)))
    return ""


def _name(resource: Resource) -> tuple[str | None, str | None]:
    """Return family and given names: of the official name, else the usual, else one in use."""
    in_use = [name for name in resource.get("name", ()) if name.get("use") not in ("old", "maiden")]
    order = {"official": 0, "usual": 1}
    for name in sorted(in_use, key=lambda name: order.get(name.get("use"), 2)):
        return name.get("family"), " ".join(name.get("given", ())) or None
    return None, None


def _telecom(resource: Resource) -> tuple[str | None, str | None]:
    """Return a telephone number and an e-mail address that are in use."""
    ways: dict[str, str] = {}
    for way in resource.get("telecom", ()):
        if way.get("use") != "old" and way.get("value") and not way.get("period", {}).get("end"):
            ways.setdefault(way.get("system"), way["value"])
    return ways.get("phone") or ways.get("sms"), ways.get("email")


def _area(home: Resource) -> tuple[str, str]:
    parts = extensions(extensions(home)[names.SMALL_AREA])
    return parts["code"]["valueCode"], parts["vintage"]["valueCode"]


def _ethnic_group(said: dict[str, Resource]) -> str | None:
    """Return the SNOMED CT code of a UK Core ethnic category: the first listed for its group."""
    stated = said.get(names.ETHNIC_CATEGORY)
    for coding in stated["valueCodeableConcept"].get("coding", ()) if stated else ():
        if coding["system"] not in ethnic_groups.SYSTEMS:
            continue
        group = ethnic_groups.SYSTEMS[coding["system"]].get(coding["code"])
        if group:
            return _codes_of_groups().get(group)
    return None


def _codes_of_groups() -> dict[str, str]:
    if not _CODES_OF_GROUPS:
        for code in reversed(codelists.load()["ethnicity"].codes):
            _CODES_OF_GROUPS[code.category] = code.code
    return _CODES_OF_GROUPS


_CODES_OF_GROUPS: dict[str, str] = {}


def episode(resource: Resource, made: Made, _sent: Sent) -> str:
    """Add an EpisodeOfCare at an organisation: a registration, if that is a practice."""
    aside = unkept(resource, "EpisodeOfCare")
    who = person(resource, resource.get("patient"))
    if aside or who is None:
        return aside or "EpisodeOfCare: not about a patient"
    at = organisation(resource.get("managingOrganization"))
    if not at:
        return "EpisodeOfCare: of no organisation"
    made.add("registration", (*who, at, *spell(resource.get("period"))))
    return ""


def organisation_known(resource: Resource, made: Made, sent: Sent) -> str:
    """Note the ODS code of an Organization, to be looked up; it is not stored."""
    called_by = list(identifiers(resource))
    codes = [value for system, value in called_by if system == names.ODS_CODE]
    if codes:
        called = [f"{system}|{value}" for system, value in called_by]
        called += [f"Organization/{resource['id']}"] if "id" in resource else []
        called += [sent.full_url] if sent.full_url.startswith("urn:") else []
        made.add("organisation", *((name, codes[0]) for name in called))
    return "Organization"
