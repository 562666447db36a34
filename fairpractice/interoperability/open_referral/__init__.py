"""Open Referral: directories of services, as HSDS 3 and Open Referral UK 3 write them.

:mod:`.entities` has the standard's tables and what belongs to what; :mod:`.reading` makes plain
rows of JSON; :mod:`.private` takes out what must not be where the public could see it.
"""
