"""Issues that say the same, posted at once: the oldest is kept, we close our own younger ones.

All decide by the number, which every poster sees alike, so they agree; what is older, edited or
somebody else's is left.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from sous.forge.body import duplicate_body, is_as_written, kept_instead, mark_in

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from collections.abc import Set as AbstractSet

    from sous.forge.body import IssueMark
    from sous.forge.forge import Forge, Issue


@dataclass
class OwnIssues:
    """The issues that carry our mark, by the finding that they are about.

    `numbers` are those of all issues.
    """

    by_finding: dict[str, dict[int, tuple[Issue, IssueMark]]] = field(default_factory=dict)
    numbers: set[int] = field(default_factory=set)

    def add(self, issue: Issue) -> None:
        """Note an issue, where it is ours."""
        self.numbers.add(issue.number)
        mark = mark_in(issue.body)
        if mark is not None and issue.is_ours:
            self.by_finding.setdefault(mark.identity, {})[issue.number] = issue, mark

    def kept(self, identity: str) -> tuple[Issue, IssueMark] | None:
        """Return the issue that stands for a finding: the oldest that is open, else the oldest.

        One that we closed as a duplicate stands for nothing.
        """
        known = [
            one
            for _, one in sorted(self.by_finding.get(identity, {}).items())
            if one[0].is_open or kept_instead(one[0].body) is None
        ]
        return next((one for one in known if one[0].is_open), known[0] if known else None)

    def missing(self, identities: Iterable[str]) -> list[str]:
        """Return the findings among these that no issue stands for."""
        return [identity for identity in identities if self.kept(identity) is None]

    def duplicates(self, identity: str, made: AbstractSet[int]) -> list[tuple[Issue, IssueMark]]:
        """Return the issues that are to be closed in favour of the one that is kept.

        `made`: numbers that we noted.
        """
        kept = self.kept(identity)
        if kept is None or not kept[0].is_open:
            return []
        younger = sorted(self.by_finding.get(identity, {}).items())
        return [
            one for number, one in younger if number > kept[0].number and may_be_closed(*one, made)
        ]


def may_be_closed(issue: Issue, mark: IssueMark, made: AbstractSet[int]) -> bool:
    """Tell whether an issue is open, our own and as we wrote it.

    One that was opened again by somebody stays.
    """
    is_own = issue.is_mine or issue.number in made
    was_closed = kept_instead(issue.body) is not None
    return (
        issue.is_open and is_own and not was_closed and is_as_written(issue.title, issue.body, mark)
    )


def close_duplicate(forge: Forge, number: int, kept: int, made: AbstractSet[int]) -> Issue | None:
    """Close an issue, None where it or the kept one is no longer what it was when it was read."""
    issue, older = forge.issue(number), forge.issue(kept)
    mark = mark_in(issue.body) if issue else None
    other = mark_in(older.body) if older else None
    if (
        issue is None
        or older is None
        or mark is None
        or other is None
        or mark.identity != other.identity
    ):
        return None
    if not (older.is_open and older.is_ours and may_be_closed(issue, mark, made)):
        return None
    return forge.close(number, issue.title, duplicate_body(issue.title, issue.body, mark, kept))


def unseen(found: OwnIssues, made: Iterable[int], top: int, *, most: int) -> Iterator[int]:
    """Yield the numbers that a late list may not show yet: between `top` and our last one.

    Every issue older than ours exists when ours does, and can be asked for by its number.
    """
    last = max(made, default=0)
    missing = [number for number in range(last, top, -1) if number not in found.numbers]
    yield from missing[:most]
