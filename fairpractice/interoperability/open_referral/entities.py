"""The tables of HSDS 3.0 and 3.1, by the standard's own names: their columns, and what holds what.

After the schemas of https://docs.openreferral.org (HSDS 3.0, and 3.1 as in development), of which
Open Referral UK 3.0 is a profile. ``funding``, ``program``, ``required_document``, ``url``,
``unit`` and ``metadata`` have no rows of their own here: they stay with the row that has them.
"""

from dataclasses import dataclass, field


TEXT, NUMBER, DATE, MOMENT, LINK, EMAIL, ID = (
    "text",
    "a number",
    "a date",
    "a date and time",
    "a web address",
    "an e-mail address",
    "an id",
)
STATUSES = ("active", "inactive", "defunct", "temporarily closed")
LOCATION_TYPES = ("physical", "postal", "virtual", "redacted")
"""``redacted`` is of a branch of the standard: a place whose address is kept from the public."""


@dataclass(frozen=True)
class Table:
    """An entity.

    Attributes
    ----------
    columns
        What each is.
    needed
        Without which a row is of no use.
    expected
        Which else the standard requires.
    one, many
        What is nested in it: under which key, and of which table. Of ``one`` it holds the key.
    plural
        What lists of it are called.
    own_name
        Whether it is found by its own id alone, and so must have one.
    """

    columns: dict[str, str]
    needed: tuple[str, ...] = ()
    expected: tuple[str, ...] = ()
    one: dict[str, str] = field(default_factory=dict)
    many: dict[str, str] = field(default_factory=dict)
    plural: str = ""
    own_name: bool = False


def _columns(text: str = "", **others: str) -> dict[str, str]:
    columns = dict.fromkeys(text.split(), TEXT)
    for kind, names in others.items():
        columns |= dict.fromkeys(names.split(), _KINDS[kind])
    return columns


_KINDS = {
    "numbers": NUMBER,
    "dates": DATE,
    "moments": MOMENT,
    "links": LINK,
    "emails": EMAIL,
    "ids": ID,
}

TABLES: dict[str, Table] = {
    "organization": Table(
        _columns(
            "name alternate_name description tax_status tax_id legal_status logo",
            emails="email",
            links="website uri",
            numbers="year_incorporated",
            ids="parent_organization_id",
        ),
        needed=("name",),
        expected=("description",),
        many={
            "contacts": "contact",
            "phones": "phone",
            "locations": "location",
            "organization_identifiers": "organization_identifier",
            "services": "service",
            "attributes": "attribute",
        },
        plural="organizations",
        own_name=True,
    ),
    "organization_identifier": Table(
        _columns("identifier_scheme identifier_type identifier", ids="organization_id"),
        needed=("identifier",),
        many={"attributes": "attribute"},
        plural="organization_identifiers",
    ),
    "service": Table(
        _columns(
            "name alternate_name description status interpretation_services application_process"
            " fees_description wait_time fees accreditations eligibility_description licenses"
            " alert",
            links="url",
            emails="email assurer_email",
            numbers="minimum_age maximum_age",
            dates="assured_date",
            moments="last_modified",
            ids="organization_id program_id",
        ),
        needed=("name",),
        expected=("status",),
        one={"organization": "organization"},
        many={
            "phones": "phone",
            "schedules": "schedule",
            "service_areas": "service_area",
            "service_at_locations": "service_at_location",
            "languages": "language",
            "cost_options": "cost_option",
            "contacts": "contact",
            "capacities": "service_capacity",
            "attributes": "attribute",
        },
        plural="services",
        own_name=True,
    ),
    "location": Table(
        _columns(
            "location_type name alternate_name description transportation external_identifier"
            " external_identifier_type",
            links="url",
            numbers="latitude longitude",
            ids="organization_id",
        ),
        expected=("location_type",),
        many={
            "languages": "language",
            "addresses": "address",
            "contacts": "contact",
            "accessibility": "accessibility",
            "phones": "phone",
            "schedules": "schedule",
            "attributes": "attribute",
        },
        plural="locations",
        own_name=True,
    ),
    "address": Table(
        _columns(
            "attention address_1 address_2 city region state_province postal_code country"
            " address_type",
            ids="location_id",
        ),
        many={"attributes": "attribute"},
        plural="addresses",
    ),
    "service_at_location": Table(
        _columns("description", ids="service_id location_id"),
        one={"service": "service", "location": "location"},
        many={
            "service_areas": "service_area",
            "contacts": "contact",
            "phones": "phone",
            "schedules": "schedule",
            "attributes": "attribute",
        },
        plural="service_at_locations",
        own_name=True,
    ),
    "schedule": Table(
        _columns(
            "dtstart until wkst freq byday byweekno bymonthday byyearday description opens_at"
            " closes_at attending_type notes",
            dates="valid_from valid_to",
            numbers="timezone count interval",
            links="schedule_link",
            ids="service_id location_id service_at_location_id",
        ),
        many={"attributes": "attribute"},
        plural="schedules",
    ),
    "taxonomy": Table(
        _columns("name description version", links="uri"),
        needed=("name",),
        expected=("description",),
        many={"taxonomy_terms": "taxonomy_term"},
        plural="taxonomies",
        own_name=True,
    ),
    "taxonomy_term": Table(
        _columns(
            "code name description taxonomy language",
            links="term_uri",
            ids="parent_id taxonomy_id",
        ),
        needed=("name",),
        expected=("description",),
        one={"taxonomy_detail": "taxonomy"},
        plural="taxonomy_terms",
        own_name=True,
    ),
    "attribute": Table(
        _columns("link_type link_entity value label", ids="link_id taxonomy_term_id"),
        one={"taxonomy_term": "taxonomy_term"},
        plural="attributes",
    ),
    "service_area": Table(
        _columns(
            "name description extent extent_type uri", ids="service_id service_at_location_id"
        ),
        many={"attributes": "attribute"},
        plural="service_areas",
    ),
    "language": Table(
        _columns("name code note", ids="service_id location_id phone_id"),
        many={"attributes": "attribute"},
        plural="languages",
    ),
    "accessibility": Table(
        _columns("description details", links="url", ids="location_id"),
        many={"attributes": "attribute"},
        plural="accessibility",
    ),
    "contact": Table(
        _columns(
            "name title department",
            emails="email",
            ids="organization_id service_id service_at_location_id location_id",
        ),
        many={"phones": "phone", "attributes": "attribute"},
        plural="contacts",
    ),
    "phone": Table(
        _columns(
            "number extension type description",
            ids="location_id service_id organization_id contact_id service_at_location_id",
        ),
        needed=("number",),
        many={"languages": "language", "attributes": "attribute"},
        plural="phones",
    ),
    "cost_option": Table(
        _columns(
            "option currency amount_description",
            dates="valid_from valid_to",
            numbers="amount",
            ids="service_id",
        ),
        many={"attributes": "attribute"},
        plural="cost_options",
    ),
    "service_capacity": Table(
        _columns(
            "description unit",
            numbers="available maximum",
            moments="updated",
            ids="service_id unit_id",
        ),
        expected=("available", "updated"),
        many={"attributes": "attribute"},
        plural="service_capacities",
    ),
}

ONE_OF = {
    ("service", "status"): STATUSES,
    ("location", "location_type"): LOCATION_TYPES,
    ("schedule", "freq"): ("WEEKLY", "MONTHLY"),
}
"""The columns of which the standard lists what they may say."""

NAMES = {
    **{name: name for name in TABLES},
    **{table.plural: name for name, table in TABLES.items()},
    "service_capacity": "service_capacity",
    "capacities": "service_capacity",
}
"""What files and lists are called, to the table that is in them."""
