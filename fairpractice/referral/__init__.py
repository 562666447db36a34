"""What we offer when somebody needs help: which services suit, how a referral moves, and letters.

:mod:`.services` finds what suits a person and says why; :mod:`.needs` says which services answer
which need. :mod:`.states` has the states of a referral and the moves between them as tables;
:mod:`.letters` drafts a letter from what is known of one person.
"""
