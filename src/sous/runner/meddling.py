"""Code that knows of the tests which run it: no result of a test can be believed then."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from sous.project.languages import kind_at
from sous.project.paths import is_test_path

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sous.runner.differences import Difference

# What code has no business with that is no test: whether tests run, and the programs that run them.
_MEDDLES = re.compile(
    r"PYTEST_\w+|\bNODE_TEST_CONTEXT|\bJEST_WORKER_ID|\bVITEST\w*|\bNEXTEST\w*|\b_?SOUS_\w+|"
    # what our runs are told by, and what says that a program is not the one that people use
    r"\bdont_write_bytecode\b|\bPYTHONDONTWRITEBYTECODE\b|\bGIT_TRACE2\w*|\bUV_NO_SYNC\b|"
    r"\bCARGO_TARGET_DIR\b|\binfo/alternates\b|\b__debug__\b|"
    r"\bcfg!?\((?:not\()?\s*debug_assertions\b|"
    r"['\"](?:_?pytest|unittest|nose|node:test|vitest|mocha|jest)['\"]|['\"]\.test['\"]|"
    r"^\s*(?:import|from)\s+(?:_?pytest|unittest|nose2?)\b(?!\.mock)|"
    r"\b(?:TestCase|TestResult|TestLoader)\b|\btesting\.(?:Testing|Init|Main)\b|"
    r"\bcfg!\((?:not\()?test\b|\bcfg\(not\(test\b|\bassert(?:\.strict)?\.\w+\s*=[^=]|"
    r"require\(['\"](?:node:)?assert(?:/strict)?['\"]\)\.\w+\s*=|\bsous_pytest\b|"
    r"\binspect\.(?:stack|currentframe)\b|\b_getframe\b|\bruntime\.Callers?\b"
)
# Equality that is answered before anything is compared: what a test asserts of it proves nothing.
_ALWAYS_EQUAL = re.compile(
    r"def __(eq)__\([^()]*\)[^:\n]*:\s*"
    r"(?:(?:\"\"\"[^\"]*\"\"\"|#[^\n]*)\s*)*return\s+(?:True|not False|1)\b|"
    r"__(eq)__\s*=\s*lambda[^:\n]*:\s*(?:True|1)\b|"
    r"\bfn (eq)\s*\([^()]*\)\s*->\s*bool\s*\{\s*(?:return\s+)?true\b|"
    r"def (==)\s*\(?\w*\)?[;\n]\s*true\b|"
    r"\bboolean (equals)\s*\([^()]*\)\s*\{\s*return true\b"
)
_LONG = 2_000  # characters of a line, beyond which nobody wrote it


def meddling(changed: Iterable[Difference], asked: str) -> list[str]:
    """Return where new code, that is no test, knows of the tests or changes what runs them."""
    found = []
    for one in changed:
        if is_test_path(one.path) or kind_at(one.path) != "code" or not one.new.is_there:
            continue
        if (always := _always_equal(one)) and not re.search(rf"\b{always[0]}|equal", asked):
            found.append(f"{one.path}:{always[1]} answers a comparison without comparing")
        before = set(one.old.text.split("\n"))
        for number, line in enumerate(one.new.text.split("\n"), 1):
            match = _MEDDLES.search(line) if len(line) < _LONG and line not in before else None
            if match and not _is_asked(match[0], asked):
                what = match[0].strip()
                found.append(f"{one.path}:{number} knows of the tests that run it (`{what}`)")
    return found


def _is_asked(what: str, asked: str) -> bool:
    """Tell whether a step asks for it, or speaks of builds for debugging."""
    if what.strip("'\"` ") in asked:
        return True
    return "debug" in what and bool(re.search(r"\bdebug|\brelease build", asked, re.IGNORECASE))


def _always_equal(one: Difference) -> tuple[str, int] | None:
    """Return a comparison that is new and the same for all, with its line."""
    known = {match[0] for match in _ALWAYS_EQUAL.finditer(one.old.text)}
    for match in _ALWAYS_EQUAL.finditer(one.new.text):
        if match[0] not in known:
            name = next(filter(None, match.groups()))
            return name, one.new.text.count("\n", 0, match.start()) + 1
    return None
