"""What is looked for in languages that no linter here reads: a few faults that show in one line or two."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from sous.analyst.facts import Smell
from sous.project.languages import is_comment, languages

if TYPE_CHECKING:
    from collections.abc import Iterator


class _CodePattern(NamedTuple):
    rule: str
    literals: tuple[str, ...]  # one of which the text must hold
    form: re.Pattern[str]


def _pattern(rule: str, literals: str, form: str) -> _CodePattern:
    return _CodePattern(rule, tuple(literals.split()), re.compile(form, re.MULTILINE))


_SQL = r"(?i:select\s[^\"'`\n]{1,200}\sfrom|insert\s+into|update\s+\w+\s+set|delete\s+from)\s"
_SCRIPTS = (
    _pattern("js-eval", "eval( Function(", r"(?<![\w.$])(?:eval\(\s*[^)\s'\"`]|new Function\(\s*[^)\s])"),
    _pattern("js-inner-html", "innerHTML dangerouslySetInnerHTML", r"\.innerHTML\s*\+?=\s*(?![\"'`]{2}|[\"'][^\"'\n]*[\"'];?\s*$|`[^$`]*`)[\w`(\"']|dangerouslySetInnerHTML="),
    _pattern("js-empty-catch", "catch", r"\bcatch\s*(?:\([^)\n]*\))?\s*\{\s*\}"),
    _pattern("js-exec", "exec", r"\bexec(?:Sync)?\(\s*(?:`[^`\n]*\$\{|[\"'][^\"'\n]*[\"']\s*\+)"),
    _pattern("js-sql", "query execute raw", rf"\.(?:query|execute|raw)\(\s*`{_SQL}[^`]*\$\{{|\.(?:query|execute|raw)\(\s*[\"']{_SQL}[^\"'\n]*[\"']\s*\+"),
    _pattern("js-async-foreach", "forEach", r"\.forEach\(\s*async\b"),
    _pattern("js-tls", "rejectUnauthorized NODE_TLS_REJECT_UNAUTHORIZED", r"rejectUnauthorized:\s*false|NODE_TLS_REJECT_UNAUTHORIZED[\"'\]]*\s*=\s*[\"']?0"),
)  # fmt: skip
_TYPES = (_pattern("ts-ignore", "@ts-ignore @ts-nocheck", r"//\s*@ts-(?:ignore|nocheck)\b"),)
_JAVA = (
    _pattern("java-empty-catch", "catch", r"\bcatch\s*\([^)\n]*\)\s*\{\s*\}"),
    _pattern("java-print-trace", "printStackTrace", r"\.printStackTrace\(\)"),
    _pattern("java-string-equals", "==", r"(?:==|!=)\s*\"[^\"\n]|\"\s*(?:==|!=)\s*\w"),
    _pattern(
        "java-sql",
        "execute prepareStatement",
        rf"(?:execute\w*|prepareStatement)\(\s*\"{_SQL}[^\"\n]*\"\s*\+",
    ),
)
_OF = {
    "JavaScript": _SCRIPTS,
    "TypeScript": (*_SCRIPTS, *_TYPES),
    "Vue": (*_SCRIPTS, *_TYPES),
    "Go": (
        _pattern("go-ignored-error", "_", r"^[ \t]*\w+, _ :?= (?:os|io|json|strconv|http|ioutil|sql|exec|url|time)\.[A-Z]\w*\("),
        _pattern("go-empty-error", "err", r"\bif err != nil \{\s*\}"),
        _pattern("go-panic", "panic(", r"^[ \t]*panic\((?!\"unreachable)"),
        _pattern("go-sql", "Sprintf Query Exec", rf"(?:Query|Exec|QueryRow)(?:Context)?\([^\n]*(?:fmt\.Sprintf\(\s*[\"`]{_SQL}|[\"`]{_SQL}[^\"`\n]*[\"`]\s*\+)"),
        _pattern("go-tls", "InsecureSkipVerify", r"InsecureSkipVerify:\s*true"),
    ),
    "Rust": (
        _pattern("rust-unwrap", ".unwrap()", r"\.unwrap\(\)"),
        _pattern("rust-unsafe", "unsafe", r"^(?!.*//).*\bunsafe\s*\{"),
    ),
    "Java": _JAVA,
    "Kotlin": _JAVA[:2],
    "C#": (_pattern("java-empty-catch", "catch", r"\bcatch\s*(?:\([^)\n]*\))?\s*\{\s*\}"),),
    "PHP": (
        _pattern("php-eval", "eval(", r"(?<![\w$>])eval\(\s*[^)'\"\s]"),
        _pattern("php-input", "$_", r"(?:(?i:query|exec|system|shell_exec|passthru)\(|(?i:select|insert|update|delete)\s)[^\n;]*\$_(?:GET|POST|REQUEST|COOKIE)\b"),
    ),
    "Ruby": (
        _pattern("ruby-eval", "eval", r"(?<![\w.])(?:instance_|class_)?eval\(?\s*(?:params|\w+\s*\+|\"[^\"\n]*#\{)"),
        _pattern("ruby-rescue", "rescue", r"^[ \t]*rescue(?:[ \t]+(?:StandardError|Exception))?(?:[ \t]*=>[ \t]*\w+)?[ \t]*\n[ \t]*(?:nil[ \t]*\n[ \t]*)?end\b"),
    ),
    "Shell": (
        _pattern("sh-curl", "curl wget", r"\b(?:curl|wget)\b[^\n|#]*\|\s*(?:sudo\s+)?(?:ba|z|da)?sh\b"),
        _pattern("sh-rm", "rm", r"\brm\s+-\w*r\w*\s+(?:[^\n\"';]*\s)?\$(?:\w+|\{\w+\})(?:/|\s|$)"),
    ),
    "C": (_pattern("c-unsafe", "strcpy strcat sprintf gets", r"(?<![\w.>])(?:strcpy|strcat|sprintf|vsprintf|gets)\s*\("),),
}  # fmt: skip
_OF["C++"] = _OF["C"]
_MOST = 40  # of one rule in one file
_TESTS_OF_RUST = re.compile(r"^[ \t]*#\[cfg\(test\)\]", re.MULTILINE)


def smells_of(text: str, language: str) -> Iterator[Smell]:
    """Yield what a text holds of the faults that are known for its language, one for a line and rule."""
    if language == "Rust":  # its tests stand at the end of the file
        tests = _TESTS_OF_RUST.search(text)
        text = text[: tests.start()] if tests else text
    marks = languages()[language].comments if language in _OF else ()
    for rule, literals, form in _OF.get(language, ()):
        if not any(literal in text for literal in literals):
            continue
        seen = 0
        for match in form.finditer(text):
            begin = match.start() + len(match[0]) - len(match[0].lstrip())
            start = text.rfind("\n", 0, begin) + 1
            if rule != "ts-ignore" and is_comment(text[start : start + 80], marks):
                continue
            seen += 1
            if seen > _MOST:
                break
            first = text.count("\n", 0, begin) + 1
            yield Smell(rule, first, first + match[0].strip().count("\n"))
