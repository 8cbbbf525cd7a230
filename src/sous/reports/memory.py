"""What became of findings: `.sous/findings.jsonl`, a line for each, sorted, meant to be committed."""

from __future__ import annotations

import contextlib
import json
import re
from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING, Any

from sous.errors import SousError
from sous.files import locked, shown_path, write_file
from sous.folder import own_folder
from sous.names import FOLDER, MEMORY
from sous.reports.findings import folded, split_report

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

    from sous.claims.evidence import Evidence
    from sous.reports.findings import Finding

OPEN, DISMISSED, FIXED = "open", "dismissed", "fixed"
_STATES = (OPEN, FIXED, DISMISSED)  # of two branches the later holds
_ID = 12  # characters of an identity


@dataclass(frozen=True)
class Known:
    """A finding that some review made: its id (the beginning of Finding.identity), and what became of it."""

    id: str
    state: str
    report: str
    title: str
    severity: str = ""
    path: str | None = None
    line: int | None = None
    quote: str = ""
    why: str = ""


@dataclass(frozen=True)
class Remembered:
    """A report by what is known: its text without dismissed findings, and how many there are of which sort."""

    text: str
    new: int
    known: int
    dismissed: int
    fixed: int

    def told(self) -> str:
        """Return the counts in words."""
        parts = [f"{self.new} new", f"{self.known} known"]
        parts += [f"{self.dismissed} dismissed left out"] if self.dismissed else []
        parts += [f"{self.fixed} fixed since"] if self.fixed else []
        return ", ".join(parts)


def read_memory(root: Path) -> dict[str, Known]:
    """Return the findings by their ids. Raises SousError that names a line that is none."""
    path = root / FOLDER / MEMORY
    if path.is_symlink() or not path.is_file():
        return {}
    found: dict[str, Known] = {}
    for number, line in enumerate(path.read_bytes().decode("utf-8-sig", "replace").split("\n"), 1):
        if not line.strip():
            continue
        try:
            entry = _known(json.loads(line))
        except (ValueError, RecursionError) as exc:
            what = (
                "a merge conflict stands there" if line[:7] in ("<<<<<<<", "=======", ">>>>>>>") else "it is no finding"
            )
            raise SousError(f"{shown_path(path)}:{number}: {what}; mend the line, or take it out") from exc
        known = found.get(entry.id)
        if known is None or _STATES.index(entry.state) > _STATES.index(known.state):  # what somebody decided holds
            found[entry.id] = entry
    return found


def _known(data: Any) -> Known:
    """Return what a line of the memory says. Raises ValueError for anything else."""
    if not isinstance(data, dict):
        raise ValueError("no object")  # noqa: TRY004  # as json raises
    entry = {key: data[key] for key in Known.__dataclass_fields__ if key in data}
    texts = {key: value for key, value in entry.items() if key not in ("path", "line")}
    fits = (
        all(isinstance(value, str) for value in texts.values())
        and {"id", "state", "report", "title"} <= entry.keys()
        and isinstance(entry.get("path"), (str, type(None)))
        and isinstance(entry.get("line"), (int, type(None)))
        and entry["state"] in _STATES
        and re.fullmatch(r"[0-9a-f]{4,64}", entry["id"])
    )
    if not fits:
        raise ValueError("fields that no finding has")
    return Known(**entry)


def write_memory(root: Path, known: Iterable[Known]) -> None:
    """Write the findings, sorted by their ids, so that two branches merge."""
    lines = (json.dumps(asdict(one), ensure_ascii=False) for one in sorted(known, key=lambda one: one.id))
    write_file(own_folder(root) / MEMORY, "".join(f"{line}\n" for line in lines).encode("utf-8", "replace"))


def remember(root: Path, report: str, text: str, evidence: Evidence) -> Remembered:
    """Note the findings of a report, and what became of those that an earlier one made.

    Dismissed ones are left out of the text: their quote is part of what they are, so code that changed makes them new.
    One is fixed when what it quotes is gone from its file. Raises SousError for a memory that cannot be read.
    """
    findings, _ = split_report(text)
    if not findings and not (root / FOLDER / MEMORY).is_file():
        return Remembered(text, 0, 0, 0, 0)
    new = known = dismissed = fixed = 0
    with _changing(root) as memory:
        for finding in findings:
            entry = _entry(finding, report)
            before = memory.get(entry.id)
            if before and before.state == DISMISSED:
                text = text.replace(finding.source, "", 1)
                dismissed += 1
                continue
            new, known = (new, known + 1) if before and before.state == OPEN else (new + 1, known)
            if not _is_gone(entry, evidence):  # what quotes nothing that is there is not worth to be remembered
                memory[entry.id] = entry
        for entry in list(memory.values()):
            if entry.state == OPEN and entry.report == report and _is_gone(entry, evidence):
                memory[entry.id] = replace(entry, state=FIXED)
                fixed += 1
    if dismissed == len(findings) and dismissed:
        text = f"## No findings\n\nAll {dismissed} that were found are dismissed.\n\n{text.lstrip()}"
    return Remembered(text, new, known, dismissed, fixed)


def _entry(finding: Finding, report: str) -> Known:
    quote = folded(finding.quote)
    return Known(
        finding.identity[:_ID], OPEN, report, finding.title, finding.severity, finding.path, finding.first, quote
    )


def _is_gone(entry: Known, evidence: Evidence) -> bool:
    if not entry.quote or not entry.path:
        return False
    source = evidence.source(entry.path)
    if source is None:
        return not evidence.resolve(entry.path)
    return not source.is_reduced and not source.find(entry.quote)


def decide(root: Path, ids: Sequence[str], state: str, why: str) -> list[Known]:
    """Change the state of findings, named by the beginnings of their ids; return them. Raises SousError."""
    decided = []
    with _changing(root) as memory:
        for named in ids:
            found = [one for one in memory if one.startswith(named.lower())]
            if len(found) != 1:
                what = "no finding is" if not found else f"{len(found)} findings are"
                raise SousError(f"{what} called {named!r}; `sous findings` lists them")
            decided.append(replace(memory[found[0]], state=state, why=why))
        memory.update({one.id: one for one in decided})
    return decided


@contextlib.contextmanager
def _changing(root: Path) -> Iterator[dict[str, Known]]:
    """Hold the memory alone; what is in it at the end without an error is written."""
    with locked(own_folder(root) / "findings.lock", timeout=30) as got:
        if not got:
            raise SousError("another sous is writing .sous/findings.jsonl; try again")
        memory = read_memory(root)
        before = dict(memory)
        yield memory
        if memory != before:
            write_memory(root, memory.values())
