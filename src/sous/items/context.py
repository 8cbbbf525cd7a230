"""The code that an item is about, out of the bundle, as far as a limit of tokens allows."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sous.claims.check import check_report
from sous.claims.evidence import Evidence
from sous.claims.source import FileLines
from sous.claims.verdict import Judged, Verdict
from sous.names import OWN_FILES
from sous.tokens import count_tokens

if TYPE_CHECKING:
    from collections.abc import Container, Sequence
    from pathlib import Path

    from sous.bundle.read import Bundle
    from sous.items.read import Item

_AROUND = 60  # lines before and behind what is named, of a file that is too long as a whole


@dataclass(frozen=True)
class Context:
    """A text with an item and code, which code that is in words, and its tokens."""

    text: str
    told: str
    tokens: int


def named_files(item: Item, evidence: Evidence, packed: Container[str]) -> dict[str, list[int]]:
    """Return the files that an item names, with their lines; the one named most first."""
    counts: Counter[str] = Counter()
    lines: dict[str, list[int]] = {}
    path = item.finding.path
    for one in check_report(item.source, evidence).judged:
        place = place_of(one)
        found = place.path if place else one.path
        if one.verdict is Verdict.UNPROVEN or not found or found not in packed:
            continue
        counts[found] += 1 + 100 * (found == path)
        lines.setdefault(found, []).extend([place.start] if place else [])
    return {name: sorted(set(lines[name])) for name, _ in counts.most_common()}


def place_of(one: Judged) -> FileLines | None:
    """Return the lines that a reference to lines means and that are there; None for any other."""
    reference = one.reference
    if one.verdict is Verdict.UNPROVEN or reference.kind != "line":
        return None
    if (
        one.found
        or reference.start is None
        or one.path is None
        or one.verdict not in (Verdict.VERIFIED, Verdict.LOCATED)
    ):
        return one.found
    return FileLines(one.path, reference.start, reference.end or reference.start)


def with_files(item: Item, bundle: Bundle, folder: Path, *, limit: int) -> Context | None:
    """Return an item with the files that it names; None where the bundle has none of them."""
    evidence = Evidence(bundle, without=OWN_FILES, folder=folder)
    named = named_files(item, evidence, bundle.files)
    if not named:
        return None
    text = f"{item.source.rstrip()}\n\nThe files that this is about:\n"
    left = limit - count_tokens(text)
    parts, left_out = [], []
    for path, lines in named.items():
        for content in (bundle.files[path].packed, _excerpt(bundle.files[path].packed, lines)):
            block = f'\n<file path="{path}">\n{content.rstrip()}\n</file>\n' if content else ""
            size = count_tokens(block)
            if block and size <= left:
                parts.append(block)
                left -= size
                break
        else:
            left_out.append(path)
    if not parts:
        text = f"{item.source.rstrip()}\n"
    text = text + "".join(parts)
    told = (
        f"{len(parts)} of the {len(named)} files that it names"
        if left_out
        else _counted(len(parts))
    )
    return Context(
        text,
        told + (f" ({', '.join(left_out)} do not fit)" if left_out else ""),
        count_tokens(text),
    )


def with_bundle(item: Item, bundle: Bundle) -> Context:
    """Return an item with the whole bundle, the bundle first as in all our prompts."""
    text = f"{bundle.text.rstrip()}\n\nWhat is to be done:\n\n{item.source.rstrip()}\n"
    return Context(text, "the whole bundle", count_tokens(text))


def _counted(count: int) -> str:
    return "the file that it names" if count == 1 else f"the {count} files that it names"


def _excerpt(content: str, lines: Sequence[int]) -> str:
    """Return the lines around those that are named, nothing where none are."""
    if not lines:
        return ""
    every = content.split("\n")
    wanted = sorted(
        {
            at
            for line in lines
            for at in range(line - _AROUND, line + _AROUND + 1)
            if 0 < at <= len(every)
        }
    )
    pieces: list[str] = []
    for before, at in zip([0, *wanted], wanted, strict=False):
        pieces += ["…"] * (at != before + 1) + [every[at - 1]]
    return "\n".join([*pieces, "…"] if wanted and wanted[-1] < len(every) else pieces)
