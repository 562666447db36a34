"""The folder of local definitions: what a practice adds to what is shipped.

::

    definitions/
        codelists/       full lists loaded over the shipped starters, and their lock file
        deprivation/     publishers' files as read, with the hash of the original
        letters/         one TOML file a kind of letter
        measures/        one Python file a measure
        questionnaires/  one FHIR file a questionnaire; language packs; urgent lines
        rules/           one Python file a rule
"""

import os
from pathlib import Path


VARIABLE = "FAIRPRACTICE_DEFINITIONS"


def definitions_folder(given: Path | str | None = None) -> Path:
    """Return the local definitions folder, which need not exist yet.

    It is the one given (``--definitions DIR``), else the one that the environment variable
    ``FAIRPRACTICE_DEFINITIONS`` names, else ``definitions`` in the current folder.
    """
    return Path(given or os.environ.get(VARIABLE) or "definitions")
