"""Where a rule sees a fault and a reviewer would not: what surrounds the line says that it is meant, or harmless."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sous.analyst.facts import Function, Smell

# In the line itself: default values of FastAPI and Typer, files that an object keeps open, names that are not used.
_IN_LINE = {
    "SIM115": re.compile(r"\bself\.\w+ = |^\s*return |\benter_context\(|\byield\b|\w+\(\s*open\("),
    "PLW0128": re.compile(r"\b(?:dummy|unused|ignored?|junk|_\w*)\b"),
    "F821": re.compile(r"\b__\w+__\b"),
    "PLW0127": re.compile(r"#"),
    "S704": re.compile(r"striptags|escape\("),
    "S324": re.compile(r"(?i)etag|cache|checksum|fingerprint|revision|file_?hash|content_?hash"),
}
# In the function around it: what came is looked at after all.
_IN_FUNCTION = {
    "SIM115": re.compile(r"\.close\(|\bclosing\("),
    "S324": re.compile(r"(?i)^\s*(?:async )?def \w*(?:etag|cache|checksum|fingerprint|revision|hash_?of|file_?hash)"),
    "PLW1510": re.compile(r"returncode|check_returncode|\breturn subprocess\.run"),
}
# In what the linter says of it.
_SAID = {
    "S602": re.compile(r"seems safe"),
    "S605": re.compile(r"seems safe"),
    "B018": re.compile(r"attribute"),
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
_LOADERS = re.compile(r"\b(?:yaml\.Loader|UnsafeLoader|FullLoader|unsafe_load)\b")
_DECORATED = re.compile(r"overload|setter|getter|deleter|register|dispatch|property|when\(|\.\w+\(")
_MUTABLE_DEFAULT = re.compile(r"(\w+)\s*(?::[^=,()]+)?=\s*(?:\[|\{|list\(|dict\(|set\(|defaultdict\()")
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
    if (
        "nosec" in line
        or "nosemgrep" in line
        or any(rule in forms and forms[rule].search(text) for forms, text in seen)
    ):
        return True
    if rule == "F811":
        above = [one for one in lines[max(0, smell.line - 6) : smell.line] if one.lstrip().startswith("@")]
        return any(map(_DECORATED.search, above))
    return (
        (rule == "B008" and not _CHANGES.search(smell.said))
        or (rule == "S506" and "oader" in span and not _LOADERS.search(span))
        or (rule == "SIM115" and _is_handed_on(line, around))
        or (rule == "B006" and not _is_changed(span, around))
    )


def _is_handed_on(line: str, around: str) -> bool:
    """Tell whether what is opened in a line is returned, yielded or kept."""
    named = re.search(r"(\w+)(?:\s*:[^=]+)?\s*=\s*(?:\w+\.)?open\(", line)
    if named is None:
        return False
    name = re.escape(named[1])
    return bool(re.search(rf"\b(?:return|yield)\b[^#]{{0,200}}?\b{name}\b|self\.\w+\s*=\s*{name}\b", around))


def _is_changed(span: str, around: str) -> bool:
    """Tell whether a default value that can be changed is changed, handed out or kept."""
    names = {match[1] for match in _MUTABLE_DEFAULT.finditer(around[: around.find(span) + len(span) + 2])}
    body = around[around.find(span) + len(span) :]
    return any(re.search(_CHANGED.format(name=re.escape(name)), body) for name in names)
