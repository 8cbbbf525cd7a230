"""What was said to an interview of a team here, and answers that the remote does not have yet."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sous.state import change_state, project_state, read_state, state_folder, write_state
from sous.team.interviews import SharedTurn
from sous.terminal import say_lines

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from sous.team.interviews import SharedInterview

_BEFORE, _AFTER = "hone-", ".json"


class Unsent:
    """The answers to the interview `name` that the remote does not have yet."""

    def __init__(self, root: Path, name: str) -> None:
        self._key = project_state(root, f"{_BEFORE}{name}{_AFTER}")

    @property
    def path(self) -> Path:
        """The file they are in."""
        return state_folder() / self._key

    def keep(self, turn: SharedTurn, answer: str) -> None:
        """Write an answer down. Raises SousError."""
        with change_state(self._key) as state:
            state[turn.id] = [turn.question, list(turn.between), answer]

    def drop(self, turn: SharedTurn) -> None:
        """Forget the answer to a question: the remote has it."""
        with change_state(self._key) as state:
            state.pop(turn.id, None)

    def all(self) -> list[tuple[SharedTurn, str]]:
        """Return the questions with our answers."""
        return [
            (SharedTurn(turn_id, question, between=tuple(between)), answer)
            for turn_id, (question, between, answer) in read_state(self._key).items()
        ]


class Moves:
    """What was said in one clone to the interview `name`, in its order: also `back`, and `skip`."""

    def __init__(self, root: Path, name: str, worker: str) -> None:
        self._key = project_state(root, f"said-{name}.{worker}.json")

    def said(self, answered: Sequence[SharedTurn]) -> list[tuple[str, str]]:
        """Return it as the history of an interview; where nothing is kept, what was answered."""
        kept = read_state(self._key).get("said")
        if kept is None:
            return [("answer", turn.answer) for turn in answered]
        return [(kind, text) for kind, text in kept]

    def keep(self, said: Sequence[tuple[str, str]]) -> None:
        """Keep all of it. Raises SousError."""
        write_state(self._key, {"said": [*said]})


def show_orphans(root: Path, there: Mapping[str, SharedInterview]) -> None:
    """Print the answers that cannot be sent, as their interview has ended or was deleted."""
    folder = state_folder() / project_state(root)
    for path in sorted(folder.glob(f"{_BEFORE}*{_AFTER}")):
        name = path.name.removeprefix(_BEFORE).removesuffix(_AFTER)
        if name in there and not there[name].ended:
            continue
        unsent = Unsent(root, name)
        lines = [f"? {turn.question}\n> {answer}" for turn, answer in unsent.all()]
        if lines:
            what = "has ended" if name in there else "was deleted"
            head = f"not sent, as the interview {name} {what}; delete {unsent.path} to forget it:"
            say_lines([head, *"\n".join(lines).split("\n")])
