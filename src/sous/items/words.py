"""The words by which items are known, in the languages that models answer in: numbers, fields, severities, marks."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from sous.document.boxes import is_ticked
from sous.document.counted import Marked, marked, numbered, worded
from sous.document.leads import lead_in
from sous.document.words import any_of, any_whole, names
from sous.document.words import words as words_of

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

TITLES = names("titles")
LABELS = names("labels")
SEVERITY = names("severity")
LOCATION = names("location")
WHAT = names("what")
STATUS = names("status")
FIXED = names("fixed")  # fields that say how it was fixed
STRONG = names("titles", "labels", "severity", "strong")  # fields that items alone have
FIELDS = STRONG | LOCATION | names("others")
TITLE_COLUMNS = tuple(words_of("columns"))
WIDE = "\u2e80"  # letters from here on are as wide as two, without blanks between words

_SAID, _SO, _TRUE = (
    re.compile(rf"(?:{any_of(group)})(?!\w)", re.IGNORECASE)
    for group in ("claims", "denials", "is_true")
)
_CLEARED, _DECLINED = (  # alone, or with more behind a sign
    re.compile(rf"\W*(?:{any_of(group)})\W*(?:\s*[-\u2013\u2014(,.;:].*)?", re.IGNORECASE)
    for group in ("cleared", "declined")
)
_VERDICT = re.compile(
    r"(?<=\S)\s+[\u2013\u2014-]\s*(?:\*\*|__)?(?P<word>[^\W\d][\w /'\u2019]{0,20}?)"
    r"(?:\s*\([^()]*\))?(?:\*\*|__)?(?:\s*\([^()]*\))?$"
)
_PART = re.compile(rf"\W*(?:{any_of('parts')})", re.IGNORECASE)
_ABOUT = re.compile(any_whole("about"), re.IGNORECASE)
_ELSE = re.compile(any_whole("else"), re.IGNORECASE)
_ELSE_ALONE = re.compile(any_whole("else_alone"), re.IGNORECASE)
_OF_ISSUES = re.compile(any_whole("of_issues"), re.IGNORECASE)
_REMARKS = re.compile(
    rf"\W*(?:(?:{any_of('with_remarks')})\W+)*(?:{any_of('remarks')})\W*"
    rf"(?:\b(?:{any_of('with_remarks')}|{any_of('remarks')})\b\W*)*",
    re.IGNORECASE,
)
_ISSUE = re.compile(rf"\W*(?:{any_of('issue')})\s*[:\uff1a]\s*\S", re.IGNORECASE)
_REPORT = re.compile(any_whole("report"), re.IGNORECASE)
_NO_REPORT = re.compile(any_whole("no_report"), re.IGNORECASE)
_ISSUES_DONE = re.compile(  # behind the word for issues; with numbers: some of them are
    rf"(?<=\w)(?P<said>\s+(?:(?:found|identified)\s+(?:and|&)\s+)?(?:{any_of('done')})|\s*\([^()]*\b(?:{any_of('done')})\)?[^()]*\))[\W_]*$",
    re.IGNORECASE,
)
_IN_BRACKETS_NOT = re.compile(
    r"\(\s*(?:not|no|nicht|keine?|pas|no son|não)\s[^()]*\)", re.IGNORECASE
)
_IN_BRACKETS_DONE = re.compile(rf"\s*\([\W_]*(?:{any_of('done')})[\W_]*", re.IGNORECASE)
_UNDONE = re.compile(
    rf"{any_whole('undone')}|\bun(?:{any_of('done')})\b|\w+n['\u2019]t\b", re.IGNORECASE
)
_SAYS_DONE = re.compile(any_whole("done"), re.IGNORECASE)
_NAMED = re.compile(rf"^[\W_]*(?:{any_of('severity')})\s*[:\uff1a]|^[\W_]+", re.IGNORECASE)


def is_about_issues(heading: str) -> bool:
    """Tell whether what stands under a heading may be issues: `High priority`, `Known issues`."""
    heading = _IN_BRACKETS_NOT.sub("", heading)
    is_about = _ABOUT.search(heading) or is_severity(_NAMED.sub("", heading))
    return bool(is_about) and not is_about_else(heading)


def is_report(heading: str) -> bool:
    """Tell whether a heading calls what is below it a report: `Code Review`, no `Review guidelines`."""
    return bool(_REPORT.search(heading)) and not _NO_REPORT.search(heading)


def is_of_rules(heading: str) -> bool:
    """Tell whether a heading names rules by which reviews are made, which list no issues."""
    return bool(_REPORT.search(heading) and _NO_REPORT.search(heading))


def is_list_of_issues(heading: str) -> bool:
    """Tell whether a heading has a word for issues: `API issues`, `Known bugs`."""
    return bool(_OF_ISSUES.search(heading))


def is_about_else(heading: str) -> bool:
    """Tell whether what stands under a heading is no issues: `Strengths`, `Next steps`."""
    done = _SAYS_DONE if _UNDONE.search(heading) else _ISSUES_DONE
    is_else = _ELSE.search(done.sub("", heading))
    return bool(is_else or (_ELSE_ALONE.search(heading) and not _OF_ISSUES.search(heading)))


def is_of_remarks(heading: str) -> bool:
    """Tell whether a heading names remarks and nothing else: `Observations`, `Limitations`."""
    return bool(_REMARKS.fullmatch(heading))


def are_done(heading: str) -> bool:
    """Tell whether a heading says that the issues below it are done: `Critical issues fixed`.

    It does not where they are to be, or only some are: `to be fixed`, `(not yet)`, `partly`.
    """
    match = _ISSUES_DONE.search(heading)
    if match is None or _UNDONE.search(heading) or re.search(r"\d", match[0]):
        return False
    is_in_brackets = match["said"].lstrip().startswith("(")
    return not is_in_brackets or bool(_IN_BRACKETS_DONE.fullmatch(match["said"]))


def is_issue(heading: str) -> bool:
    """Tell whether a heading says of what follows that it is an issue: `Bug: x leaks`."""
    return bool(_ISSUE.match(heading))


def is_part_of_issue(heading: str) -> bool:
    """Tell whether a heading is what a section of a single issue is called: `Steps to reproduce`."""
    return bool(_PART.match(heading))


_SEVERITIES = ("critical", "high", "medium", "low", "info")
_SEVERITY = re.compile(
    "|".join(
        rf"(?P<{name}>(?<![^\W_])(?:{any_of(f'is_{name}')})(?![^\W_]))" for name in _SEVERITIES
    ),
    re.IGNORECASE,
)
_CJK_SEVERITY = re.compile(
    "(?P<critical>严重|致命|紧急|緊急|重大)|(?P<high>高)|(?P<medium>中)|(?P<low>低)"
)


def severity_in(text: str) -> str:
    """Return the first severity that a text names, in our own word for it.

    Empty where there is none.
    """
    match = _SEVERITY.search(text) or _CJK_SEVERITY.search(text)
    return match.lastgroup or "" if match else ""


def is_severity(text: str) -> bool:
    """Tell whether a text is the name of a severity and nothing else."""
    return bool(_SEVERITY.fullmatch(text.strip(" \t*_`[]()")))


def is_legend(text: str) -> bool:
    """Tell whether a text lists severities, rather than being one: `high, medium or low`."""
    return len({match.lastgroup for match in _SEVERITY.finditer(text)}) > 2  # noqa: PLR2004


_PATH = r"`?(?:[\w@.~-]*[/\\])*[\w@.~-]+\.\w{1,8}`?"
_LINE_NUMBERS = r"~?\d+(?:\s*[-\u2013\u2014]\s*\d+)?(?:,\s*\d+(?:\s*[-\u2013]\s*\d+)?)*\s*行?"
_LINES = (
    rf"(?:\s*[:,]?\s*(?:(?:{any_of('line_word')})\s*)?{_LINE_NUMBERS}"
    r"|\#L\d+(?:[-\u2013]L?\d+)?)?"
)
PLACE = rf"(?:{_PATH}{_LINES}`?|`[\w@.~/\\-]+/`)"
_IN_BRACKETS = rf"\s*[(\[]\s*(?:{any_of('line_word')})\s*{_LINE_NUMBERS}"
FIRST_PLACE = re.compile(
    rf"(?P<path>{_PATH})(?P<lines>{_IN_BRACKETS}|{_LINES})|`(?P<folder>[\w@.~/\\-]+/)`"
)
_PLACE_BEHIND = re.compile(
    rf"\s*(?:[\u2013\u2014-]\s*(?:in\s+)?(?P<dash>`[^`]*[/.][^`]*`{_LINES}|{_PATH}:\d[\d\-\u2013,\s]*)|[(\[]\s*(?:in\s+|see\s+)?(?P<bracket>{PLACE}(?:\s*(?:,|and|&|vs\.?)\s*{PLACE})*)\s*[)\]])\s*$",
    re.IGNORECASE,
)
_IS_PLACE = re.compile(
    rf"(?:lines?\s+[\d, \u2013-]+\s*(?:in|of)\s+)?{PLACE}(?:\s+lines?\s+[\d, \u2013-]+)?",
    re.IGNORECASE,
)
_MOST_TAGS = 4
_DONE_SIGN = r"(?:\u2705|\u2611\ufe0f?|\u2714\ufe0f?)"
_DONE_WORD = rf"(?:{any_of('done')})"
_STRUCK = re.compile(
    rf"~~(?P<title>[^~]+)~~(?P<rest>\W*|[\W_]*(?:{_DONE_SIGN}|{_DONE_WORD}\b).*)", re.IGNORECASE
)
_DONE = re.compile(
    rf"^\s*{_DONE_SIGN}|^\s*\[\s*{_DONE_WORD}\s*\]\s*[:\u2013\u2014-]?|{_DONE_SIGN}[\s*_]*(?:[*_~\s]*{_DONE_WORD}\b.*)?$|[(\[]\s*{_DONE_SIGN}?\s*{_DONE_WORD}[^()\[\]]*[)\]]\s*$"
    rf"|(?:[\u2013\u2014|]|\s-)\s*[*_~]*{_DONE_WORD}[*_~.!]*\s*$|:\s*[*_~]*(?-i:COMPLETED?|DONE|FIXED|RESOLVED|CLOSED)[*_~.!]*\s*$",
    re.IGNORECASE,
)
_IS_DONE = re.compile(
    rf"^[\W_]*{_DONE_WORD}(?![\w-])(?:[^\n]{{0,30}}$|\W*[\u2013\u2014.])|{_DONE_SIGN}",
    re.IGNORECASE,
)
_IN_PART = re.compile(
    r"\W*(?:part(?:ly|ial|ially)|half|mostly|teilweise|parcial\w*|en partie|частично|部分|일부)",
    re.IGNORECASE,
)
_LINK = re.compile(r"\[([^\[\]]+)\]\([^()\s]*\)")
_BOX = re.compile(r"^\s*\[(?P<mark>[ xX~/>-]?)\]\s+")
_EMOJI = "[\u2190-\u21ff\u2300-\u27bf\u2b00-\u2bff\U0001f000-\U0001faff\ufe0f\u200d\u20e3]"
_TAG = re.compile(
    r"(?P<before>[\W_]*?(?:\d+[.)]\s*|[A-Z]{1,5}-?\d{1,5}[.:]?\s+)?)(?:\*\*|__)?[\[\u3010](?P<tag>[^\[\]\u3010\u3011\n]{2,40})[\]\u3011]"
    r"(?:\*\*|__)?(?![(\[:]\S)\s*[:\uff1a]?\s*(?=\S)"
)
_TAIL = re.compile(
    r"\s+[\u00b7|]\s+(?:[*_]{1,2}(?P<said>[^*_]+)[*_]{1,2}|(?P<word>\w+)|@[\w.-]+|~\S+)$"
)
_END = re.compile(r"(?<=\S)\s*[(\[](?P<word>[\w ]{2,20})[)\]]$")
_LITTER = re.compile(
    r"\[cite(?:_start|_end|: ?[\d, ]+)?\][ \t]*|\u3010\d{1,9}[^\u3011]{0,80}\u3011[ \t]*"
)


class Said(NamedTuple):
    """What a title says: its words alone, its number, its state (None: no mark), severity, and the place behind it."""

    title: str
    number: str = ""
    state: str | None = None
    severity: str = ""
    place: str = ""


def said_in(text: str, words: Collection[str] = ()) -> Said:
    """Return what a title says, whatever marks of counting, state, severity and place it carries.

    `words` are those that titles of this file have before their numbers.
    """
    said = Said(without_litter(text).strip())
    for _ in range(8):  # each mark may stand before or behind each other
        before = said.title
        said = _without_state(said._replace(title=_bare(before)))
        said = _without_tail(_without_lead(_without_number(said, words), words))
        severity, title = _severity_off(said.severity, said.title)
        said = _without_place(said._replace(title=title, severity=severity))
        if said.title == before:
            break
    return said._replace(title=" ".join(said.title.split()), place=said.place.replace("`", ""))


def _without_state(said: Said) -> Said:
    """Take off a box, a line through all of a title, and a mark that it is done."""
    text, state = said.title, said.state
    if box := _BOX.match(text):
        state = {"x": "done", "-": "skipped"}.get(box["mark"].lower(), state or "open")
        text = text[box.end() :]
    if struck := _STRUCK.fullmatch(text):
        is_over = is_done(struck["rest"].strip(" *_:-\u2013\u2014"))
        state = "done" if is_over or state == "done" else "skipped"
        text = struck["title"]
    if match := _DONE.search(text):
        state = state if state == "skipped" else "done"
        is_before = match.start() == 0 and match.end() < len(text)
        kept = text[match.end() :] if is_before else text[: match.start()]
        text = kept if kept.strip() else text
    verdict = _VERDICT.search(text)
    if verdict and is_declined(verdict["word"]):
        text, state = text[: verdict.start()], state if state == "done" else "skipped"
    return said._replace(title=text, state=state)


def tag_in(text: str) -> str:
    """Return the word in brackets that a title begins with, empty where none does."""
    match = _TAG.match(text)
    return match["tag"] if match else ""


def end_of(text: str) -> str:
    """Return the word in brackets that a title ends with, empty where none does."""
    match = _END.search(text)
    return match["word"] if match else ""


def without_ends(text: str, *, tag: bool, end: bool) -> str:
    """Return a title without the words in brackets that stand before and behind its words."""
    for _ in range(_MOST_TAGS if tag else 0):
        match = _TAG.match(text)
        text = f"{match['before']}{text[match.end() :]}" if match else text
    return _END.sub("", text) if end else text


def _without_tail(said: Said) -> Said:
    """Take off what a tracker says behind a title: ` · *Urgent* · @name`."""
    while match := _TAIL.search(said.title):
        word = match["said"] or match["word"] or ""
        if match["word"] and not is_severity(word):
            break
        severity = severity_in(word) if is_severity(word) else ""
        said = said._replace(title=said.title[: match.start()], severity=said.severity or severity)
    return said


def _without_number(said: Said, words: Collection[str]) -> Said:
    """Take off what counts a title."""
    if lead_in(said.title).is_of_tool:
        return said
    found = marked(said.title) or _worded_by(words, said.title)
    if found is None and not said.number:
        found = numbered(said.title)
    if found is None or not found.title.strip(" *_"):
        return said
    return said._replace(number=said.number or found.number, title=found.title)


def _without_lead(said: Said, words: Collection[str]) -> Said:
    """Take off a code, a severity or a place that a title begins with."""
    lead = lead_in(said.title)
    is_known = lead.is_certain or lead.is_of_tool or prefix_of(lead.code) in words
    if not lead.end or not is_known:
        return said
    return said._replace(
        title=said.title[lead.end :],
        number=said.number or lead.code,
        severity=said.severity or severity_in(lead.flag),
        place=said.place or lead.place,
    )


def prefix_of(code: str) -> str:
    """Return the letters of a code."""
    return code.rstrip("0123456789").rstrip("-").casefold()


def _without_place(said: Said) -> Said:
    """Take off the place that stands behind a title."""
    match = None if said.place else _PLACE_BEHIND.search(said.title)
    if match is None or match.start() == 0:
        return said
    return said._replace(title=said.title[: match.start()], place=match["dash"] or match["bracket"])


def _worded_by(words: Collection[str], text: str) -> Marked | None:
    found = worded(text)
    return found if found and found.word in words else None


def without_litter(text: str) -> str:
    """Return a text without the marks of citations that some models leave."""
    return _LITTER.sub("", text)


def _severity_off(severity: str, text: str) -> tuple[str, str]:
    match = re.match(
        r"^[\[(]?(?P<word>[\w-]+)[\])]?\s*[:\uff1a\u2013\u2014|-]\s+(?=\S)|^\[(?P<bracket>[\w -]+)\]\s*",
        text,
    )
    word = (match["word"] or match["bracket"]) if match else ""
    if match and word and is_severity(word):
        return severity or severity_in(word), text[match.end() :]
    match = re.search(r"\s*[(\[](?P<word>[\w ]+)[)\]]$", text) or _VERDICT.search(text)
    if (
        match
        and match.start()
        and is_severity(re.sub(r"(?i)\s*(?:severity|priority)\s*", "", match["word"]))
    ):
        return severity or severity_in(match["word"]), text[: match.start()]
    return severity, text


def _bare(text: str) -> str:
    """Return a title without emoji, links, and marks of emphasis around it.

    Those around single words stay.
    """
    text = _LINK.sub(r"\1", text)
    text = re.sub(
        rf"^(?:(?!\u2705|\u2611|\u2714){_EMOJI}|\s)+|(?:(?!\u2705|\u2611|\u2714){_EMOJI}|\s)+$",
        "",
        text,
    )
    for marks in ("**", "__", "*", "_"):
        if text.startswith(marks) and text.endswith(marks) and len(text) > 2 * len(marks):
            inner = text[len(marks) : -len(marks)]
            if marks not in inner:
                text = inner.strip()
        elif text.startswith(marks) and text.count(marks) == 2:  # noqa: PLR2004  # bold, then a mark or a place
            text = text.replace(marks, "")
    text = text.strip()
    if len(text) > 2 and text[0] == text[-1] == '"' and '"' not in text[1:-1]:  # noqa: PLR2004
        text = text[1:-1]
    return text.rstrip(" :\uff1a")


def is_place(title: str) -> bool:
    """Tell whether a title says where and nothing else: `Line 12 in src/a.py`."""
    return bool(_IS_PLACE.fullmatch(title.replace("`", "")))


def is_undone(fix: str) -> bool:
    """Tell whether what a field says of a fix is that there is none: `None`, `not yet`."""
    return bool(_UNDONE.match(fix.strip(" *_")))


def is_cleared(title: str, statuses: Iterable[str]) -> bool:
    """Tell whether a title, or the value of a status, says that nothing is wrong: `PASS`."""
    match = _VERDICT.search(title)
    said = [*statuses, match["word"] if match else ""]
    return any(map(_CLEARED.fullmatch, said))


def is_said(head: str) -> bool:
    """Tell whether a column of a table is what somebody says is so: `Claim in the README`."""
    return bool(_SAID.match(head))


def is_so(head: str) -> bool:
    """Tell whether a column of a table is what is so in truth: `Reality`, `What the code does`."""
    return bool(_SO.match(head))


def is_declined(status: str) -> bool:
    """Tell whether a status says that an item is left as it is: `by design`, `won't fix`."""
    return bool(_DECLINED.fullmatch(status))


def is_true(cell: str) -> bool:
    """Tell whether a cell says that a claim is right: `TRUE (but repeated below)`."""
    return bool(_TRUE.match(cell.strip(" *_")))


def says_where(name: str) -> bool:
    """Tell whether a field says where: `Files`, `Files involved`, `涉及文件`."""
    words = name.split()
    return bool(words) and (
        name in LOCATION
        or not LOCATION.isdisjoint((words[0], words[-1]))
        or (name[-1] >= WIDE and any(map(name.endswith, LOCATION)))
    )


def is_done(status: str) -> bool:
    """Tell whether the value of a status field says that an item is done, and not in part."""
    if _IN_PART.match(status):
        return False
    return bool(_IS_DONE.search(status)) or is_ticked(f"- {status}")
