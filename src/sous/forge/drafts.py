"""From items to drafts of issues: each one checked, its places linked, its text made harmless."""

from __future__ import annotations

import re
from bisect import bisect_left
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from sous.claims.check import check_report
from sous.claims.mark import edits_of, unmarked
from sous.claims.verdict import Verdict
from sous.document.edits import Edit, edited
from sous.effort import read_within
from sous.forge.body import code_in, content_mark, cut_to, harmless_title, marked_body, plain_body
from sous.forge.defuse import harmless
from sous.forge.forge import Draft
from sous.items.context import place_of
from sous.items.read import OPEN, SKIPPED, read_items
from sous.names import STATIC
from sous.output.provenance import read_signature
from sous.terminal import one_line

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from sous.claims.evidence import Evidence
    from sous.claims.verdict import Judged
    from sous.forge.forge import Forge
    from sous.forge.pinned import Pinned
    from sous.items.read import Item

_LINK = re.compile("\ue000(\\d+)\ue001(.*?)\ue002", re.DOTALL)
_PRIVATE = re.compile("[\ue000-\ue002]")
_ROOM = 2_000  # characters of a body that are ours: what it was found by, the mark
_LINK_LENGTH = 300  # characters, about the most that a link to a place takes
_LABEL = 50  # characters, the most that GitHub takes


@dataclass(frozen=True)
class Wanted:
    """An item as it is to be posted.

    `held`: why it is not (empty: it is); `content`: the hash of what it says.
    """

    item: Item
    identity: str
    draft: Draft
    content: str
    held: str = ""


@dataclass(frozen=True)
class Extras:
    """What the command line adds to each issue, and which items it is about (none: all of them)."""

    labels: Sequence[str] = ()
    assignees: Sequence[str] = ()
    milestone: str | None = None
    unproven: bool = False
    only: Sequence[str] = ()


def _mended(text: str, evidence: Evidence | None) -> tuple[str, Sequence[Judged]]:
    """Return a text whose moved places are mended, and what came of each of them."""
    if evidence is None:
        return text, ()
    judged = check_report(text, evidence).judged
    moved = [one for one in judged if one.verdict is not Verdict.UNPROVEN]
    mended = edited(text, edits_of(text, moved))
    return mended, judged if mended == text else check_report(mended, evidence).judged


def _by_item(items: Sequence[Item], judged: Sequence[Judged]) -> list[list[Judged]]:
    """Return for each item what was judged in it."""
    starts = [item.text.count("\n", 0, item.start) + 1 for item in items]
    found: list[list[Judged]] = [[] for _ in items]
    for one in judged:
        spot = one.reference.spot
        at = -1
        if spot is not None:
            at = bisect_left([item.start for item in items], spot.start + 1) - 1
        elif items:
            at = bisect_left(starts, one.reference.line + 1) - 1
        if at >= 0 and (spot is None or spot.start < items[at].end):
            found[at].append(one)
    return found


def _found_by(path: Path, facts: dict[str, Any], commit: str | None) -> str:
    """Return a line on how an item was found."""
    task, model = str(facts.get("task") or ""), str(facts.get("model") or "")
    by = (
        f"`sous {task}`"
        if re.fullmatch(r"[\w-]+", task)
        else f"`{_in_ticks(f'sous post {path.name}')}`"
    )
    how = (
        " by static analysis" if model == STATIC else f" with `{_in_ticks(model)}`" if model else ""
    )
    where = f", at {commit[:12]}" if commit else ""
    return f"Found by {by}{how}{where}"


def _in_ticks(text: str) -> str:
    """Return a text that stays between backticks."""
    return one_line(text).replace("`", "'")[:200]


@dataclass(frozen=True)
class Drafter:
    """Makes drafts of the items of the file at `path`.

    `evidence` is None where there is no bundle to look into.
    """

    path: Path
    forge: Forge
    pinned: Pinned
    evidence: Evidence | None
    extras: Extras

    def drafts(self, text: str) -> list[Wanted]:
        """Return what is to be posted of a file of items, in its order. Raises OutOfTime."""
        return read_within(self.path.name, self._drafts, text)

    def _drafts(self, text: str) -> list[Wanted]:
        body, facts = read_signature(text)
        mended, judged = _mended(_PRIVATE.sub("\ufffd", unmarked(body)), self.evidence)
        items = read_items(mended).items
        told = _found_by(self.path, facts or {}, self.pinned.commit)
        wanted = []
        first: dict[str, int] = {}
        for item, own in zip(items, _by_item(items, judged), strict=True):
            if self.extras.only and str(item.number) not in self.extras.only:
                continue
            made = self._draft(item, own, told)
            before = first.setdefault(made.identity, item.number)
            if before != item.number:
                made = replace(made, held=made.held or f"the same finding as item {before}")
            wanted.append(made)
        return wanted

    def _draft(self, item: Item, judged: Sequence[Judged], told: str) -> Wanted:
        title = harmless_title(item.title, self.forge.most_title)
        links: list[str] = []
        source = self._with_places(item, judged, links)

        def says(number: str) -> bool:
            return self.evidence is not None and self.evidence.says(number)

        most = self.forge.most_body - _ROOM - _LINK_LENGTH * len(links)

        def with_links(text: str) -> str:
            return _LINK.sub(lambda match: f"[{match[2]}]({links[int(match[1])]})", text)

        text = cut_to(plain_body(item, source), most, self._more())
        if item.location and not judged and item.location not in text:
            text = f"**Location:** {one_line(item.location)}\n\n{text}"
        text = harmless(text, known_numbers=says, as_posted=with_links)
        bare = _LINK.sub(lambda match: match[2], text)
        footer = f"---\n*{told}{_checked(judged)}.*"
        full = f"{with_links(text)}\n\n{footer}".lstrip()
        labels = dict.fromkeys(label[:_LABEL] for label in (*item.labels, *self.extras.labels))
        draft = Draft(
            title,
            marked_body(item.identity, title, content=bare, text=full),
            tuple(labels),
            tuple(self.extras.assignees),
            self.extras.milestone,
        )
        return Wanted(
            item, item.identity, draft, content_mark(title, bare), _held(item, judged, self.extras)
        )

    def _with_places(self, item: Item, judged: Sequence[Judged], links: list[str]) -> str:
        """Return the body of an item, its places between marks of ours, and note their links."""
        edits = []
        for one in judged:
            spot, place = one.reference.spot, place_of(one)
            if spot is None or place is None or spot.prefix is not None or one.reference.link:
                continue
            start, end = spot.start, spot.end
            if item.text[start - 1 : start] == "`" and item.text[end : end + 1] == "`":
                start, end = start - 1, end + 1
            elif any(first < start < last for first, last in code_in(item.source, at=item.start)):
                continue
            is_inside = item.body_start <= start and end <= item.body_end
            link = self.pinned.link(place, item.finding.quote) if is_inside else None
            if link:
                text = f"\ue000{len(links)}\ue001{item.text[start:end]}\ue002"
                edits.append(Edit(start - item.body_start, end - item.body_start, text))
                links.append(link)
        return edited(item.body, edits)

    def _more(self) -> str:
        link = self.pinned.link_to_file(self.path.name)
        name = f"`{_in_ticks(self.path.name)}`"
        name = f"[{name}]({link})" if link else name
        return f"*It is cut here; the whole of it is in {name}.*"


def _checked(judged: Sequence[Judged]) -> str:
    counts = {verdict: sum(one.verdict is verdict for one in judged) for verdict in Verdict}
    held = counts[Verdict.VERIFIED] + counts[Verdict.LOCATED] + counts[Verdict.MOVED]
    told = [f"{held} reference{'s' * (held != 1)} to the code hold"] if held else []
    told += [f"{counts[Verdict.UNPROVEN]} could not be proved"] if counts[Verdict.UNPROVEN] else []
    return f"; {', '.join(told)}" if told else ""


def _held(item: Item, judged: Sequence[Judged], extras: Extras) -> str:
    """Return why an item is not posted, empty where it is."""
    if item.state != OPEN:
        return "it is ticked as done" if item.state != SKIPPED else "it is marked as skipped"
    unproven = [one.reference for one in judged if one.verdict is Verdict.UNPROVEN]
    if unproven and not extras.unproven:
        text = unproven[0].text[:60].replace("`", "")
        return f"{text!r} is nowhere in the code; --unproven posts it anyway"
    return ""
