"""People with cardiovascular disease who are not issued a statin."""

import datetime as dt

from fairpractice.case_finding.rule import Rule
from fairpractice.criteria import age, any_of, ever, issued, registered, within


RULE = Rule(
    title="Cardiovascular disease and no statin",
    why="After a heart attack or stroke a statin prevents the next one. Many stopped after a scare "
    "in the news or an ache, and nobody asked.",
    source="NICE guideline NG238 (a statin for everybody with cardiovascular disease, whatever the "
    "cholesterol); Quality and Outcomes Framework 2026/27, CHOL003",
    author="fairpractice contributors",
    checked_by="A second developer, 2026-11-23, against the published notes on the business "
    "rules of CHOL003; no clinician yet",
    review_by=dt.date(2027, 11, 23),
    population=registered() & age(18) & (ever("coronary-heart-disease") | ever("stroke")),
    unless=any_of(within("statin-unsuitable", months=12), ever("haemorrhagic-stroke")),
    finds=issued("statin", months=6) < 1,
    outcomes={
        "had one before": issued("statin") >= 1,
        "declined": within("statin-declined", months=12),
    },
    action="Ask what the person has heard and how they fared with tablets before. Offer another "
    "statin, a lower dose, or something else; write down a no and ask again next year.",
    notes="An issue in the last 6 months counts. As in the framework, people who ever had a stroke "
    "by bleeding are left out; unlike there, people with diabetes are not. Other medicines that "
    "lower cholesterol are not looked at, nor people who have only chronic kidney disease, "
    "peripheral arterial disease or a transient ischaemic attack, nor statins bought without "
    "prescription. The list of statins is of generic tablets: where brands are recorded, add the "
    "whole refset, or too many are found.",
    tags=("cardiovascular disease", "prescribing", "Core20PLUS5", "prevention"),
    spec="""
    person               | birth   | sex    | record                                                              | found
    in: none             | 1950-05 | male   | stroke 2015-01-01                                                   | yes
    out: issued          | 1950-05 | female | coronary-heart-disease 2015-01-01; prescribed statin 2026-09-01     | no, had one before
    missing: birth       |         | female | stroke 2015-01-01                                                   | unknown
    first day            | 1950-05 | male   | stroke 2015-01-01; prescribed statin 2026-05-01                     | no, had one before
    a day too early      | 1950-05 | male   | stroke 2015-01-01; prescribed statin 2026-04-30                     | yes, had one before
    declined: shown      | 1950-05 | male   | stroke 2015-01-01; statin-declined 2026-01-10                       | yes, declined
    unsuitable           | 1950-05 | male   | stroke 2015-01-01; statin-unsuitable 2026-01-10                     | excepted
    stroke by bleeding   | 1950-05 | male   | stroke 2015-01-01; haemorrhagic-stroke 2015-01-01                   | excepted
    unsuitable long ago  | 1950-05 | male   | stroke 2015-01-01; statin-unsuitable 2020-01-10                     | yes
    no such disease      | 1950-05 | male   |                                                                     | not asked
    died                 | 1950-05 | male   | stroke 2015-01-01; died 2026-08                                     | not asked
    """,
)
