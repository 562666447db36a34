"""Whom we serve: small areas and their deprivation, practices, networks, groups of people.

An area code means something only beside its vintage, so every table that has the one has the
other. In every rank, decile and fifth, 1 is the most deprived.
"""
