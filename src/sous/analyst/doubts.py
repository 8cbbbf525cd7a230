"""Where a rule sees a fault and a reviewer would not: what surrounds the line says that it is meant, or harmless."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sous.analyst.facts import Function, Smell

# In the line itself: default values of FastAPI and Typer, files that an object keeps open, names
# that are not used.
_IN_LINE = {
    "SIM115": re.compile(r"\bself\.\w+ = |^\s*return |\benter_context\(|\byield\b|\w+\(\s*open\("),
    "PLW0128": re.compile(r"\b(?:dummy|unused|ignored?|junk|_\w*)\b"),
    "F821": re.compile(r"\b__\w+__\b"),
    "PLW0127": re.compile(r"#|^\w"),  # at the margin a name is handed on
    "B018": re.compile(r"^\s*\(?[\w.]+(?:\[[^\]]*\])?\)?\s*(?:#|$)"),  # a property may do something
    "B019": re.compile(r"lru_cache\((?:maxsize\s*=\s*)?\d"),
    "S704": re.compile(r"striptags|escape\("),
    "S324": re.compile(r"(?i)etag|cache|checksum|fingerprint|revision|file_?hash|content_?hash"),
}
# In the function around it: what came is looked at after all.
_IN_FUNCTION = {
    "SIM115": re.compile(r"\.close\(|\bclosing\("),
    "S324": re.compile(
        r"(?i)^\s*(?:async )?def \w*(?:etag|cache|checksum|fingerprint|revision|hash_?of|file_?hash)"
    ),
    "F821": re.compile(r"\bexcept\b[^\n]*\bNameError\b"),
    "B018": re.compile(r"\bexcept\b"),
    "PLW1510": re.compile(r"returncode|check_returncode|\breturn subprocess\.run"),
}
# In what the linter says of it.
_SAID = {
    "S602": re.compile(r"seems safe"),
    "S605": re.compile(r"seems safe"),
    # Names of Python 2, in code that asks first which Python it is.
    "F821": re.compile(
        r"`(?:unicode|basestring|long|xrange|raw_input|unichr|reduce|cmp|execfile|reload|WindowsError|buffer|__\w+__|_)`"
    ),
    "F811": re.compile(r"`_`"),
    "PLW0128": re.compile(r"`(?:dummy|unused|ignored?|junk|_\w*)`"),
}
# Calls in default values that give something else each time, or something that can be changed.
_CHANGES = re.compile(
    r"`(?:[\w.]*\b(?:now|utcnow|today|time|monotonic|uuid\w*|random|randint|choice|getcwd|cwd|open|list|dict|set|"
    r"defaultdict|deque|Lock|Queue|Event))`"
)
_SUPPRESSED = re.compile(r"nosec|nosemgrep|pylint:\s*disable|type:\s*ignore\[")
_SILENT = ("S110", "S112", "BLE001", "E722")
_HEARD = re.compile(
    r"\braise\b|\blog(?:ger|ging)?\b|\.exception\(|print_exc|format_exc|exc_info|\bprint\(|\bwarn"
)
_LOADERS = re.compile(r"\b(?:yaml\.Loader|UnsafeLoader|FullLoader|unsafe_load)\b")
_DECORATED = re.compile(r"overload|setter|getter|deleter|register|dispatch|property|when\(|\.\w+\(")
_MUTABLE_DEFAULT = re.compile(
    r"(\w+)\s*(?::[^=,()]+)?=\s*(?:\[|\{|list\(|dict\(|set\(|defaultdict\()"
)
_CHANGED = (
    r"(?<![\w.]){name}(?:\.(?:append|extend|insert|add|update|setdefault|pop|popitem|remove|discard|clear|sort|reverse)\(|"
    r"\[[^\]\n]*\]\s*[-+|]?=[^=]|\s*[-+|]=)|\b(?:return|yield)\s+{name}\b|self\.\w+\s*=\s*{name}\b(?!\.)"
)


def is_doubtful(smell: Smell, lines: Sequence[str], function: Function | None) -> bool:
    """Tell whether what a rule sees is likely no fault."""
    rule, line = smell.rule, lines[smell.line - 1]
    span = "\n".join(lines[smell.line - 1 : smell.end])
    around = "\n".join(lines[function.first - 1 : function.last]) if function else "\n".join(lines)
    seen = ((_SAID, smell.said), (_IN_LINE, line), (_IN_FUNCTION, around))
    if _SUPPRESSED.search(line) or any(
        rule in forms and forms[rule].search(text) for forms, text in seen
    ):
        return True
    if rule in _SILENT:
        return _is_explained(rule, smell, lines)
    if rule == "B023":
        return _is_called_at_once(smell, lines)
    if rule == "F811":
        above = [
            one
            for one in lines[max(0, smell.line - 6) : smell.line]
            if one.lstrip().startswith("@")
        ]
        return any(map(_DECORATED.search, above))
    return (
        (rule == "B008" and not _CHANGES.search(smell.said))
        or (rule == "S506" and "oader" in span and not _LOADERS.search(span))
        or (rule == "SIM115" and _is_handed_on(line, around))
        or (rule == "B006" and not _is_changed(span, around))
    )


def _is_explained(rule: str, smell: Smell, lines: Sequence[str]) -> bool:
    """Tell whether a comment says why an error is dropped, or what came is used and not dropped."""
    first = lines[smell.line - 1]
    indent = len(first) - len(first.lstrip())
    body = []
    for line in lines[smell.line : smell.line + 40]:
        if line.strip() and len(line) - len(line.lstrip()) <= indent:
            break
        body.append(line)
    text = "\n".join(body)
    named = re.search(r"\bas\s+(\w+)\s*:", first)
    is_used = bool(named and re.search(rf"\b{re.escape(named[1])}\b", text))
    return "#" in f"{first}\n{text}" or (
        rule == "BLE001" and (is_used or bool(_HEARD.search(text)))
    )


def _is_called_at_once(smell: Smell, lines: Sequence[str]) -> bool:
    """Tell whether a function that is made in a loop has a name that is called there: before the loop goes on."""
    for number in range(smell.line - 1, max(-1, smell.line - 30), -1):
        made = re.match(r"\s*(?:async\s+)?def\s+(\w+)\(|\s*(\w+)\s*=\s*lambda\b", lines[number])
        if made:
            name = re.escape(made[1] or made[2])
            return any(
                re.search(rf"\b{name}\(", line) for line in lines[number + 1 : smell.line + 20]
            )
    return False


def _is_handed_on(line: str, around: str) -> bool:
    """Tell whether what is opened in a line is returned, yielded or kept."""
    named = re.search(r"(\w+)(?:\s*:[^=]+)?\s*=\s*(?:\w+\.)?open\(", line)
    if named is None:
        return False
    name = re.escape(named[1])
    return bool(
        re.search(rf"\b(?:return|yield)\b[^#]{{0,200}}?\b{name}\b|self\.\w+\s*=\s*{name}\b", around)
    )


def _is_changed(span: str, around: str) -> bool:
    """Tell whether a default value that can be changed is changed, handed out or kept."""
    names = {
        match[1] for match in _MUTABLE_DEFAULT.finditer(around[: around.find(span) + len(span) + 2])
    }
    body = around[around.find(span) + len(span) :]
    return any(re.search(_CHANGED.format(name=re.escape(name)), body) for name in names)
