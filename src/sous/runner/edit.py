"""The agent `llm` (`python -m sous.runner.edit PROMPT`): an llm model writes whole files."""

from __future__ import annotations

import contextlib
import json
import os
import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from sous.asking.expected import Expectation, Form
from sous.asking.session import Session
from sous.errors import SousError, UnusableAnswer
from sous.files import read_file, remove_file, write_file
from sous.proc import ProgramFailed, own_command, run
from sous.request import ModelRequest
from sous.runner.answered import read_answer
from sous.terminal import one_line

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sous.asking.bill import Bill
    from sous.runner.answered import FileEdit

# Where a model leaves the rest of a file to the reader: dots in a comment, and a word for the rest.
_DOTS = r"(?:\.{3}|\u2026)"
_COMMENT = r"(?:#|//|--|/\*|<!--|;|%|\"\"\")+"
_REST = r"\b(?:rest of|remaining|existing|unchanged|same as before)\b"
_LEFT_OUT = re.compile(
    rf"^[ \t]*{_COMMENT}[ \t]*[\[(]?{_DOTS}[^\n]*\w[^\n]*$"
    rf"|^[ \t]*{_COMMENT}[^\n]*{_REST}[^\n]*{_DOTS}[^\n]*$"
    rf"|^[ \t]*{_DOTS}[ \t]*[(\[]?[^\n]*{_REST}[^\n]*$",
    re.MULTILINE | re.IGNORECASE,
)


def left_out(edit: FileEdit, before: str) -> str:
    """Return the line in which an edit leaves a part of its file to the reader; empty: in none.

    `before`: the text of the file, in which the line may stand already.
    """
    known = {line.strip() for line in before.splitlines()}
    for match in _LEFT_OUT.finditer(edit.text or ""):
        if match[0].strip() not in known:
            return match[0].strip()
    return ""


def place_of(root: Path, name: str) -> Path:
    """Return where a file may be written.

    Raises SousError for a place outside the project, and for git's and ours.
    """
    path = root / name
    parts = Path(name).parts
    try:
        real = Path(os.path.realpath(path))
        is_odd = path.is_dir() or path.is_symlink()
    except (OSError, ValueError, RuntimeError) as exc:
        raise SousError(
            f"the answer names {name[:80]!r}, which cannot be a file here; nothing was written"
        ) from exc
    if (
        not parts
        or Path(name).is_absolute()
        or ".." in parts
        or not real.is_relative_to(root.resolve())
    ):
        raise SousError(
            f"the answer names {name!r}, which lies outside the project; nothing was written"
        )
    if {".git", ".sous"} & {
        part.casefold() for part in (*parts, *real.relative_to(root.resolve()).parts)
    }:
        raise SousError(
            f"the answer names {name!r}, which agents may not write; nothing was written"
        )
    if is_odd:
        raise SousError(f"the answer names {name!r}, which is not a file; nothing was written")
    return path


def carry_out(session: Session, prompt: Path) -> list[str]:
    """Ask a model for a step and write its files; return what was done.

    Raises SousError before anything is written.
    """
    root = session.root
    bundle = ""
    with contextlib.suppress(ProgramFailed):  # there is nothing yet that could be packed
        packing = ("bundle", "--project", "--root", str(root), "--no-line-numbers", "-q", "-o", "-")
        bundle = run(*own_command("sous", *packing), cwd=root, timeout=600).decode(
            "utf-8", "replace"
        )
    text = f"{bundle.rstrip()}\n\n{prompt.read_text('utf-8')}"
    with session.logged():
        answer = session.ask(
            session.template("edit-gen"),
            text,
            task="run",
            what="writing files",
            expectation=Expectation(_has_files, Form.FILES),
            is_kept=True,
        )
        edits = read_answer(answer).edits
        try:
            places = _places(edits, root)
        except SousError:
            session.forget()  # the same answer would fail again
            raise
        for edit, path in places:
            if edit.text is not None:
                write_file(path, edit.text.encode("utf-8", "replace"), root=root)
            elif path.is_file():
                remove_file(path)
    return [f"{'deleted' if edit.text is None else 'wrote'} {edit.path}" for edit in edits]


def _places(edits: Sequence[FileEdit], root: Path) -> list[tuple[FileEdit, Path]]:
    """Return where each edit goes. Raises SousError where one of them cannot be carried out."""
    places = [(edit, place_of(root, edit.path)) for edit in edits]
    for edit, path in places:
        _refuse_left_out(edit, path, root)
    return places


def _refuse_left_out(edit: FileEdit, path: Path, root: Path) -> None:
    """Raise UnusableAnswer where a part of a file is not given: the file would lose it."""
    before = read_file(path, root=root).decode("utf-8", "replace") if path.is_file() else ""
    line = left_out(edit, before)
    if line:
        raise UnusableAnswer(
            f"the answer leaves out parts of {edit.path} ({one_line(line)[:80]!r}); "
            "nothing was written"
        )


def _has_files(text: str) -> str | None:
    """Return what makes an answer useless: no file, or code that belongs to none."""
    found = read_answer(text)
    if found.unplaced:
        return f"{found.unplaced[0]}, so nothing was written"
    return None if found.edits else "gave no files: no heading with a path and a fence below it"


_NOTHING_USED = json.dumps({"type": "result", "total_cost_usd": 0.0})


def told_use(bill: Bill) -> str:
    """Return in a line of JSON, as Claude Code does, what answers took and cost."""
    facts = bill.facts()
    usage = {f"{key}_tokens": count for key, count in facts["tokens"].items() if key != "cached"}
    return json.dumps({"type": "result", "total_cost_usd": facts["usd"], "usage": usage})


def main() -> None:
    """Do as the command line says."""
    from sous.terminal import say, write_lines

    prompt, *rest = sys.argv[1:]
    options = dict(zip(rest[::2], rest[1::2], strict=True))
    most = options.get("--max-cost")
    request = ModelRequest(
        model=options.get("--model"),
        root=Path.cwd(),
        max_cost=None if most is None else float(most),
    )
    used, code = _NOTHING_USED, 0
    try:
        session = Session.of(request)
        try:
            for line in carry_out(session, Path(prompt)):
                say(line)
        finally:
            used = told_use(session.bill) if session.bill.answers else used
    except SousError as error:
        say(f"Error: {error}")
        code = error.exit_code
    write_lines([used])  # not where it is ended: then nobody knows what it cost
    sys.exit(code)


if __name__ == "__main__":
    main()
