"""Where the prompt of a step points at what its agent cannot see."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from sous.document.markdown import parse

if TYPE_CHECKING:
    from collections.abc import Iterable

_DOCUMENT = (
    r"(?:the |our |this )?(?:spec|specification|requirements?(?: document)?|prd|design document|"
    r"blueprint|implementation plan|prompt plan)\b(?! (?:of|for|by) (?-i:[A-Z]))(?!['\w-])"
)
_AS = r"(?:see|per|as|like|in|from|follow|following|according to|refer to|consult|read|by|to)"
_LIKE = r"(?:same|like|as|similar|similarly|analogous(?:ly)?|see|repeat)"
_TOLD = (
    r"(?:described|specified|defined|stated|given|listed|required|outlined|explained|mentioned|"
    r"noted|laid out|set out|agreed|shown)"
)
_MADE = r"(?:left|made|built|created|wrote|written|added|introduced|implemented)"
_TALK = r"(?:interview|conversation|discussion|chat)"
_POINTERS = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        rf"\b(?:see|per|consult|refer to|according to|follow) {_DOCUMENT}",
        rf"\bas (?:\w+ )?(?:in|by|per) {_DOCUMENT}",
        rf"\b{_TOLD} (?:in|by) {_DOCUMENT}",
        rf"\bas {_DOCUMENT} (?:says|asks|demands|requires|states|describes)",
        r"(?<![\w/.-])(?:spec|prompt_plan|todo)\.md\b",
        (
            rf"(?<!\d )(?<!\d, )\b{_AS} (?:section|chapter|\u00a7) ?\d[\d.]*\b"
            r"(?! of (?:the )?(?-i:[A-Z`]))"
        ),
        (
            rf"\b{_LIKE}\b(?: (?!{_MADE}\b)\w+){{0,4}}? (?:steps?|prompts?|chunks?) #?\d+\b"
            rf"(?! {_MADE})"
        ),
        (
            rf"\b{_LIKE}\b(?: \w+){{0,4}}? (?:previous|earlier|last|preceding|prior) "
            r"(?:step|prompt|chunk)s?\b"
        ),
        (
            r"\b(?:previous|earlier|preceding|prior|next|first) "
            r"(?:prompt|conversation|chat|message)s?\b"
        ),
        r"\bas (?:we |you |was |were )?(?:just )?(?:discussed|agreed|talked about)\b",
        rf"\b(?:as )?{_TOLD} (?:earlier|before|previously)\b",
        r"\b(?:the|an?) (?:attached|enclosed) \w+",
        r"\b(?:attached|enclosed) (?:file|image|screenshot)s?\b",
        rf"\b(?:as |from |see |per )(?:in )?(?:our|the) {_TALK}\b(?! \w)",
    )
)
_ABOVE = re.compile(rf"\bas (?:{_TOLD} )?above\b|\b{_TOLD} above\b", re.IGNORECASE)
_LISTED = re.compile(r"^\s*(?:[-*+]|\d+[.)]|\||`{3}|#)", re.MULTILINE)

_BY_ID = r"\b(?:implement|see|per|satisfy|fulfil\w*|carry out|according to|as in|cover)s? "


def pointers_in(prompt: str, ids: Iterable[str] = ()) -> list[str]:
    """Return the words of a prompt that send its reader to what is not there; `ids`: of the spec.

    "As above" is all right below a list or a block of code of the prompt itself.
    """
    document = parse(prompt)
    prose = "\n".join(
        "" if fenced else line
        for line, fenced in zip(document.lines, document.fenced, strict=False)
    )
    text = " ".join(prose.split())
    patterns = [*_POINTERS]
    if known := "|".join(sorted(map(re.escape, ids), reverse=True)):
        patterns.append(re.compile(rf"{_BY_ID}(?:requirements? )?(?:{known})\b", re.IGNORECASE))
    found = [match[0] for pattern in patterns if (match := pattern.search(text))]
    above = None if found else _ABOVE.search(prose)
    if above and not _LISTED.search(prompt[: above.start()]):
        found.append(above[0])
    return found
