"""Lines about how a step is verified that are commands: `pytest -q` passes."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from sous.programs import find_program
from sous.terminal import UNSAFE

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sous.plan.shape import Planned

_COMMAND = re.compile(
    r"(?:run:? )?`(?P<command>[^`\n]{1,300})`\s*"
    r"(?:(?:still )?(?:pass(?:es)?|succeeds?|works|runs|is (?:green|clean|happy)|ends well)|"
    r"(?:exits|ends|returns)(?: with)?(?: exit)?(?: code)? (?:0|zero))?\s*[.!]?",
    re.IGNORECASE,
)
_PROGRAM = re.compile(r"[\w.+-]+")


def command_in(text: str) -> str | None:
    """Return the command that a line is, with at most a word that it passes; else None."""
    match = _COMMAND.fullmatch(text.strip())
    command = match["command"].strip() if match else ""
    words = command.split()
    if not words or UNSAFE.search(command) or not _PROGRAM.fullmatch(words[0]):
        return None
    return command if find_program(words[0], anywhere=True) else None


def commands_of(steps: Iterable[Planned]) -> list[str]:
    """Return the commands that verify some steps, each once, in order."""
    found = (command_in(text) for step in steps for text in step.verify)
    return list(dict.fromkeys(filter(None, found)))
