"""A process for one repository, where a system cannot fork: `python -m sous.fleet.alone`.

It reads one order and answers as `sous.fleet.child` does. Whoever started it ends it.
"""

from __future__ import annotations

import os
import sys

from sous.fleet.child import work_on


def main() -> None:
    """Carry out one order."""
    answers = os.fdopen(os.dup(1), "wb", buffering=0)
    os.dup2(2, 1)  # what a library prints is no answer
    line = sys.stdin.buffer.readline()
    if line:
        work_on(line, answers.write)


if __name__ == "__main__":
    main()
