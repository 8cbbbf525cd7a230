"""`sous-static`, a model of llm that is none: static analysis of the bundle, for the tasks of our report templates."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import llm

from sous.names import STATIC

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

MARKER = re.compile(r"^[ \t]*<!-- sous:task ([a-z-]+) -->[ \t]*\r?$", re.MULTILINE)
_ABOVE = "Everything above this line is the bundle"


class Static(llm.Model):
    """Answers with what sous.analyst finds.

    `root`: the project on the disk, where history and coverage are. `results`: files of linters.
    """

    model_id = STATIC
    can_stream = True
    supports_conversation = False

    def __init__(self, root: Path | None = None, *, results: Sequence[str] = ()) -> None:
        self.root = root
        self.results = tuple(map(Path, results))

    def __str__(self) -> str:
        return f"sous: {STATIC} (no model: static analysis of a bundle)"

    def execute(
        self,
        prompt: llm.Prompt,
        stream: bool,  # noqa: ARG002, FBT001  # llm calls it so
        response: llm.Response,  # noqa: ARG002
        conversation: llm.Conversation | None,  # noqa: ARG002
    ) -> Iterator[str]:
        """Yield the report that the task asks for, section by section.

        Raises llm.ModelError or SousError.
        """
        from sous.analyst.linters import sarif_in
        from sous.analyst.reports import TASKS, report
        from sous.bundle.read import Bundle
        from sous.errors import SousError

        task, text = task_and_bundle(prompt.prompt or "")
        if task not in TASKS:
            raise llm.ModelError(
                f"{STATIC} makes {', '.join(TASKS)} from a bundle, with the templates of sous only: "
                "cat output.txt | llm -m sous-static -t sous:code-review-gen"
            )
        try:
            root = self.root or _root_here()
            yield from report(task, Bundle(text), root=root, results=self.results or sarif_in(root))
        except SousError as exc:
            raise llm.ModelError(str(exc)) from exc


def task_and_bundle(text: str) -> tuple[str, str]:
    """Return the task that a prompt ends with, and the bundle before it.

    An empty task where no template of ours is.

    The last marker holds: a bundle may have others in it.
    """
    found = None
    for found in MARKER.finditer(text):  # noqa: B007  # the last one
        pass
    if found is None:
        return "", text
    above = text.rfind(_ABOVE, 0, found.start())
    return found[1], text[: above if above >= 0 else found.start()].rstrip("\n ") + "\n"


def _root_here() -> Path | None:
    """Return the project that a pipe runs in.

    Its files count only where they are those of the bundle.
    """
    from sous.errors import SousError
    from sous.root import find_root
    from sous.surroundings import own

    if own():
        return None
    try:
        return find_root(Path.cwd())
    except SousError:
        return None
