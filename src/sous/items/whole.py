"""What a file is as a whole: a list of issues, a document of another kind, or neither."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from sous.document.family import share_of
from sous.document.leads import lead_in
from sous.document.words import any_of, any_whole
from sous.items.evidence import explains_severities
from sous.items.words import (
    WIDE,
    is_about_issues,
    is_list_of_issues,
    is_of_rules,
    is_report,
    said_in,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sous.document.family import Family, Member
    from sous.document.outline import Outline

UNSURE = 0.5  # most confidence of what may be a list of something else
_HALF = 0.5  # of members, or of a file
_SOME = 0.3  # of members
_MOST = 0.6  # of members
_WORDS = 5  # of a title with its number
_PARTS = 2  # that only other documents have

# What an item has and little else does: a line of a file, a severity as a value, a code of issues.
PROVEN = {"sited", "rated", "sure", "placed", "front", "command", "entry", "prefixed"}
PLACED = {"sited", "placed", "own", "front", "command", "entry"}
# What items have, and parts of other documents too.
LIKELY = {
    "marked",
    "strong",
    "fielded",
    "coded",
    "flagged",
    "comment",
    "title",
    "box",
    "own",
    "row",
}

_VERSION = re.compile(
    r"\W*(?:(?:version|release|v)\s*)?\[?v?\d{1,4}\.\d+(?:\.[\dx]+)*(?:[-+.]?[a-z]+[-.\d]*)?\]?"
    r"(?:\([^()]*\))?(?:\s*[-\u2013\u2014/:(]\s*.{0,60}|\s*\W*)",
    re.IGNORECASE,
)
_DATED = re.compile(
    r"\d{4}|\bunreleased\b|\d\.\d+\.\d|^\W*(?:v|version|release)\s*\d", re.IGNORECASE
)
_UNRELEASED = re.compile(r"\W*unreleased\W*", re.IGNORECASE)
_KNOWN = re.compile(rf"[\W\d]*(?:{any_of('known_issues')})\W*", re.IGNORECASE)
_NAME = re.compile(
    rf"\W*(?:{any_of('documents')})(?!\w)|.*?(?:{any_whole('documents')})\W*$",
    re.IGNORECASE,
)
_PART = re.compile(rf"[\W\d]*(?:{any_of('parts_of_documents')})\W*", re.IGNORECASE)
_BEHIND = re.compile(r"[\s\W]+(?:v?\d[\d.]*|\([^()]*\))\W*$")
_CUT = re.compile(r"\s*[:\uff1a|]\s*|\s+[\u2013\u2014-]\s+")


def is_version(heading: str) -> bool:
    """Tell whether a heading is a version and its date, below which is what was changed."""
    is_number = _VERSION.fullmatch(heading) and _DATED.search(heading)
    return bool(is_number or _UNRELEASED.fullmatch(heading))


def is_document(title: str) -> bool:
    """Tell whether a title names a document that lists no issues: `PRD: search`, `REST API`."""
    bare = _BEHIND.sub("", title)
    if re.search(r"\bvs\b", title, re.IGNORECASE):
        return False  # `README vs. code`
    first = _CUT.split(bare.strip(), maxsplit=1)[0]
    if is_list_of_issues(first) or (is_report(first) and not is_of_rules(first)):
        return False
    is_review = is_report(bare) or is_of_rules(bare)
    is_said = _NAME.match(bare) and not is_list_of_issues(bare) and not is_review
    return bool(_NAME.match(first) or is_said)


def trusted(outline: Outline, best: Family, members: Sequence[Member]) -> dict[int, float]:
    """Return for each line of an item how sure at most it is, by what the file is; others are none.

    A file that is called a list of issues, or lists little else, is what it is. Of others the items
    must be proven, each by itself; of a document of another kind those are left that stand where
    it names what is wrong.
    """
    top = _top(outline)
    is_else = is_document(top) or _describes(outline, members)
    if best.wanted.kind in ("file", "front"):
        is_none = best.wanted.kind == "file" and is_else and not best.wanted.needs
        return {} if is_none else _all(members, 1)
    if _is_legend(best.members):
        return _all(members, UNSURE)
    if is_else:
        return _in_document(outline, best, members)
    return _all(members, _in_list(outline, top, best, members))


def _in_document(outline: Outline, best: Family, members: Sequence[Member]) -> dict[int, float]:
    """Return the same of a document of another kind."""
    is_graded = _is_spoken(best.members) and _share(best.members, {"rated"}) >= _HALF
    is_placed = _share(best.members, PLACED) >= _HALF
    if (is_placed or is_graded) and not _changed(outline):
        return _all(members, UNSURE)
    return _all([member for member in members if _is_known(outline, member)], UNSURE)


def _in_list(outline: Outline, top: str, best: Family, members: Sequence[Member]) -> float:
    """Return how sure at most the items of any other file are; 0: they are none."""
    likely = sum(map(_is_likely, best.members)) / len(best.members)
    is_spoken = _is_spoken(best.members)
    if is_about_issues(top) or is_report(top):
        is_told = (is_spoken or _are_sentences(best)) and _covers(outline, members)
        return max(UNSURE, float(likely >= _SOME or is_told))
    if _is_page(outline, members):
        return UNSURE
    is_meant = is_spoken or not top
    proofs = PROVEN if is_meant else PROVEN - {"rated"}  # which may be a priority of its own
    is_most = is_meant and likely >= _HALF and _covers(outline, members)
    if is_most or _share(best.members, proofs) >= _HALF:
        return 1
    return UNSURE if is_spoken or likely >= _HALF else 0


def _is_spoken(members: Sequence[Member]) -> bool:
    """Tell whether right above half of some members, or above all, stands a word for issues."""
    return max(share_of(members, trait) for trait in ("nearest", "all about")) >= _HALF


def _all(members: Sequence[Member], most: float) -> dict[int, float]:
    return {member.title.line: most for member in members} if most else {}


def _is_known(outline: Outline, member: Member) -> bool:
    """Tell whether an item stands where a document names what is wrong: `Known issues`."""
    above = outline.above(member.title)
    is_changed = any(map(is_version, above))
    return bool(above and not is_changed and _KNOWN.fullmatch(above[0]))


def _changed(outline: Outline) -> bool:
    """Tell whether a file lists what was changed from version to version."""
    return sum(is_version(one.text) for one in outline.headings) >= _PARTS


def _is_legend(members: Sequence[Member]) -> bool:
    is_legend = explains_severities(member.title for member in members)
    return is_legend and not _share(members, {"sited"})


def _is_page(outline: Outline, members: Sequence[Member]) -> bool:
    """Tell whether the only item is a page with its first heading, and sections below."""
    only = members[0]
    if len(members) > 1 or only.title.kind != "heading" or only.title.level > 1:
        return False
    return len(outline.headings_between(only.title.end, only.end)) >= _PARTS


def _are_sentences(best: Family) -> bool:
    """Tell whether most titles are headings that say what is open: long ones, without a mark."""
    headings = [one.title.text for one in best.members if one.title.kind == "heading"]
    texts = [text for text in headings if said_in(text).state is None]
    return sum(map(_is_sentence, texts)) >= len(best.members) * _MOST


def _is_sentence(title: str) -> bool:
    """Tell whether a title has as many words as a sentence; two wide letters are about one."""
    words = re.findall(r"\w+(?:[.:_/]+\w+)*", title[lead_in(title).end :])
    return sum(len(word) // 2 if word[0] >= WIDE else 1 for word in words) >= _WORDS


def _is_likely(member: Member) -> bool:
    return bool(
        member.traits & PROVEN or (member.traits & LIKELY and "required" not in member.traits)
    )


def _share(members: Sequence[Member], traits: set[str]) -> float:
    return sum(bool(member.traits & traits) for member in members) / max(1, len(members))


def _top(outline: Outline) -> str:
    """Return the first heading of a file, if no other is above it."""
    headings = outline.headings
    is_top = headings and all(headings[0].level <= one.level for one in headings)
    text = headings[0].text if is_top else ""
    return text[lead_in(text).end :] or text


def _describes(outline: Outline, members: Sequence[Member]) -> bool:
    """Tell whether a file has parts that only documents have which describe something."""
    lines = {member.title.line for member in members}
    others = [one.text for one in outline.headings if one.line not in lines]
    parts = {text.casefold() for text in others if _PART.fullmatch(text)}
    return len(parts) >= _PARTS or _changed(outline)


def _covers(outline: Outline, members: Sequence[Member]) -> bool:
    """Tell whether items are half of a file."""
    own = sum(max(member.end - member.title.line, 1) for member in members)
    return own >= outline.lines * _HALF
