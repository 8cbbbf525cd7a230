"""What of a document was read right: entries against what a program printed."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from bench.reading.page import Entry, plain, same_title

if TYPE_CHECKING:
    from bench.reading.made import Made

Tally = Counter[str]
MARKS = {"unproven", "moved"}
STILL = 2  # lines at each end of a prompt that are compared


def judged(made: Made, read: list[dict[str, Any]]) -> tuple[Tally, list[str]]:
    """Return the figures of a document, and in words what is wrong."""
    if made.kind == "check":
        return _claims(made, read)
    key = "text" if made.kind == "todos" else "title"
    tally, wrong = Counter(expected=len(made.page.entries)), []
    open_entries = list(made.page.entries)
    for got in read:
        entry = next((e for e in open_entries if same_title(str(got[key]), e)), None)
        if entry is None:
            tally["invented"] += 1
            wrong.append(f"invented: {got[key]!r}")
            continue
        open_entries.remove(entry)
        tally["found"] += 1
        faults = _faults(entry, got)
        tally.update(faults)
        wrong += [f"{fault}: {entry.title!r}" for fault in faults]
    return tally, wrong + [f"lost: {entry.line!r}" for entry in open_entries]


def _faults(entry: Entry, got: dict[str, Any]) -> list[str]:
    faults = []
    if entry.body is not None:
        faults += _prompt_faults(entry, str(got.get("prompt") or ""))
    if entry.done is not None and bool(got.get("done")) != entry.done:
        faults.append("done")
    if entry.depth is not None and got.get("depth") != entry.depth:
        faults.append("depth")
    return faults


def _prompt_faults(entry: Entry, prompt: str) -> list[str]:
    """Compare the lines of a prompt; indent, quote marks, empty lines and a rule after it do not count."""
    want, got = _bare(entry.body or []), _bare(prompt.split("\n"))
    if got and any(plain(line) == plain(got[0]) for line in entry.begins):
        got = got[1:]
    faults = []
    still = min(STILL, len(want))
    if got[:still] != want[:still]:
        faults.append("begin")
    if got[-still:] != want[-still:]:
        faults.append("end")
    return faults or (["inside"] if got != want else [])


def _bare(lines: list[str]) -> list[str]:
    bare = [line.strip().removeprefix(">").strip() for line in lines]
    bare = [line for line in bare if line]
    while bare and bare[-1] == "---":
        bare.pop()
    return bare


def _claims(made: Made, read: list[dict[str, Any]]) -> tuple[Tally, list[str]]:
    """Return what was said of each claim by the verdicts that stand on its lines."""
    tally: Tally = Counter(marks=sum(got["verdict"] in MARKS for got in read))
    wrong = []
    for entry in made.page.entries:
        said = [str(got["verdict"]) for got in read if entry.first <= int(got["report_line"]) <= entry.last]
        marks = sum(verdict in MARKS for verdict in said)
        tally[f"claims {entry.verdict}"] += 1
        right, name = _right(entry, said, marks)
        tally["marks right"] += marks if entry.verdict == "false" else 0
        tally["right"] += right
        tally["expected"] += 1
        tally[name] += 1
        if not right:
            wrong.append(f"{entry.kind}: {entry.verdict}, read as {', '.join(said) or 'nothing'}: {entry.title!r}")
    return tally, wrong


def _right(entry: Entry, said: list[str], marks: int) -> tuple[bool, str]:
    """Say whether a claim got what it must, and the name of what it got."""
    if entry.verdict == "false":
        if marks:
            return True, "false marked"
        return False, "false verified" if "verified" in said else "false silent"
    if marks:
        return False, f"{entry.verdict} marked"
    if entry.verdict == "none":
        return True, "none left"
    if entry.verdict == "located":
        return "located" in said, "located located" if "located" in said else "located otherwise"
    return "verified" in said, "verified verified" if "verified" in said else "verified otherwise"
