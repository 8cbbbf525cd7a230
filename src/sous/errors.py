"""The one family of errors that users see: a line that says what to do, and an exit code."""


class SousError(Exception):
    """An expected failure: what failed, on which thing, what to do next, in one line.

    Exit code 1. `paid`: answers that were paid for, though nothing came of them.
    """

    exit_code = 1
    paid: tuple[object, ...] = ()


class UsageProblem(SousError):
    """The command line or a setting asks for something that makes no sense. Exit code 2."""

    exit_code = 2


class UnusableAnswer(SousError):
    """The model answered, but not with something to keep: cut off, refused, empty. Exit code 3."""

    exit_code = 3


class OverBudget(SousError):
    """It would take more tokens or money than allowed. Exit code 4."""

    exit_code = 4
