"""Statins for people with cardiovascular disease."""

import datetime as dt

from fairpractice.criteria import age, any_of, ever, issued, registered, within
from fairpractice.measures.measure import Measure


MEASURE = Measure(
    title="Statin treatment in cardiovascular disease",
    why="After a heart attack or stroke a statin prevents the next one. People who are poor, women "
    "and several minority groups are given it less, or stop and are not asked why.",
    source="Quality and Outcomes Framework 2026/27, CHOL003 (people on a register of heart disease "
    "or stroke who are currently prescribed a statin); NICE guideline NG238; NHS England, "
    "Core20PLUS5 for adults, 5 (optimal lipid management)",
    author="fairpractice contributors",
    checked_by="A second developer, 2026-11-23, against the framework’s guidance 2026/27, as "
    "public code quotes it; no clinician yet",
    review_by=dt.date(2027, 11, 23),
    population=registered() & age(18) & (ever("coronary-heart-disease") | ever("stroke")),
    unless=any_of(within("statin-unsuitable", months=12), ever("haemorrhagic-stroke")),
    numerator=issued("statin", months=6) >= 1,
    outcomes={
        "declined": within("statin-declined", months=12),
    },
    better="higher",
    notes="Currently is taken to be an issue in the last 6 months. The framework also has people "
    "with peripheral arterial disease, a transient ischaemic attack or chronic kidney disease, and "
    "takes other lipid-lowering medicines where a statin does not suit; neither is looked at here. "
    "As in the framework, people who ever had a stroke by bleeding are left out. The list of "
    "statins is of generic tablets: where brands are recorded, add the whole refset. People who "
    "declined are shown and stay counted.",
    tags=("cardiovascular disease", "prescribing", "Core20PLUS5", "prevention"),
    spec="""
    person               | birth   | sex    | record                                                              | counted
    in: issued           | 1950-05 | male   | coronary-heart-disease 2015-01-01; prescribed statin 2026-09-01 for 84 days | yes
    out: none            | 1950-05 | female | stroke 2015-01-01                                                   | no
    missing: birth       |         | female | stroke 2015-01-01                                                   | unknown
    first day            | 1950-05 | male   | stroke 2015-01-01; prescribed statin 2026-05-01                     | yes
    a day too early      | 1950-05 | male   | stroke 2015-01-01; prescribed statin 2026-04-30                     | no
    unsuitable           | 1950-05 | male   | stroke 2015-01-01; statin-unsuitable 2026-01-10                     | excepted
    unsuitable long ago  | 1950-05 | male   | stroke 2015-01-01; statin-unsuitable 2020-01-10                     | no
    stroke by bleeding   | 1950-05 | male   | stroke 2015-01-01; haemorrhagic-stroke 2015-01-01                   | excepted
    declined: counted    | 1950-05 | male   | stroke 2015-01-01; statin-declined 2026-01-10                       | no, declined
    no such disease      | 1950-05 | male   | prescribed statin 2026-09-01                                        | not asked
    aged 17              | 2008-11 | male   | stroke 2020-01-01                                                   | not asked
    not registered       | 1950-05 | male   | stroke 2015-01-01; not registered                                   | not asked
    died                 | 1950-05 | male   | stroke 2015-01-01; died 2026-08                                     | not asked
    """,
)
