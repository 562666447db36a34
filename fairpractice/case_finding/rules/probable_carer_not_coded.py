"""People who are probably unpaid carers and have no carer code."""

import datetime as dt

from fairpractice.case_finding.rule import Rule
from fairpractice.criteria import circumstance, ever, known, on_register, registered


RULE = Rule(
    title="Probable carer, not coded",
    why="Unpaid carers are ill more often, put off their own care and have a right to support. In "
    "eleven practices 2.7 % of the records said so, and 10.1 % of the people who were asked.",
    source="Lawton and others 2024, BMJ Open 14:e083816 (the STATUS QUO study, at check-in); Care "
    "Act 2014, section 10 (carer's assessment)",
    author="fairpractice contributors",
    checked_by="A second developer, 2026-11-23, against the abstract and table of Lawton 2024; no "
    "clinician yet",
    review_by=dt.date(2027, 11, 23),
    population=registered(),
    finds=(circumstance("carer") | (ever("carer-support-hint") & ~known(circumstance("carer"))))
    & ~on_register("carer", ended_by="no-longer-carer"),
    outcomes={
        "said by the person or others": circumstance("carer"),
        "was a carer before": ever("no-longer-carer"),
    },
    action="Ask whether the person looks after somebody, code it if so, and offer a carer's "
    "assessment, flexible appointments, a flu vaccination and the carers' register.",
    notes="Two signs are used: a statement by the person or another organisation (at check-in, on "
    "a form, from the council), and codes that point to caring without saying it. Such a code "
    "counts only while nobody has a fresh answer: who was asked and is no carer is not asked "
    "again. Carers of whom there is no sign are not seen, and there are more of them: not known is "
    "not no.",
    tags=("carers", "coding", "inclusion"),
    spec="""
    person                     | birth   | sex    | record                                                       | found
    in: says so at check-in    | 1980-05 | female | fact carer present 2026-09-01 by self_reported               | yes, said by the person or others
    out: coded                 | 1980-05 | female | fact carer present 2026-09-01 by self_reported; carer 2026-09-02 | no, said by the person or others
    missing: nobody asked      | 1980-05 | male   |                                                              | unknown
    missing: birth and sex     |         |        | fact carer present 2026-09-01 by self_reported               | yes, said by the person or others
    a sign in the record       | 1980-05 | female | carer-support-hint 2024-03-01                                | yes
    a sign, but is no carer    | 1980-05 | female | carer-support-hint 2024-03-01; fact carer absent 2026-09-01   | no
    a sign, asked long ago     | 1980-05 | female | carer-support-hint 2024-03-01; fact carer absent 2024-09-01   | yes
    a sign, would not say      | 1980-05 | female | carer-support-hint 2024-03-01; fact carer declined 2026-09-01 | yes
    a sign, and coded          | 1980-05 | female | carer-support-hint 2024-03-01; carer 2024-03-01              | no
    asked, is not              | 1980-05 | female | fact carer absent 2026-09-01 by self_reported                | no
    would not say              | 1980-05 | female | fact carer declined 2026-09-01 by self_reported              | unknown
    a carer again              | 1980-05 | female | carer 2015-01-01; no-longer-carer 2020-01-01; fact carer present 2026-09-01 by external | yes, said by the person or others, was a carer before
    no longer a carer          | 1980-05 | female | carer 2015-01-01; no-longer-carer 2026-01-01                 | no, was a carer before
    a young carer              | 2015-05 | female | fact carer present 2026-09-01 by external                    | yes, said by the person or others
    not registered             | 1980-05 | female | fact carer present 2026-09-01; not registered                | not asked
    died                       | 1980-05 | female | fact carer present 2026-09-01; died 2026-10                  | not asked
    """,
)
