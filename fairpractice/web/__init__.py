"""The service: what people and other systems do day by day, on Django and PostgreSQL.

Each folder is an app: ``models``, ``actions`` (all writes, named by the act, each leaving its audit
entry in the same transaction), presenters, thin views, ``urls`` and ``jinja2/<app>/``. Who may do
what is declared in one table, :mod:`fairpractice.web.core.access`. Nothing else in fairpractice
but the command line knows that this room exists.
"""
