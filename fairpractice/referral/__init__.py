"""What we offer when somebody needs help: how a referral moves, and letters that support a person.

:mod:`.states` has the states of a referral and the moves between them as tables; :mod:`.letters`
drafts a letter from what is known of one person.
"""
