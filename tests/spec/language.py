"""The language by example: each part with people drawn as a table, and the answer for each.

``test_language.py`` asks every engine and plain Python; ``docs/generate.py`` prints them as the
language's reference page.
"""

import datetime as dt
import inspect
from collections.abc import Iterator
from dataclasses import dataclass, field

from fairpractice import codelists, criteria
from fairpractice.codelists import Code, Codelist
from fairpractice.criteria import Criterion, Number
from fairpractice.criteria.english import english
from fairpractice.criteria.spec import aligned


ON = dt.date(2026, 10, 31)
INHALER = Codelist(
    id="inhaler",
    title="Inhaler",
    system="local",
    release="",
    source="an example",
    licence="none",
    status="starter",
    sha256="",
    codes=(Code("inhaler", "Inhaler", system="local"),),
)
LISTS = {**codelists.load(), INHALER.id: INHALER}


@dataclass(frozen=True)
class Example:
    """One part of the language.

    ``asks`` is Python, in which the functions of :mod:`fairpractice.criteria` are known; ``of`` is
    a drawn table, as :mod:`fairpractice.criteria.spec` reads it.
    """

    title: str
    says: str
    asks: str
    of: str

    @property
    def expression(self) -> Criterion | Number:
        """What is asked."""
        found: Criterion | Number = eval(self.asks, dict(vars(criteria)))
        return found


@dataclass(frozen=True)
class Section:
    """Parts that belong together."""

    title: str
    says: str
    examples: list[Example] = field(default_factory=list)


def example(title: str, says: str, asks: str, of: str) -> Example:
    return Example(title, says, asks, inspect.cleandoc(of))


SECTIONS = [
    Section(
        "Who the person is",
        "What is asked of the register. Where the record is silent, the answer is unknown.",
        [
            example(
                "Registered",
                "At a practice on the day, and alive. The day a spell ends is the first day "
                "no longer registered. Never unknown.",
                "registered()",
                """
                person           | birth | sex | record                                      | is it so?
                registered       |       |     | registered 2020-01-01                       | yes
                joined that day  |       |     | registered 2026-10-31                       | yes
                joins later      |       |     | registered 2026-11-01                       | no
                left that day    |       |     | registered 2020-01-01 until 2026-10-31      | no
                leaves later     |       |     | registered 2020-01-01 until 2026-11-01      | yes
                came back        |       |     | registered 2010-01-01 until 2012-01-01; registered 2020-01-01 | yes
                died             |       |     | registered 2020-01-01; died 2026-10         | no
                never registered |       |     | not registered                              | no
                """,
            ),
            example(
                "Registered for some time",
                "The present spell began at least so many months ago.",
                "registered(months=12)",
                """
                person             | birth | sex | record                                    | is it so?
                for years          |       |     | registered 2020-01-01                     | yes
                a year to the day  |       |     | registered 2025-10-31                     | yes
                a day short of it  |       |     | registered 2025-11-01                     | no
                moved this year    |       |     | registered 2010-01-01 until 2026-03-01; registered 2026-03-01 | no
                """,
            ),
            example(
                "Age",
                "In completed years, both limits included; the second may be left out. Of the date "
                "of birth a record holds the month, and the first of the month is taken.",
                "age(17, 64)",
                """
                person         | birth   | sex | record | is it so?
                aged 40        | 1986-05 |     |        | yes
                17 this month  | 2009-10 |     |        | yes
                17 next month  | 2009-11 |     |        | no
                64 this month  | 1962-10 |     |        | yes
                65 this month  | 1961-10 |     |        | no
                birth unknown  |         |     |        | unknown
                """,
            ),
            example(
                "Sex",
                "As registered. Unknown where the record says neither.",
                'sex("female")',
                """
                person          | birth | sex           | record | is it so?
                female          |       | female        |        | yes
                male            |       | male          |        | no
                indeterminate   |       | indeterminate |        | unknown
                not recorded    |       |               |        | unknown
                """,
            ),
            example(
                "Address known",
                "A small area of residence is recorded for the day. Never unknown.",
                "address_known()",
                """
                person      | birth | sex | record                              | is it so?
                lives there |       |     | address 2020-01-01                  | yes
                moved away  |       |     | address 2020-01-01 until 2026-10-31 | no
                none        |       |     |                                     | no
                """,
            ),
            example(
                "Contactable",
                "A telephone number or e-mail address is held. Unknown where the source did not say.",
                "contactable()",
                """
                person      | birth | sex | record            | is it so?
                telephone   |       |     | contact telephone | yes
                both        |       |     | contact both      | yes
                neither     |       |     | contact none      | no
                not said    |       |     |                   | unknown
                """,
            ),
        ],
    ),
    Section(
        "Coded entries",
        "What is asked of the coded entries in the record, by codelist. These ask what is "
        "recorded, not what is so: no entry is a no.",
        [
            example(
                "Ever",
                "An entry of the list, at any time up to the day.",
                'ever("stroke")',
                """
                person      | birth | sex | record            | is it so?
                long ago    |       |     | stroke 1994-02-03 | yes
                that day    |       |     | stroke 2026-10-31 | yes
                later       |       |     | stroke 2026-11-01 | no
                another one |       |     | asthma 1994-02-03 | no
                none        |       |     |                   | no
                """,
            ),
            example(
                "Within so many months",
                "Months are those of the calendar: 15 months up to 31 October 2026 begin on 1 August 2025.",
                'within("diabetes-review", months=15)',
                """
                person              | birth | sex | record                     | is it so?
                14 months ago       |       |     | diabetes-review 2025-08-31 | yes
                first day           |       |     | diabetes-review 2025-08-01 | yes
                a day too early     |       |     | diabetes-review 2025-07-31 | no
                that day            |       |     | diabetes-review 2026-10-31 | yes
                later               |       |     | diabetes-review 2026-11-01 | no
                """,
            ),
            example(
                "Within months that are over",
                "Up to `until` months ago: here the year before the last.",
                'within("diabetes-review", months=24, until=12)',
                """
                person         | birth | sex | record                     | is it so?
                this year      |       |     | diabetes-review 2026-02-01 | no
                the last day   |       |     | diabetes-review 2025-10-31 | yes
                a day later    |       |     | diabetes-review 2025-11-01 | no
                the year before |      |     | diabetes-review 2025-02-01 | yes
                two years before |     |     | diabetes-review 2024-02-01 | no
                """,
            ),
            example(
                "On a register",
                "Coded, and not ended since. An ending on the day of an entry does not end it, and a "
                "later entry puts the person back.",
                'on_register("asthma", ended_by="asthma-resolved")',
                """
                person           | birth | sex | record                                                      | is it so?
                coded            |       |     | asthma 2001-01-01                                           | yes
                ended            |       |     | asthma 2001-01-01; asthma-resolved 2010-01-01               | no
                back again       |       |     | asthma 2001-01-01; asthma-resolved 2010-01-01; asthma 2020-01-01 | yes
                on one day       |       |     | asthma 2010-01-01; asthma-resolved 2010-01-01               | yes
                ends later       |       |     | asthma 2001-01-01; asthma-resolved 2026-11-01               | yes
                ended, never on  |       |     | asthma-resolved 2010-01-01                                  | no
                none             |       |     |                                                             | no
                """,
            ),
            example(
                "How many entries",
                "Every entry counts, two on one day twice. None is 0.",
                'coded_entries("hba1c", months=12)',
                """
                person          | birth | sex | record                                     | how many
                three           |       |     | hba1c 2026-01-01; 2 x hba1c 2026-06-01     | 3
                one is too old  |       |     | hba1c 2025-10-31; hba1c 2025-11-01         | 1
                none            |       |     |                                            | 0
                """,
            ),
            example(
                "Latest value",
                "Entries without a value are passed over; of several on one day it is the largest. "
                "Unknown where there is none.",
                'latest("systolic-blood-pressure", months=12)',
                """
                person           | birth | sex | record                                                                          | value
                two readings     |       |     | systolic-blood-pressure 2026-01-01 = 150; systolic-blood-pressure 2026-05-01 = 132 | 132
                one day          |       |     | systolic-blood-pressure 2026-05-01 = 132; systolic-blood-pressure 2026-05-01 = 144 | 144
                last has no value |      |     | systolic-blood-pressure 2026-01-01 = 150; systolic-blood-pressure 2026-05-01     | 150
                too old          |       |     | systolic-blood-pressure 2025-10-31 = 150                                        | unknown
                later            |       |     | systolic-blood-pressure 2026-11-01 = 150                                        | unknown
                none             |       |     |                                                                                 | unknown
                """,
            ),
        ],
    ),
    Section(
        "Medication",
        "What is asked of the issues of prescriptions.",
        [
            example(
                "How many issues",
                "Of a codelist, or of anything.",
                'issued("inhaler", months=6)',
                """
                person  | birth | sex | record                                                        | how many
                two     |       |     | prescribed inhaler 2026-06-01; prescribed inhaler 2026-09-01 for 28 days | 2
                too old |       |     | prescribed inhaler 2026-04-30                                 | 0
                none    |       |     |                                                               | 0
                """,
            ),
        ],
    ),
    Section(
        "Appointments and urgent care",
        "What is asked of the practice's appointment book and of contacts with urgent services.",
        [
            example(
                "How many appointments",
                "Of one or more statuses (attended, did_not_attend, cancelled), or of any.",
                'appointments("did_not_attend", months=12)',
                """
                person   | birth | sex | record                                                  | how many
                missed   |       |     | 2 x did_not_attend 2026-03-01; attended 2026-04-01      | 2
                attended |       |     | attended 2026-04-01; cancelled 2026-05-01               | 0
                too old  |       |     | did_not_attend 2025-10-31                               | 0
                none     |       |     |                                                         | 0
                """,
            ),
            example(
                "Minutes",
                "Of attended appointments; those without a length add nothing.",
                "appointment_minutes(months=12)",
                """
                person         | birth | sex | record                                                              | minutes
                two            |       |     | attended 2026-03-01 for 10 minutes; attended 2026-04-01 for 25 minutes | 35
                one not known  |       |     | attended 2026-03-01 for 10 minutes; attended 2026-04-01            | 10
                did not attend |       |     | did_not_attend 2026-03-01 for 10 minutes                           | 0
                none           |       |     |                                                                     | 0
                """,
            ),
            example(
                "How many urgent contacts",
                "Of one or more kinds (emergency_department, ambulance, nhs_111, walk_in_centre, "
                "out_of_hours), or of any.",
                'urgent_contacts("emergency_department", "walk_in_centre", months=12)',
                """
                person   | birth | sex | record                                                     | how many
                two      |       |     | emergency_department 2026-03-01; walk_in_centre 2026-04-01 | 2
                another  |       |     | nhs_111 2026-03-01                                         | 0
                too old  |       |     | emergency_department 2025-10-31                            | 0
                """,
            ),
            example(
                "Usual provider of care",
                "The share of attended appointments that were with the clinician seen most, of those "
                "whose clinician is known. Unknown with fewer than 3.",
                "usual_provider_of_care(months=24, at_least=3)",
                """
                person        | birth | sex | record                                                                    | index
                mostly one    |       |     | 3 x attended 2026-01-01 with A; attended 2026-02-01 with B                 | 0.75
                half and half |       |     | 2 x attended 2026-01-01 with A; 2 x attended 2026-02-01 with B             | 0.5
                always one    |       |     | 4 x attended 2026-01-01 with A                                             | 1
                too few       |       |     | 2 x attended 2026-01-01 with A                                             | unknown
                not known     |       |     | 4 x attended 2026-01-01                                                    | unknown
                """,
            ),
            example(
                "Bice and Boxerman's index",
                "How far visits keep to the same clinicians: 1 when all are to one, 0 when each is to "
                "another.",
                "bice_boxerman(months=24, at_least=3)",
                """
                person         | birth | sex | record                                                                   | index
                always one     |       |     | 4 x attended 2026-01-01 with A                                            | 1
                always another |       |     | attended 2026-01-01 with A; attended 2026-02-01 with B; attended 2026-03-01 with C | 0
                three and one  |       |     | 3 x attended 2026-01-01 with A; attended 2026-02-01 with B                | 0.5
                too few        |       |     | 2 x attended 2026-01-01 with A                                            | unknown
                """,
            ),
        ],
    ),
    Section(
        "Circumstances",
        "What is asked of social facts. No fact means unknown, never no.",
        [
            example(
                "Present now",
                "The latest statement that still holds says so. Unknown when nobody recorded "
                "anything, when it is stale, or when the person would not say.",
                'circumstance("food_insecurity")',
                """
                person          | birth | sex | record                                                      | is it so?
                present         |       |     | fact food_insecurity present 2026-09-01                     | yes
                absent          |       |     | fact food_insecurity absent 2026-09-01                      | no
                now absent      |       |     | fact food_insecurity present 2026-08-01; fact food_insecurity absent 2026-09-01 | no
                said it herself |       |     | fact food_insecurity present 2026-09-01 by self_reported    | yes
                coded           |       |     | food-insecurity 2026-09-01                                  | yes
                stale           |       |     | fact food_insecurity present 2024-09-01                     | unknown
                has ended       |       |     | fact food_insecurity present 2026-08-01 until 2026-10-01    | unknown
                would not say   |       |     | fact food_insecurity declined 2026-09-01                    | unknown
                nobody asked    |       |     |                                                             | unknown
                """,
            ),
            example(
                "One of a family",
                "Circumstances that exclude each other are a family: that one is present says that "
                "the others are not.",
                'circumstance("homelessness")',
                """
                person               | birth | sex | record                                                              | is it so?
                homeless             |       |     | fact homelessness present 2026-09-01                                | yes
                in temporary housing |       |     | fact homelessness present 2026-07-01; fact temporary_housing present 2026-09-01 | no
                settled              |       |     | homeless 2026-07-01; no-longer-homeless 2026-09-01                  | no
                nobody asked         |       |     |                                                                     | unknown
                """,
            ),
            example(
                "Recorded",
                "Somebody recorded the topic, whatever the answer. Never unknown.",
                'circumstance_recorded("food_insecurity", months=24)',
                """
                person        | birth | sex | record                                   | is it so?
                present       |       |     | fact food_insecurity present 2026-09-01  | yes
                absent        |       |     | fact food_insecurity absent 2026-09-01   | yes
                would not say |       |     | fact food_insecurity declined 2026-09-01 | yes
                too old       |       |     | fact food_insecurity present 2024-10-31  | no
                later         |       |     | fact food_insecurity present 2026-11-01  | no
                nobody asked  |       |     |                                          | no
                """,
            ),
            example(
                "Recorded by a route",
                "With a route, only what came that way: asked by the team (or coded), entered by "
                "the person, or sent by another organisation.",
                'circumstance_recorded("debt", months=24, route="self_reported")',
                """
                person          | birth | sex | record                                               | is it so?
                entered         |       |     | fact debt present 2026-09-01 by self_reported        | yes
                asked, then entered |   |     | fact debt present 2026-09-01; fact debt absent 2026-09-02 by self_reported | yes
                entered, then asked |   |     | fact debt absent 2026-09-01 by self_reported; fact debt present 2026-09-02 | yes
                asked           |       |     | fact debt present 2026-09-01                         | no
                sent            |       |     | fact debt present 2026-09-01 by external             | no
                entered too long ago |  |     | fact debt present 2024-10-31 by self_reported        | no
                """,
            ),
        ],
    ),
    Section(
        "Putting criteria together",
        "With `&`, `|` and `~`, not with `and`, `or` and `not`; put brackets round each "
        "comparison. Unknown stays unknown unless the other part settles it.",
        [
            example(
                "And",
                "No if any is no, else unknown if any is unknown, else yes.",
                'sex("female") & age(50)',
                """
                person             | birth   | sex    | record | is it so?
                both               | 1960-05 | female |        | yes
                one is not so      | 1990-05 | female |        | no
                one not, one unknown |       | male   |        | no
                one unknown        |         | female |        | unknown
                both unknown       |         |        |        | unknown
                """,
            ),
            example(
                "Or",
                "Yes if any is yes, else unknown if any is unknown, else no.",
                'sex("female") | age(50)',
                """
                person               | birth   | sex    | record | is it so?
                one is so            | 1990-05 | female |        | yes
                one so, one unknown  |         | female |        | yes
                neither              | 1990-05 | male   |        | no
                one unknown          |         | male   |        | unknown
                """,
            ),
            example(
                "Any of several",
                "The same for a longer list.",
                'any_of(circumstance("debt"), circumstance("transport"), ever("homeless"))',
                """
                person        | birth | sex | record                                                             | is it so?
                one is so     |       |     | fact transport present 2026-09-01                                  | yes
                none is so    |       |     | fact debt absent 2026-09-01; fact transport absent 2026-09-01      | no
                one unknown   |       |     | fact debt absent 2026-09-01                                        | unknown
                """,
            ),
            example(
                "Not",
                "The other way round. Unknown stays unknown.",
                '~circumstance("carer")',
                """
                person       | birth | sex | record                          | is it so?
                not a carer  |       |     | fact carer absent 2026-09-01    | yes
                a carer      |       |     | fact carer present 2026-09-01   | no
                nobody asked |       |     |                                 | unknown
                """,
            ),
            example(
                "Known",
                "Whether it can be told. Never unknown itself.",
                'known(circumstance("carer"))',
                """
                person        | birth | sex | record                         | is it so?
                a carer       |       |     | fact carer present 2026-09-01  | yes
                not a carer   |       |     | fact carer absent 2026-09-01   | yes
                would not say |       |     | fact carer declined 2026-09-01 | no
                nobody asked  |       |     |                                | no
                """,
            ),
        ],
    ),
    Section(
        "Numbers",
        "Compared, they become criteria: `<`, `<=`, `>`, `>=`, and `.equals()`. They can be added, "
        "subtracted and divided. What is unknown, or divided by nought, is unknown.",
        [
            example(
                "Compare with a limit",
                "Unknown where the number is.",
                'latest("systolic-blood-pressure", months=12) <= 140',
                """
                person     | birth | sex | record                                   | is it so?
                lower      |       |     | systolic-blood-pressure 2026-05-01 = 132 | yes
                the limit  |       |     | systolic-blood-pressure 2026-05-01 = 140 | yes
                higher     |       |     | systolic-blood-pressure 2026-05-01 = 152 | no
                no reading |       |     |                                          | unknown
                """,
            ),
            example(
                "Compare two numbers",
                "Unknown where either is.",
                'latest("systolic-blood-pressure") < latest("diastolic-blood-pressure") + 40',
                """
                person      | birth | sex | record                                                                                | is it so?
                close       |       |     | systolic-blood-pressure 2026-05-01 = 132; diastolic-blood-pressure 2026-05-01 = 95    | yes
                apart       |       |     | systolic-blood-pressure 2026-05-01 = 150; diastolic-blood-pressure 2026-05-01 = 70    | no
                one missing |       |     | systolic-blood-pressure 2026-05-01 = 150                                              | unknown
                """,
            ),
            example(
                "Exactly",
                "`==` is kept for comparing expressions.",
                "appointments(months=12).equals(1)",
                """
                person | birth | sex | record                  | is it so?
                one    |       |     | attended 2026-05-01     | yes
                two    |       |     | 2 x attended 2026-05-01 | no
                none   |       |     |                         | no
                """,
            ),
            example(
                "Divide",
                "Unknown when dividing by nought.",
                'appointments("did_not_attend", months=12) / appointments(months=12)',
                """
                person      | birth | sex | record                                          | share
                one in four |       |     | did_not_attend 2026-05-01; 3 x attended 2026-06-01 | 0.25
                none missed |       |     | attended 2026-06-01                             | 0
                none at all |       |     |                                                 | unknown
                """,
            ),
            example(
                "Subtract",
                "The order counts, and the result may be less than nought.",
                "urgent_contacts(months=12) - appointments(months=12)",
                """
                person         | birth | sex | record                                      | more by
                urgent care    |       |     | 3 x nhs_111 2026-05-01; attended 2026-06-01 | 2
                the practice   |       |     | 2 x attended 2026-06-01                     | -2
                """,
            ),
            example(
                "Only where",
                "Unknown for those of whom the condition is not true.",
                "appointment_minutes(months=12).where(appointments(months=12) >= 2)",
                """
                person  | birth | sex | record                                | minutes
                two     |       |     | 2 x attended 2026-05-01 for 10 minutes | 20
                one     |       |     | attended 2026-05-01 for 10 minutes     | unknown
                none    |       |     |                                        | unknown
                """,
            ),
        ],
    ),
]


def examples() -> Iterator[Example]:
    """Yield every example."""
    for section in SECTIONS:
        yield from section.examples


def page() -> str:
    """Return the reference page of the language, in Markdown."""
    text = [
        "# The language\n\nWhat can be asked of a record, each part with people drawn as a table "
        f"and the answer for each. Everything is asked on {ON.day} {ON:%B %Y}, and these very "
        "tables are run as tests on every engine. Nothing recorded is an empty cell; everybody is "
        "registered unless it says otherwise.\n"
    ]
    for section in SECTIONS:
        text.append(f"## {section.title}\n\n{section.says}\n")
        for each in section.examples:
            phrase = english(each.expression, LISTS)
            text.append(f"### {each.title}\n\n{each.says}\n\n```python\n{each.asks}\n```\n")
            text.append(f"In English: *{phrase}*.\n\n```text\n{aligned(each.of)}\n```\n")
    return "\n".join(text)
