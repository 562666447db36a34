"""OMOP's Common Data Model 5.4: what its tables, vocabularies and concepts are to a record."""
