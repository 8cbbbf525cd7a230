"""Reviews written from their claims, each true, false or none at all."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from bench.reading.claimed import CLAIMS
from bench.reading.page import Entry, Page, fence

if TYPE_CHECKING:
    from collections.abc import Callable

    from bench.reading.claim import Claim
    from bench.reading.repository import Repository
    from bench.reading.words import Words

FIXED: dict[str, tuple[str, ...]] = {
    "form": ("code", "plain", "link", "paren", "hash", "word", "dots"),
    "wrap": ("no", "no", "fence"),
    "bundle": ("numbered", "plain"),
}
DRESS: dict[str, tuple[str, ...]] = {
    # the last two say their places in one way only
    "layout": ("inline", "field", "heading", "after", "table", "bullets", "bold-lines", "file-section"),
    "lang": ("en", "en", "de", "ru", "ja"),
    "eol": ("lf", "lf", "crlf"),
    "filler": ("yes", "no"),
}


def possible(_look: dict[str, str]) -> bool:
    """Say whether somebody would write features together: always."""
    return True


def write_review(words: Words, look: dict[str, str], repository: Repository) -> Page:
    """Write a review of a dozen claims of different kinds."""
    page = Page()
    page.block("# Code review", "", f"{words.task_again()}{words.stop()}")
    kinds = words.rng.sample(list(CLAIMS), 12)
    claims = [replace(CLAIMS[kind](words.rng, repository), kind=kind) for kind in kinds]
    if look["layout"] == "table":
        _table(words, look, page, claims)
        return page
    for number, claim in enumerate(claims, 1):
        before = len(page.lines)
        LAYOUTS[look["layout"]](words, look, page, claim, number)
        _note(page, claim, before)
        if look["filler"] == "yes":
            page.block(f"{words.word('impact')}: {words.task_again()}{words.stop()}")
    return page


def _note(page: Page, claim: Claim, before: int) -> None:
    entry = Entry(claim.say, claim.say, first=before + 1, last=len(page.lines))
    entry.kind, entry.verdict = claim.kind, claim.verdict
    page.entries.append(entry)


def place(look: dict[str, str], claim: Claim) -> str:
    """Return where a claim is, in the form of this review."""
    path, first, last = claim.path, claim.first, claim.last
    lines = f"{first}" if first == last else f"{first}-{last}"
    name = path.rpartition("/")[2]
    forms = {
        "code": f"`{path}:{lines}`",
        "plain": f"{path}:{lines}",
        "link": f"[{path}:{lines}]({path}#L{first})",
        "paren": f"`{path}` ({lines})",
        "hash": f"`{path}#L{first}" + ("`" if first == last else f"-L{last}`"),
        "word": f"`{path}`, line{'' if first == last else 's'} {lines}",
        "dots": f"`.../{path.split('/')[-2]}/{name}:{lines}`" if "/" in path else f"`{path}:{lines}`",
    }
    return forms[look["form"]]


def _code(claim: Claim, indent: str = "") -> list[str]:
    if not claim.code:
        return []
    return ["", *(f"{indent}{line}" if line else "" for line in fence(claim.code, claim.tag))]


def _inline(words: Words, look: dict[str, str], page: Page, claim: Claim, number: int) -> None:
    page.block(f"### {number}. {words.fault()}")
    at = f"{place(look, claim)}: " if claim.path else ""
    page.block(f"{at}{claim.say}", *_code(claim))


def _field(words: Words, look: dict[str, str], page: Page, claim: Claim, number: int) -> None:
    page.block(f"### {number}. {words.fault()}", "")
    if claim.path:
        page.add(f"- **Location:** {place(look, claim)}")
    page.add(f"- **Severity:** {words.rng.choice(['high', 'low'])}")
    page.block(claim.say, *_code(claim))


def _heading(words: Words, look: dict[str, str], page: Page, claim: Claim, number: int) -> None:
    at = f" ({place(look, claim)})" if claim.path else ""
    page.block(f"### {number}. {words.fault()}{at}", "", claim.say, *_code(claim))


def _after(words: Words, look: dict[str, str], page: Page, claim: Claim, number: int) -> None:
    page.block(f"### {number}. {words.fault()}")
    say, end = (claim.say[:-1], claim.say[-1]) if claim.say[-1] in ".:" else (claim.say, "")
    page.block(f"{say} ({place(look, claim)}){end}" if claim.path else claim.say, *_code(claim))


def _bullets(words: Words, look: dict[str, str], page: Page, claim: Claim, _number: int) -> None:
    at = f"{place(look, claim)} — " if claim.path else ""
    page.block(f"- **{words.fault()}**: {at}{claim.say}", *_code(claim, "  "))


def _bold_lines(_words: Words, look: dict[str, str], page: Page, claim: Claim, _number: int) -> None:
    if not claim.path:
        page.block(claim.say, *_code(claim))
        return
    lines = f"Line {claim.first}" if claim.first == claim.last else f"Lines {claim.first}-{claim.last}"
    page.block(f"**{lines} ({claim.path})** - {claim.say}", *_code(claim))


def _file_section(words: Words, look: dict[str, str], page: Page, claim: Claim, _number: int) -> None:
    if not claim.path:
        page.block(f"## {words.word('notes')}", "", claim.say, *_code(claim))
        return
    lines = f"Line {claim.first}" if claim.first == claim.last else f"Lines {claim.first}-{claim.last}"
    page.block(f"## `{claim.path}`", "", f"{lines}: {claim.say}", *_code(claim))


def _table(words: Words, look: dict[str, str], page: Page, claims: list[Claim]) -> None:
    """One row for each claim; those with code stand below the table."""
    page.block("| # | Where | What |", "|---|---|---|")
    for number, claim in enumerate(claims, 1):
        if not claim.code:
            before = len(page.lines)
            page.add(f"| {number} | {place(look, claim) if claim.path else '-'} | {claim.say} |")
            _note(page, claim, before)
    for number, claim in enumerate(claims, 1):
        if claim.code:
            before = len(page.lines)
            _inline(words, look, page, claim, number)
            _note(page, claim, before)


LAYOUTS: dict[str, Callable[[Words, dict[str, str], Page, Claim, int], None]] = {
    "inline": _inline,
    "field": _field,
    "heading": _heading,
    "after": _after,
    "bullets": _bullets,
    "bold-lines": _bold_lines,
    "file-section": _file_section,
}
