"""What people tell us of their lives: questionnaires, what may follow from an answer, what may not.

A questionnaire is a FHIR R4 Questionnaire in one JSON file, and its name is its id
(``your_circumstances.json`` is ``your-circumstances``); :mod:`.reading` finds the files and checks
them. :mod:`.answering` says which questions are asked and what is wrong with an answer,
:mod:`.response` writes answers as a QuestionnaireResponse and reads it back, :mod:`.scoring` adds
up, and :mod:`.stated` says what the answers state: social facts, wishes for help, urgent needs.

Not answering states nothing. "I would rather not say" states that somebody was asked and chose not
to say, which is never a need. Wanting help is asked apart from the need.
"""
