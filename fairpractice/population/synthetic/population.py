"""The whole of it, a chunk of people at a time: tables as the contracts name their columns."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache

import numpy as np
import pyarrow as pa

from fairpractice.codelists import Codelists
from fairpractice.population.synthetic import background, care, conditions, needs, prevention
from fairpractice.population.synthetic.chance import NEVER, Days, Flags, Ints, Numbers, generator
from fairpractice.population.synthetic.events import Entries, code_book, in_order
from fairpractice.population.synthetic.kinds import ROUTES
from fairpractice.population.synthetic.needs import ABSENT, ADULT, NO_LONGER
from fairpractice.population.synthetic.parameters import Parameters
from fairpractice.population.synthetic.people import Period, people
from fairpractice.population.synthetic.places import Places, places


CHUNK = 25_000  # people
SAMPLE = 60_000  # people made only to find the constants
FIRST_PATIENT = 1_000_001
URGENT_SITES = ("Y99901", "Y99902", "Y99903", "Y99904", "Y99905")
STATUSES = ("present", "absent", "declined")  # in the order of needs.PRESENT and so on
LAWFUL_BASES = ("direct_care", "consent", "sharing_agreement")  # by route
RECORDERS = ("practice nurse", "patient", "adviser")  # by route
OUTSIDE = ("Fairport Council", "St Bríd’s Advice Centre", "Fairport Carers’ Café")


@dataclass(frozen=True)
class Population:
    """A synthetic population, every chunk of which can be made alone and in any order.

    Parameters
    ----------
    count, practices
        How many people the extract holds, those who left or died among them, and at how many
        practices.
    seed
        The same seed gives the same population.
    period
        The days of the extract.
    parameters
        Its shape.
    codelists
        What entries are coded with.
    """

    count: int
    practices: int
    seed: int
    period: Period
    parameters: Parameters
    codelists: Codelists

    @property
    def chunks(self) -> int:
        """How many chunks there are; they are numbered from 0."""
        return -(-self.count // CHUNK)

    @cached_property
    def places(self) -> Places:
        """Areas and practices."""
        return places(self.count, self.practices, self.seed, self.parameters)

    @property
    def constants(self) -> "Constants":
        """What is worked out once for all chunks."""
        return constants(self.count, self.practices, self.seed, self.period, self.parameters)

    def prepare(self) -> None:
        """Work out what all chunks share, before several threads ask for it."""
        nhs_numbers(self.seed)
        self.constants  # noqa: B018  it is kept

    def chunk(self, number: int) -> dict[str, pa.Table]:
        """Make the tables of one chunk: those of the record by name, and ``truth``.

        Their columns are those of the contracts, but for who the person is: ``nhs_number``
        (whole number, empty for some) and ``source_patient_id``. Rows are by person and day.
        """
        if not 0 <= number < self.chunks:
            raise IndexError(number)
        first = number * CHUNK
        size = min(CHUNK, self.count - first)
        # Chunk 0 of a generator is the places and the reference sample.
        return _Chunk(self, number + 1, first, size).tables()

    def __iter__(self) -> Iterator[dict[str, pa.Table]]:
        return (self.chunk(number) for number in range(self.chunks))


@dataclass(frozen=True)
class Constants:
    """The constants that make shares come out as asked, of each subject."""

    latent: needs.Latent
    chances: conditions.Chances
    contacts: care.Chances
    ethnicity: float
    prevented: Mapping[str, float]


@lru_cache(maxsize=4)
def constants(
    count: int, practices: int, seed: int, period: Period, parameters: Parameters
) -> Constants:
    """Work the constants out from a reference sample, which is made for this alone."""
    there = places(count, practices, seed, parameters)
    sample = people(seed, 0, 0, SAMPLE, there, period, parameters)
    latent = needs.latent(seed, sample, parameters, there.systems)
    chances = conditions.chances(seed, sample, parameters)
    onset = conditions.onset_days(seed, 0, sample, parameters, chances)
    truth = needs.needs(seed, 0, sample, period, parameters, latent)
    ill = (onset != NEVER).sum(axis=1)
    needy = np.asarray(truth.existing.any(axis=1))
    contacts = care.chances(sample, ill, needy, _mental(onset, parameters), parameters)
    ethnicity = background.ethnicity_constant(sample, parameters)
    prevented = prevention.chances(sample, parameters)
    return Constants(latent, chances, contacts, ethnicity, prevented)


def _mental(onset: Days, parameters: Parameters) -> Flags:
    return conditions.mental(onset != NEVER, parameters)


@lru_cache(maxsize=2)
def nhs_numbers(seed: int) -> Ints:
    """Return all valid NHS numbers of the range kept for tests (999...), in an order of the seed.

    There are 909,091: nine digits that begin with 999, and the check digit, which for one in
    eleven of them does not exist.
    """
    nine = np.arange(999_000_000, 1_000_000_000, dtype=np.int64)
    total = np.zeros(len(nine), np.int64)
    rest = nine.copy()
    for weight in range(2, 11):
        total += rest % 10 * weight
        rest //= 10
    check = (11 - total % 11) % 11
    valid = (nine * 10 + check)[check < 10]
    valid = valid[valid != 9_999_999_999]  # ten like digits stand for no number
    return generator(seed, 0, "nhs numbers").permutation(valid)


class _Chunk:
    def __init__(self, of: Population, chunk: int, first: int, size: int) -> None:
        self.of, self.seed, self.number = of, of.seed, chunk
        self.given = of.parameters
        self.people = people(of.seed, chunk, first, size, of.places, of.period, of.parameters)
        numbers = nhs_numbers(of.seed)
        at = np.minimum(self.people.number, len(numbers) - 1)
        untraced = generator(of.seed, chunk, "untraced").random(size) < self.given.no_nhs_number
        none = (self.people.number >= len(numbers)) | untraced
        self.nhs = pa.array(numbers[at], mask=none)
        self.own = pa.array(self.people.number + FIRST_PATIENT)

    def tables(self) -> dict[str, pa.Table]:
        of, given, seed, number = self.of, self.given, self.seed, self.number
        constants, them = of.constants, self.people
        book = code_book(of.codelists)
        entries = Entries(them, book, generator(seed, number, "codes"))
        onset = conditions.onset_days(seed, number, them, given, constants.chances)
        truth = needs.needs(seed, number, them, of.period, given, constants.latent)
        needy, mental = np.asarray(truth.existing.any(axis=1)), _mental(onset, given)
        stated = needs.statements(
            seed, number, them, truth, given, constants.latent, of.places.systems
        )
        coded = background.needs_coded(seed, number, them, truth, stated, given, entries)
        background.background(
            seed, number, them, of.period, given, constants.ethnicity, book, entries
        )
        conditions.diagnoses(seed, number, them, onset, given, entries)
        reviewed = conditions.reviews(seed, number, them, onset, given, constants.chances, entries)
        conditions.screening(seed, number, them, given, constants.chances, entries)
        list_size = np.full(len(of.places.practices), of.count * 0.75 / len(of.places.practices))
        seen = care.appointments(
            seed, number, them, (onset != NEVER).sum(axis=1), needy, mental, reviewed, list_size,
            given, constants.contacts,
        )  # fmt: skip
        habit = prevention.habits(seed, number, them, given)
        care.visits(
            seed, number, them, onset, needy, habit, seen, given, constants.contacts, entries
        )
        care.fit_notes(seed, number, them, mental, given, entries)
        prevention.prevention(seed, number, them, onset, habit, given, constants.prevented, entries)
        prevention.measured(
            seed, number, them, onset, habit, reviewed, given, constants.prevented, entries
        )
        prevention.signs(seed, number, them, onset, truth, given, entries)
        return {
            **self._persons(),
            "event": self._events(entries),
            "medication": self._issues(onset),
            "appointment": self._appointments(seen),
            "urgent_contact": self._urgent(needy),
            "social_fact": self._facts(stated, ~coded, truth),
            "objection": self._objections(),
            "truth": self._truth(truth),
        }

    def _table(self, who: Ints, **columns: pa.Array) -> pa.Table:
        at = pa.array(who)
        return pa.table(
            {"source_patient_id": self.own.take(at), "nhs_number": self.nhs.take(at), **columns}
        )

    def _practice(self, who: Ints, day: Days) -> pa.Array:
        return words(care.practice_on(self.people, who, day), self.of.places.practices)

    def _persons(self) -> dict[str, pa.Table]:
        them, everybody = self.people, np.arange(len(self.people))
        held = them.telephone + 2 * them.email
        areas = self.of.places.area_codes()

        def spells(name: str, at: Days, before: Ints, now: Ints, among: list[str]) -> pa.Table:
            """Lay one spell for those who stayed and two for those who changed."""
            changed = at != NEVER
            who = np.concatenate([everybody, everybody[changed]])
            first = np.concatenate([np.ones(len(them), bool), np.zeros(changed.sum(), bool)])
            order = np.argsort(who, kind="stable")
            who, first = who[order], first[order]
            earlier = first & changed[who]
            return self._table(
                who,
                **{name: words(np.where(earlier, before[who], now[who]), among)},
                start_date=dates(np.where(first, them.start[who], at[who])),
                end_date=dates(np.where(earlier, at[who], them.end[who])),
            )

        return {
            "patient": self._table(
                everybody,
                birth_month=dates(them.born),
                sex=words(them.female.astype(np.int64), ["male", "female"]),
                death_month=dates(them.died),
                contact_details=words(held, ["none", "telephone", "email", "both"]),
            ),
            "registration": spells(
                "practice_code", them.changed, them.before_practice, them.practice,
                list(self.of.places.practices),
            ),
            "address": spells(
                "area_code", them.moved, self.of.places.area[them.before_area],
                self.of.places.area[them.area], areas,
            ),
        }  # fmt: skip

    def _events(self, entries: Entries) -> pa.Table:
        who, day, code, value = entries.in_order()
        return self._table(
            who,
            date=dates(day),
            code=words(code, entries.codes),
            value=pa.array(value.astype(np.float64).round(1), mask=np.isnan(value)),
            practice_code=self._practice(who, day),
        )

    def _issues(self, onset: Days) -> pa.Table:
        who, day, kind = care.issues(self.seed, self.number, self.people, onset, self.given)
        statin = self.of.codelists["statin"].codes[0]
        drugs = [condition.drug or condition.codelist for condition in self.given.conditions]
        listed = (kind == len(drugs)).astype(np.int64)
        return self._table(
            who,
            issued_on=dates(day),
            code=words(kind, [*drugs, statin.code]),
            code_system=words(listed, ["local", statin.system]),
            days_supply=pa.array(np.full(len(who), care.DRUG_DAYS, np.int32)),
            practice_code=self._practice(who, day),
        )

    def _appointments(self, seen: care.Appointments) -> pa.Table:
        practice = care.practice_on(self.people, seen.person, seen.day)
        # One word for each clinician of each role of each practice.
        most = int(seen.clinician.max(initial=0)) + 1
        position = (practice * len(care.ROLES) + seen.role) * most + seen.clinician
        names = [
            f"{code}-{initials}{n + 1:02d}"
            for code in self.of.places.practices
            for initials in care.INITIALS
            for n in range(most)
        ]
        times = [f"{8 + n // 6:02d}:{n % 6 * 10:02d}" for n in range(care.SLOTS)]
        return self._table(
            seen.person,
            booked_on=dates(seen.booked),
            start_date=dates(seen.day),
            start_time=words(seen.slot, times),
            minutes=pa.array(seen.minutes, mask=np.isnan(seen.minutes)),
            role=words(seen.role, care.ROLES),
            clinician_id=words(position, names),
            status=words(seen.status, ["attended", "did_not_attend", "cancelled"]),
            practice_code=words(practice, self.of.places.practices),
        )

    def _urgent(self, needy: Flags) -> pa.Table:
        who, day, kind = care.urgent_contacts(
            self.seed, self.number, self.people, needy, self.given, self.of.constants.contacts
        )
        return self._table(
            who,
            date=dates(day),
            kind=words(kind, [name for name, _ in self.given.urgent]),
            organisation_code=words(kind, URGENT_SITES),
        )

    def _facts(self, stated: needs.Statements, these: Flags, truth: needs.Needs) -> pa.Table:
        standing = background.standing(self.seed, self.number, self.people, truth, self.given)
        who, topic, route, status, day = (
            np.concatenate([getattr(stated, part)[these], getattr(standing, part)])
            for part in ("person", "topic", "route", "status", "day")
        )
        order = in_order(who, day)
        who, topic, route, status, day = (
            column[order] for column in (who, topic, route, status, day)
        )
        topics = [*(need.topic for need in self.given.needs), *(t[0] for t in self.given.standing)]
        practices = self.of.places.practices
        outside = len(practices) + topic % len(OUTSIDE)
        organisation = np.where(route == 2, outside, care.practice_on(self.people, who, day))
        secret = [need.sensitive for need in self.given.needs]
        sensitive = np.array([*secret, *(False for _ in self.given.standing)])[topic]
        return self._table(
            who,
            topic=words(topic, topics),
            status=words(np.where(status == NO_LONGER, ABSENT, status), STATUSES),
            route=words(route, ROUTES),
            source_organisation=words(organisation, [*practices, *OUTSIDE]),
            recorder_role=words(route, RECORDERS),
            recorded_on=dates(day),
            lawful_basis=words(route, LAWFUL_BASES),
            sensitivity=words(sensitive.astype(np.int64), ["ordinary", "sensitive"]),
        )

    def _objections(self) -> pa.Table:
        who, kind, day, withdrawn = background.objections(
            self.seed, self.number, self.people, self.of.period, self.given
        )
        purposes = pa.array(["research", "planning"]).take(pa.array(who % 2))
        return self._table(
            who,
            kind=words(kind, ["national_data_opt_out", "type_1_opt_out", "objection"]),
            purpose=pa.array(np.where(kind == 2, purposes.to_numpy(False), None), pa.string()),
            recorded_on=dates(day),
            withdrawn_on=dates(withdrawn),
        )

    def _truth(self, truth: needs.Needs) -> pa.Table:
        """Lay out the truth: one row a person and topic, for adults."""
        them = self.people
        adults = np.flatnonzero(them.age >= ADULT)
        constant = (("language_main", them.not_english), ("interpreter_need", them.poor_english),
                    ("disability", them.disabled))  # fmt: skip
        has = np.column_stack([truth.has, *(flag for _, flag in constant)])[adults]
        lifelong = np.broadcast_to(them.born[:, None], (len(them), len(constant)))
        start = np.column_stack([truth.start, lifelong])[adults]
        never = np.full((len(adults), len(constant)), NEVER)
        end = np.column_stack([truth.end[adults], never])
        topics = [*(need.topic for need in self.given.needs), *(name for name, _ in constant)]
        who = np.repeat(adults, len(topics))
        flat = has.ravel()
        groups = [group.id for group in self.given.ethnic_groups]
        return self._table(
            who,
            topic=words(np.tile(np.arange(len(topics)), len(adults)), topics),
            need=pa.array(flat),
            true_from=dates(np.where(flat, start.ravel(), NEVER)),
            true_until=dates(np.where(flat, end.ravel(), NEVER)),
            as_of=dates(them.until[who] - 1),
            fifth=pa.array(them.fifth[who].astype(np.int32)),
            female=pa.array(them.female[who]),
            birth_month=dates(them.born[who]),
            ethnic_group=words(them.ethnic_group[who], groups),
            english_main=pa.array(~them.not_english[who]),
            **{
                f"reachable_{route}": pa.array(truth.reach[who, n])
                for n, route in enumerate(ROUTES)
            },
        )


def words(positions: Numbers | Ints, among: Sequence[str]) -> pa.Array:
    """Return strings by their positions in a list, kept once each."""
    return pa.DictionaryArray.from_arrays(
        pa.array(np.asarray(positions).astype(np.int32)), pa.array(list(among), pa.string())
    )


def dates(days: Numbers | Ints | Days) -> pa.Array:
    """Return days since 1970-01-01 as dates, empty where a day does not come."""
    mask = np.asarray(days == NEVER)
    return pa.array(np.asarray(days).astype(np.int32), mask=mask).cast(pa.date32())
