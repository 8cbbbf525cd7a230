"""Code that an agent left out: "rest unchanged" in a comment, and public names that are gone."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from sous.project.languages import kind_at

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from sous.runner.differences import Difference

_WORDS = (
    r"(?:the\s+)?(?:rest|remaining|remainder|existing|other|others|previous|original|same|"
    r"unchanged|omitted|snip(?:ped)?|as\s+before|keep|your|more)"
)
_MARK = r"^\s*(?:#|//|/\*|\*|--|;;?|<!--|%|\"\"\"|\'\'\')"
_DOTS = r"(?:\.\.\.|\u2026)"
_PARTS = r"(?:code|methods?|functions?|tests?|imports?|implementation)"
_REST = r"(?:rest|remainder)\s+of\s+(?:the\s+|your\s+|this\s+)?\w+"
_OLD = r"(?:existing|previous|unchanged|other|remaining)"
_KEPT = r"(?:unchanged|omitted|remains the same)"
_LEFT = rf"(?:{_DOTS}|unchanged|same|here|before|omitted|remains?)"
_ELIDED = re.compile(
    "|".join(
        (
            rf"{_MARK}\s*{_DOTS}\s*\(?{_WORDS}\b",
            rf"{_MARK}\s*(?:{_DOTS}\s*)?\(?(?:the\s+)?{_REST}.*{_LEFT}",
            rf"{_MARK}\s*\(?{_OLD}\s+{_PARTS}\b.*{_LEFT}",
            rf"{_MARK}.*{_DOTS}\s*(?:rest|remaining|existing)?\s*(?:code\s+)?{_KEPT}",
            rf"^\s*{_DOTS}\s*\(?(?:rest|remaining|existing|unchanged)\b",
        )
    ),
    re.IGNORECASE,
)
_PUBLIC = {
    "py": r"^(?:async )?def ([A-Za-z]\w*)|^class ([A-Za-z]\w*)",
    "js": r"^export (?:default )?(?:async )?(?:function\*?|class|const|let|var) (\w+)|"
    r"^(?:module\.)?exports\.(\w+)\s*=",
    "ts": r"^export (?:default )?(?:abstract |async )?"
    r"(?:function\*?|class|const|let|interface|type|enum) (\w+)",
    "go": r"^func (?:\([^)\n]*\) )?([A-Z]\w*)|^type ([A-Z]\w*)",
    "rs": r"^\s*pub (?:async |unsafe |const )*(?:fn|struct|enum|trait|type|static|mod) (\w+)",
    "rb": r"^\s*def (?:self\.)?([a-z]\w*[?!]?)|^\s*(?:class|module) ([A-Z]\w*)",
    "java": r"^\s*public (?:[\w<>\[\]]+ )*(\w+)\s*[({]",
    "php": r"^\s*public (?:static )?function (\w+)|^(?:final |abstract )?class (\w+)",
}
_SAME = {"jsx": "js", "mjs": "js", "cjs": "js", "tsx": "ts", "mts": "ts", "pyi": "py", "kt": "java"}
_LONG = 500  # characters of a line that may be such a comment
_TAKES = re.compile(
    r"\b(?:remov|delet|drop|renam|replac|retir|mov|split|merg|inlin|privat|get rid)", re.IGNORECASE
)


def elided(changed: Iterable[Difference]) -> list[str]:
    """Return the places where new code says that there is more of it which is not there."""
    found = []
    for one in changed:
        if kind_at(one.path) not in ("code", "data") or not one.new.is_there:
            continue
        before = set(one.old.text.split("\n"))
        found += [
            f"{one.path}:{number} says `{line.strip()[:80]}`: write the whole code"
            for number, line in enumerate(one.new.text.split("\n"), 1)
            if line not in before and len(line) < _LONG and _ELIDED.search(line)
        ]
    return found


def vanished_names(changed: Sequence[Difference], asked: str) -> list[str]:
    """Return public definitions that are nowhere any more, and that the step does not speak of."""
    now = "\n".join(one.new.text for one in changed if one.new.is_there)
    words = set(re.findall(r"\w+", now))
    found = []
    for one in changed:
        if one.is_test_side or not one.old.is_there:
            continue
        is_named = one.path.rpartition("/")[2] in asked and bool(_TAKES.search(asked))
        found += [
            f"{name} is gone from {one.path}, and the step does not ask for that"
            for name in sorted(_names(one) - words)
            if not is_named and not re.search(rf"(?<!\w){re.escape(name)}(?!\w)", asked)
        ]
    return found


def _names(one: Difference) -> set[str]:
    ending = one.path.rpartition(".")[2].lower()
    pattern = _PUBLIC.get(_SAME.get(ending, ending))
    if pattern is None:
        return set()
    groups = re.findall(pattern, one.old.text, re.MULTILINE)
    flat = (name for group in groups for name in ([group] if isinstance(group, str) else group))
    return {name for name in flat if name}
