"""What became of findings: `.sous/findings.jsonl`, a sorted line for each, to be committed.

Where several people decide, `.sous/findings/` has one file each, which merge without a conflict.
"""

from __future__ import annotations

import contextlib
import json
import re
from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING, Any

from sous.claims.quotes import find_quote
from sous.errors import SousError
from sous.files import shown_path
from sous.folder import has_own_folder, own_folder, own_names, read_own
from sous.locks import locked_in
from sous.names import FOLDER, MEMORIES, MEMORY

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

    from sous.claims.evidence import Evidence
    from sous.folders import HeldFolder
    from sous.reports.findings import Finding

OPEN, DISMISSED, FIXED = "open", "dismissed", "fixed"
_ENDING = ".json"
_STATES = (OPEN, FIXED, DISMISSED)  # of two branches the later holds
_LARGEST = 50_000_000  # bytes
_LARGEST_FILE, _MOST_FILES = 1_000_000, 50_000  # bytes of one file, and how many are read
_ID = 12  # characters of an identity


@dataclass(frozen=True)
class RememberedFinding:
    """A finding that some review made, and what became of it.

    `id` is the beginning of Finding.identity.
    """

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
    """What is known of a report's findings: the dismissed ones, and how many others there are.

    `place`: where that is kept.
    """

    dismissed: Sequence[Finding] = ()
    new: int = 0
    known: int = 0
    fixed: int = 0
    place: str = f"{FOLDER}/{MEMORY}"

    def told(self, *, shown: bool = False) -> str:
        """Return the counts in words; `shown`: the dismissed ones are not left out."""
        parts = [f"{self.new} new", f"{self.known} known"]
        parts += [self._dismissed(shown=shown)] if self.dismissed else []
        parts += [f"{self.fixed} fixed since"] if self.fixed else []
        return ", ".join(parts)

    def _dismissed(self, *, shown: bool) -> str:
        told = f"{len(self.dismissed)} dismissed by {self.place}"
        return told if shown else f"{told} (--all-findings shows them)"


def read_memory(root: Path) -> dict[str, RememberedFinding]:
    """Return the findings by their ids. Raises SousError that names a line that is none.

    What has a file of its own is as that says.
    """
    data = read_own(root, MEMORY, most=_LARGEST)
    found = _read_lines(root / FOLDER / MEMORY, data) if data else {}
    for name in own_names(root, MEMORIES)[:_MOST_FILES]:
        if not name.endswith(_ENDING):
            continue
        path = root / FOLDER / MEMORIES / name
        one = _read_lines(path, read_own(root, MEMORIES, name, most=_LARGEST_FILE) or b"")
        if one and [*one] != [name.removesuffix(_ENDING)]:
            raise SousError(f"{shown_path(path)} contains another finding; rename the file")
        found |= one
    return found


def _read_lines(path: Path, data: bytes) -> dict[str, RememberedFinding]:
    found: dict[str, RememberedFinding] = {}
    for number, line in enumerate(data.decode("utf-8-sig", "replace").split("\n"), 1):
        if not line.strip():
            continue
        try:
            entry = _known(json.loads(line))
        except (ValueError, RecursionError) as exc:
            is_conflict = line[:7] in ("<<<<<<<", "=======", ">>>>>>>")
            what = "there is a merge conflict" if is_conflict else "it is not a finding"
            raise SousError(
                f"{shown_path(path)}:{number}: {what}; fix the line or delete it"
            ) from exc
        known = found.get(entry.id)
        # of two entries with one id the state that is later in _STATES wins
        if known is None or _STATES.index(entry.state) > _STATES.index(known.state):
            found[entry.id] = entry
    return found


def _known(data: Any) -> RememberedFinding:
    """Return what a line of the memory says. Raises ValueError for anything else."""
    if not isinstance(data, dict):
        raise ValueError("no object")  # noqa: TRY004  # as json raises
    entry = {key: data[key] for key in RememberedFinding.__dataclass_fields__ if key in data}
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
    return RememberedFinding(**entry)


def write_memory(root: Path, known: Iterable[RememberedFinding]) -> None:
    """Write the findings, sorted by their ids, or one file each where there is a folder of them."""
    lines = {one.id: _line(one) for one in sorted(known, key=lambda one: one.id)}
    if not has_own_folder(root, MEMORIES):
        with own_folder(root) as folder:
            folder.write(MEMORY, b"".join(lines.values()))
        return
    with own_folder(root, MEMORIES) as folder:
        for finding_id, line in lines.items():
            name = f"{finding_id}{_ENDING}"
            if folder.read(name, most=_LARGEST_FILE) != line:
                folder.write(name, line)
    with own_folder(root) as folder:
        folder.remove(MEMORY)


def _line(one: RememberedFinding) -> bytes:
    return f"{json.dumps(asdict(one), ensure_ascii=False)}\n".encode("utf-8", "replace")


def split_memory(root: Path) -> bool:
    """Keep findings in one file each from now on; tell whether findings.jsonl was taken apart.

    Raises SousError for a memory that cannot be read.
    """
    with own_folder(root) as folder, _alone(folder):
        is_there = read_own(root, MEMORY, most=_LARGEST) is not None
        known = read_memory(root)
        with own_folder(root, MEMORIES):
            pass
        if is_there:
            write_memory(root, known.values())
        return is_there


def remember(
    root: Path, report: str, findings: Sequence[Finding], evidence: Evidence
) -> Remembered:
    """Note the findings of a report, and what became of those that an earlier one made.

    Dismissed ones are to be left out: their quote is part of what they are, so code that changed
    makes them new. One is fixed when what it quotes is gone from its file. Raises SousError for a
    memory that cannot be read.
    """
    if not findings and not read_memory(root):
        return Remembered()
    new = known = fixed = 0
    dismissed = []
    with _changing(root) as memory:
        for finding in findings:
            entry = _entry(finding, report)
            before = memory.get(entry.id)
            if before and before.state == DISMISSED:
                dismissed.append(finding)
                continue
            new, known = (new, known + 1) if before and before.state == OPEN else (new + 1, known)
            # what quotes nothing that is there is not worth to be remembered
            if not _is_gone(entry, evidence):
                memory[entry.id] = entry
        for entry in list(memory.values()):
            if entry.state == OPEN and _is_gone(entry, evidence):
                memory[entry.id] = replace(entry, state=FIXED)
                fixed += 1
    place = f"{FOLDER}/{MEMORIES if has_own_folder(root, MEMORIES) else MEMORY}"
    return Remembered(dismissed, new, known, fixed, place)


def _entry(finding: Finding, report: str) -> RememberedFinding:
    quote = finding.quote.strip("\n")
    return RememberedFinding(
        finding.identity[:_ID],
        OPEN,
        report,
        finding.title,
        finding.severity,
        finding.path,
        finding.first,
        quote,
    )


def _is_gone(entry: RememberedFinding, evidence: Evidence) -> bool:
    """Tell whether what a finding quotes stands no more in its file.

    A file that was not packed may hold it still.
    """
    if not entry.quote or not entry.path:
        return False
    sources = [evidence.source(path) for path in evidence.resolve(entry.path)]
    if not sources:
        return not evidence.may_be_left_out(entry.path)
    return all(
        source and not source.is_reduced and not find_quote(source, entry.quote)
        for source in sources
    )


def decide(root: Path, ids: Sequence[str], state: str, why: str) -> list[RememberedFinding]:
    """Change the state of findings, named by the beginnings of their ids; return them.

    Raises SousError.
    """
    decided = []
    with _changing(root) as memory:
        for named in ids:
            found = [one for one in memory if named and one.startswith(named.lower())]
            if len(found) != 1:
                what = "no finding is" if not found else f"{len(found)} findings are"
                raise SousError(f"{what} called {named!r}; `sous findings` lists them")
            decided.append(replace(memory[found[0]], state=state, why=why))
        memory.update({one.id: one for one in decided})
    return decided


@contextlib.contextmanager
def _changing(root: Path) -> Iterator[dict[str, RememberedFinding]]:
    """Hold the memory alone; what is in it at the end without an error is written."""
    with own_folder(root) as folder, _alone(folder):
        memory = read_memory(root)
        before = dict(memory)
        yield memory
        if memory != before:
            write_memory(root, memory.values())


@contextlib.contextmanager
def _alone(folder: HeldFolder) -> Iterator[None]:
    with locked_in(folder, "findings.lock", timeout=30) as got:
        if not got:
            raise SousError(f"another sous is writing {FOLDER}/{MEMORY}; try again")
        yield
