"""Errors that people see: each says what was wrong, where, and what to do."""


class FairpracticeError(Exception):
    """Something a person can put right. The command line shows it without a traceback.

    Parameters
    ----------
    what
        What is wrong, in a sentence without a full stop.
    where
        The file, line, column or definition it is about.
    fix
        What to do about it, as an instruction.
    """

    def __init__(self, what: str, *, where: str = "", fix: str = "") -> None:
        self.what = what
        self.where = where
        self.fix = fix
        super().__init__(str(self))

    @property
    def sentence(self) -> str:
        """What is wrong and what to do, as a page says it: where is seen there."""
        return f"{self.what[0].upper()}{self.what[1:]}. {self.fix}".strip()

    def __str__(self) -> str:
        where = f" ({self.where})" if self.where else ""
        fix = f" {self.fix}" if self.fix else ""
        return f"{self.what}{where}.{fix}"
