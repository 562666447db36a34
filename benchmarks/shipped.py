"""The shipped measures and rules in SQL, as somebody who knows DuckDB well would write them.

On one day, by deprivation, sex and all together, :func:`shipped` gives what
:func:`fairpractice.measures.calculate.count` gives. Nothing of it is generated, so a definition that
changes has to be changed here; the benchmark says so when the counts differ.
"""

from benchmarks.hand import Counts, Hand, by_group
from fairpractice.record.social_facts import ROUTE_RANKS, STATUS_RANKS, TOPIC_RANKS
from fairpractice.record.topics import SENSITIVE, TOPICS


GROUPINGS = ("all", "sex", "imd_quintile")

EVER = (
    "cervical-screening-unsuitable",
    "cervical-screening",
    "diabetes-unsuitable",
    "diabetes-review",
    "ethnicity",
    "hypertension-unsuitable",
    "asthma-review",
    "copd-review",
    "chronic-kidney-disease",
    "coronary-heart-disease",
    "heart-failure",
    "stroke",
    "severe-mental-illness",
    "learning-disability",
    "dementia",
    "epilepsy",
    "social-prescribing-referral",
    "carer-support-hint",
    "diabetes",
    "diabetes-resolved",
    "hypertension",
    "hypertension-resolved",
    "asthma",
    "asthma-resolved",
    "copd",
    "copd-resolved",
    "carer",
    "no-longer-carer",
)
"""Lists of which the day of the latest entry is all that is asked."""

NEEDS = (
    "homelessness",
    "temporary_housing",
    "housing_problem",
    "financial_hardship",
    "debt",
    "food_insecurity",
    "fuel_poverty",
    "unemployment",
    "social_isolation",
    "transport",
    "digital_exclusion",
)
CURRENT = (*NEEDS, "carer", "language_main")
ASKED_ABOUT = (*NEEDS, "carer")

DEFINITIONS: dict[str, tuple[str, str, str]] = {
    # population; unless; what is true of those counted
    "cervical-screening": (
        "registered_0 AND female AND aged(25, 64)",
        "cervical_screening_unsuitable IS NOT NULL",
        "(aged(25, 49) AND coalesce(cervical_screening > {m42}, false))"
        " OR (aged(50, 64) AND coalesce(cervical_screening > {m66}, false))",
    ),
    "diabetes-review": (
        "registered_0 AND aged(17, null) AND on_diabetes",
        "coalesce(diabetes_unsuitable > {m12}, false)",
        "coalesce(diabetes_review > {m12}, false)",
    ),
    "ethnicity-recorded": ("registered_0", "false", "ethnicity IS NOT NULL"),
    "hypertension-control": (
        "registered_0 AND aged(18, null) AND on_hypertension",
        "coalesce(hypertension_unsuitable > {m12}, false)",
        "diastolic <= 90 AND ((aged(18, 79) AND systolic <= 140)"
        " OR (aged(80, null) AND systolic <= 150))",
    ),
    "respiratory-review": (
        "registered_0 AND (on_asthma AND aged(5, null) OR on_copd)",
        "false",
        "(NOT (on_asthma AND aged(5, null)) OR coalesce(asthma_review > {m12}, false))"
        " AND (NOT on_copd OR coalesce(copd_review > {m12}, false))",
    ),
    "social-need-recorded": ("registered_0", "false", "coalesce(need_asked, false)"),
    "language-no-interpreter": (
        "registered_0",
        "false",
        "language_main AND NOT coalesce(interpreter_asked, false)",
    ),
    "long-term-condition-no-contact": (
        "registered_24 AND (on_diabetes OR on_hypertension OR on_asthma OR on_copd"
        " OR chronic_kidney_disease IS NOT NULL OR coronary_heart_disease IS NOT NULL"
        " OR heart_failure IS NOT NULL OR stroke IS NOT NULL"
        " OR severe_mental_illness IS NOT NULL OR learning_disability IS NOT NULL"
        " OR dementia IS NOT NULL OR epilepsy IS NOT NULL)",
        "false",
        "coalesce(attended_24, 0) < 1",
    ),
    "missed-reviews": (
        "registered_0 AND (on_diabetes AND aged(17, null) OR on_hypertension AND aged(18, null)"
        " OR on_asthma AND aged(5, null) OR on_copd)",
        "false",
        "on_diabetes AND aged(17, null) AND NOT coalesce(diabetes_review > {m15}, false)"
        " OR on_hypertension AND aged(18, null) AND NOT coalesce(systolic_on > {m15}, false)"
        " OR on_asthma AND aged(5, null) AND NOT coalesce(asthma_review > {m15}, false)"
        " OR on_copd AND NOT coalesce(copd_review > {m15}, false)",
    ),
    "never-screened": (
        "registered_6 AND female AND aged(25, 64)",
        "cervical_screening_unsuitable IS NOT NULL",
        "cervical_screening IS NULL",
    ),
    "probable-carer-not-coded": (
        "registered_0",
        "false",
        "(carer_now OR carer_support_hint IS NOT NULL AND carer_now IS NULL) AND NOT on_carer",
    ),
    "repeat-did-not-attends": ("registered_0", "false", "coalesce(missed_12, 0) >= 3"),
    "social-need-no-referral": (
        "registered_0 AND aged(18, null)",
        "false",
        "(" + " OR ".join(NEEDS) + ") AND NOT coalesce(social_prescribing_referral > {m12}, false)",
    ),
    "urgent-care-mostly": (
        "registered_12",
        "false",
        "coalesce(urgent_12, 0) >= 3 AND coalesce(urgent_12, 0) > coalesce(attended_12, 0)",
    ),
}

NUMBERS = {
    # numerator; denominator; when it is known
    "did-not-attend-rate": (
        "coalesce(missed_12, 0)",
        "coalesce(attended_12 + missed_12, 0)",
        "true",
    ),
    "continuity-of-care": ("most_seen / visits", "1.0", "coalesce(visits >= 3, false)"),
}


def shipped(hand: Hand, pivoted: bool) -> Counts:
    """Count the shipped measures and rules.

    Parameters
    ----------
    hand
        Where the SQL runs.
    pivoted
        Whether the latest entry of each list is found a row a person and list, and then pivoted;
        else each is an aggregate of its own with a filter.
    """
    cells = hand.run(
        [
            _coded_by_list(hand) if pivoted else _coded(hand),
            _said(hand),
            hand.counted(_people(hand), DEFINITIONS, NUMBERS),
        ]
    )
    return by_group(cells, [*DEFINITIONS, *NUMBERS])


def _coded(hand: Hand) -> str:
    """Return SQL for one row a person: the latest entry of each list, in one scan of events."""
    days = ",\n".join(
        f"max(date) FILTER (list = {hand.number(name)}) AS {_column(name)}" for name in EVER
    )
    return f"""
        CREATE TEMP TABLE coded AS
        SELECT patient_id, {days}, {_pressures(hand)}
        FROM {hand.rows("event")} JOIN codes USING (code)
        WHERE code_system = 'snomed' AND date <= {hand.ago(0)} AND {_wanted(hand)}
        GROUP BY patient_id"""


def _coded_by_list(hand: Hand) -> str:
    """Return SQL for the same by way of one row a person and list."""
    days = ",\n".join(
        f"max(last) FILTER (list = {hand.number(name)}) AS {_column(name)}" for name in EVER
    )
    systolic, diastolic = (hand.number(f"{which}-blood-pressure") for which in _PRESSURES)
    return f"""
        CREATE TEMP TABLE coded AS
        WITH latest AS (
            SELECT patient_id, list, max(date) AS last,
                max((date, value)) FILTER (value IS NOT NULL AND date > {hand.ago(12)}
                    AND list IN ({systolic}, {diastolic})) AS reading
            FROM {hand.rows("event")} JOIN codes USING (code)
            WHERE code_system = 'snomed' AND date <= {hand.ago(0)} AND {_wanted(hand)}
            GROUP BY patient_id, list
        )
        SELECT patient_id, {days},
            max(last) FILTER (list = {systolic}) AS systolic_on,
            max(reading[2]) FILTER (list = {systolic}) AS systolic,
            max(reading[2]) FILTER (list = {diastolic}) AS diastolic
        FROM latest GROUP BY patient_id"""


_PRESSURES = ("systolic", "diastolic")


def _pressures(hand: Hand) -> str:
    """Return the latest blood pressures of a year; of several on a day the largest."""
    latest = ", ".join(
        f"arg_max(value, (date, value)) FILTER (list = {hand.number(f'{which}-blood-pressure')}"
        f" AND date > {hand.ago(12)}) AS {which}"
        for which in _PRESSURES
    )
    systolic = hand.number("systolic-blood-pressure")
    return f"max(date) FILTER (list = {systolic}) AS systolic_on, {latest}"


def _wanted(hand: Hand) -> str:
    ever = ", ".join(str(hand.number(name)) for name in EVER)
    lately = ", ".join(str(hand.number(f"{which}-blood-pressure")) for which in _PRESSURES)
    return f"(list IN ({ever}) OR list IN ({lately}) AND date > {hand.ago(15)})"


def _said(hand: Hand) -> str:
    """Return SQL for one row a person: what is stated of each topic now, and who was asked."""
    coded = [
        (hand.number(name), topic.id, status)
        for topic in TOPICS.values()
        if not topic.sensitive
        for name, status in ((topic.codelist, "present"), (topic.ended_by, "absent"))
        if name
    ]
    bears = [
        (other.id, status, name, status if other.id == name else "absent", _fresh(hand, name))
        for name in CURRENT
        for other in TOPICS.values()
        for status in STATUS_RANKS
        if other.id == name or (other.family == TOPICS[name].family and status == "present")
    ]
    now = ", ".join(
        f"bool_or(says = 'present') FILTER (about = '{name}') AS {_now(name)}" for name in CURRENT
    )
    about = ", ".join(f"'{name}'" for name in ASKED_ABOUT)
    return f"""
        CREATE TEMP TABLE said AS
        WITH stated AS (
            SELECT patient_id, topic, status, route, recorded_on, true_from, true_until
            FROM {hand.rows("social_fact")}
            WHERE sensitivity <> 'sensitive' AND recorded_on <= {hand.ago(0)}
                AND topic NOT IN ({", ".join(f"'{name}'" for name in SENSITIVE)})
            UNION ALL
            SELECT patient_id, topic, status, 'asked', date, NULL, NULL
            FROM {hand.rows("event")} JOIN codes USING (code)
                JOIN (VALUES {_values(coded)}) AS coded(list, topic, status) USING (list)
            WHERE code_system = 'snomed' AND date <= {hand.ago(0)}
        ), latest AS (
            SELECT patient_id, about, says, fresh_after, recorded_on, true_until
            FROM stated JOIN (VALUES {_values(bears)}) AS bears(topic, status, about, says, fresh_after)
                USING (topic, status)
            QUALIFY row_number() OVER (
                PARTITION BY patient_id, about ORDER BY recorded_on DESC,
                coalesce(true_from, DATE '0001-01-01') DESC, {_rank("route", ROUTE_RANKS)} DESC,
                {_rank("status", STATUS_RANKS)} DESC, {_rank("topic", TOPIC_RANKS)} DESC,
                coalesce(true_until, DATE '9999-12-31') DESC
            ) = 1
        ), now AS (
            SELECT patient_id, {now}
            FROM latest
            WHERE says IN ('present', 'absent') AND recorded_on > CAST(fresh_after AS DATE)
                AND (true_until IS NULL OR true_until > {hand.ago(0)})
            GROUP BY patient_id
        ), asked AS (
            SELECT patient_id,
                bool_or(topic IN ({about}) AND recorded_on > {hand.ago(24)}) AS need_asked,
                bool_or(topic = 'interpreter_need' AND recorded_on > {hand.ago(60)})
                    AS interpreter_asked
            FROM stated GROUP BY patient_id
        )
        FROM asked LEFT JOIN now USING (patient_id)"""


def _people(hand: Hand) -> str:
    registers = ", ".join(
        f"coalesce({name} >= coalesce({ended}, {name}), false) AS on_{name}"
        for name, ended in (
            ("diabetes", "diabetes_resolved"),
            ("hypertension", "hypertension_resolved"),
            ("asthma", "asthma_resolved"),
            ("copd", "copd_resolved"),
            ("carer", "no_longer_carer"),
        )
    )
    return f"""
        SELECT *, {registers}
        FROM ({hand.people((0, 6, 12, 24))})
        LEFT JOIN coded USING (patient_id)
        LEFT JOIN said USING (patient_id)
        LEFT JOIN (
            SELECT patient_id, sum(attended_24) AS attended_24, sum(attended_12) AS attended_12,
                sum(missed_12) AS missed_12,
                sum(attended_24) FILTER (clinician_id IS NOT NULL) AS visits,
                max(attended_24) FILTER (clinician_id IS NOT NULL) AS most_seen
            FROM (
                SELECT patient_id, clinician_id,
                    count(*) FILTER (status = 'attended') AS attended_24,
                    count(*) FILTER (status = 'attended' AND start_date > {hand.ago(12)})
                        AS attended_12,
                    count(*) FILTER (status = 'did_not_attend' AND start_date > {hand.ago(12)})
                        AS missed_12
                FROM {hand.rows("appointment")}
                WHERE start_date > {hand.ago(24)} AND start_date <= {hand.ago(0)}
                GROUP BY patient_id, clinician_id
            ) GROUP BY patient_id
        ) USING (patient_id)
        LEFT JOIN (
            SELECT patient_id, count(*) AS urgent_12 FROM {hand.rows("urgent_contact")}
            WHERE date > {hand.ago(12)} AND date <= {hand.ago(0)} GROUP BY patient_id
        ) USING (patient_id)"""


def _column(codelist: str) -> str:
    return codelist.replace("-", "_")


def _now(topic: str) -> str:
    return "carer_now" if topic == "carer" else topic


def _fresh(hand: Hand, topic: str) -> str:
    """Return the last day on which a statement would be stale."""
    months = TOPICS[topic].freshness_months
    return "0001-01-01" if months is None else hand.ago(months).removeprefix("DATE ").strip("'")


def _rank(column: str, ranks: dict[str, int]) -> str:
    whens = " ".join(f"WHEN '{name}' THEN {rank}" for name, rank in ranks.items())
    return f"CASE {column} {whens} END"


def _values(rows: list[tuple[object, ...]]) -> str:
    return ", ".join(
        "(" + ", ".join(str(v) if isinstance(v, int) else f"'{v}'" for v in row) + ")"
        for row in rows
    )
