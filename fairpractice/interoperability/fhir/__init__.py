"""FHIR R4: resources to rows of the record, and rows to resources.

A resource is plain JSON (a ``dict``), whether it came as JSON or XML. :mod:`.reading` finds the
resources in files, :mod:`.arriving` makes rows of them, :mod:`.leaving` makes resources of rows
and :mod:`.export` writes a whole record. What a thing is called is in :mod:`.names` alone.
"""
