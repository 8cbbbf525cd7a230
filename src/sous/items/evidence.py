"""What speaks for a title being that of an item: how it begins, what is above it, what is below."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from sous.document.counted import counts_else, marked, numbered, worded
from sous.document.family import names_more_than_once
from sous.document.leads import has_site, lead_in
from sous.items.words import (
    SEVERITY,
    is_about_else,
    is_about_issues,
    is_legend,
    is_of_rules,
    is_place,
    is_report,
    is_severity,
    prefix_of,
    severity_in,
    tag_in,
)

if TYPE_CHECKING:
    from collections.abc import Container, Iterable, Iterator

    from sous.document.leads import Lead
    from sous.document.outline import Named, Outline, Title

_LEVELS = 3  # of severities in a legend
_FEW = 3  # words of the heading of a group
_WELL = ("\u2705", "\u2714", "\u2611")
_NO_ISSUES = {"rfc", "adr", "req", "fr", "nfr", "us", "ac", "sc", "pep", "iso", "utf", "inv"}


def prefixes_of(titles: Iterable[Title]) -> set[str]:
    """Return the letters that several codes of titles begin with, each with a number of its own."""
    codes = {lead_in(title.text).code for title in titles}
    return names_more_than_once(prefix_of(code) for code in codes if code)


def about(outline: Outline, title: Title) -> Iterator[str]:
    """Yield whether the headings above a title speak of issues, and whether of something else."""
    above = _above(outline, title)
    if not above:
        return
    if is_about_issues(above[0]):
        yield from ("about", "nearest")
    elif is_about_issues("; ".join(above)):
        yield "about"
    if any(map(is_report, above)):
        yield "report"
    if is_about_else(above[0]) or any(map(is_praise, above)) or is_of_rules(above[-1]):
        yield "else"
    if _is_of_plan(above[0]):
        yield "planned"
    before = lead_in(above[0])
    if before.code and before.is_certain:
        yield "inside"  # an issue, whose fields may look like issues


def _above(outline: Outline, title: Title) -> list[str]:
    """Return what a title stands under, the nearest first: headings, and what leads to a list."""
    lead = outline.lead_of(title) if title.kind in ("item", "list", "box") else ""
    is_telling = is_about_issues(lead) or is_about_else(lead)
    above = outline.above(title)
    if title.kind == "item" and above and is_place(above[0]):
        above = [text for text in above if not is_place(text)] or above  # which file it is about
    return [lead, *above] if is_telling else above


def is_praise(heading: str) -> bool:
    """Tell whether a heading begins with the sign that all below it is well."""
    return heading.lstrip(" *_").startswith(_WELL)


def _is_of_plan(heading: str) -> bool:
    """Tell whether a heading counts a part of a plan, and does not speak of issues."""
    return counts_else(heading) and not is_about_issues(heading)


def led(title: Title, prefixes: Container[str]) -> Iterator[str]:
    """Yield what a title begins with: a code, a severity, a place with its line.

    `sure`: this alone says that it is an item; `required`: its code is one of requirements.
    """
    text = title.text
    lead = lead_in(text)
    words = text[lead.end :]
    is_group = is_about_issues(words) or is_severity(words)
    count = len(words.split())
    is_level = title.kind == "heading" and lead.is_rated and count == 1  # `🟡 Warning`
    if is_level or (is_group and count < _FEW):
        return  # the heading of a group: `🔴 Critical issues`
    is_counted = lead.is_certain or prefix_of(lead.code) in prefixes
    if lead.code and is_counted:
        yield "coded"
        if prefix_of(lead.code) in _NO_ISSUES:
            yield "required"
    if lead.flag:
        yield "flagged"
    if is_line(lead.place):
        yield "placed"
    if _is_sure(lead, is_coded=prefix_of(lead.code) in prefixes or lead.is_certain):
        yield "sure"


def is_line(place: str) -> bool:
    """Tell whether a place names lines."""
    return ":" in place or "#L" in place or place[:1].isdecimal()


def _is_sure(lead: Lead, *, is_coded: bool) -> bool:
    """Tell whether what a title begins with is enough to be an item: `BUG-1`, `[high]`."""
    if is_coded and re.search(r"[-#]", lead.code) and prefix_of(lead.code) not in _NO_ISSUES:
        return True
    if lead.is_rated and (lead.boxed or severity_in(lead.flag) != "info"):
        return True
    return lead.is_of_tool and is_line(lead.place)


def sited(outline: Outline, title: Title, end: int) -> Iterator[str]:
    """Yield whether a title, or what is below it to a line, names a line of a file or a severity.

    `rated`: a field is a severity and nothing else, whatever the field is called.
    """
    behind = f"{title.text[lead_in(title.text).end :]} {title.rest}"
    if has_site(behind) or outline.first_site(title.line + 1, end) is not None:
        yield "sited"
    fields = outline.fields_between(title.line, end)
    if any(field.kind != "heading" and is_severity(field.value) for field in fields):
        yield "rated"


def tagged(titles: Iterable[Title]) -> set[Title]:
    """Return the titles that begin with a word in brackets, where others have a severity there."""
    found = {title: tag for title in titles if (tag := tag_in(title.text))}
    return set(found) if any(map(is_severity, found.values())) else set()


def explains_severities(titles: Iterable[Title]) -> bool:
    """Tell whether titles say what severities mean: each of three or more once, or each dot."""
    flags = [lead_in(title.text).flag for title in titles]
    said = [severity_in(flag) or flag for flag in flags]
    return all(said) and len(said) == len(set(said)) >= _LEVELS


def is_value(field: Named) -> bool:
    """Tell whether a field has a value, and no explanation of what belongs there."""
    return not (field.name in SEVERITY and is_legend(field.value))


def counted_as(text: str, *, has_marked: bool) -> Iterator[str]:
    """Yield how a title counts itself; any word counts where no title calls itself an issue."""
    if marked(text):
        yield "marked"
    if numbered(text):
        yield "numbered"
    said = None if has_marked else worded(text)
    if said:
        yield "worded"
        yield f"word {said.word}"
