"""What kind of file a path and a text are: which language, written by hand or by a program, code or beside it."""

from __future__ import annotations

import re
from functools import lru_cache

from sous.project.languages import (
    COMMENTS,
    comments_at,
    ending_of,
    fence_at,
    is_comment,
    language_at,
    languages,
)

_SAYS_GENERATED = re.compile(
    r"@generated|\bDO NOT (?:EDIT|MODIFY)\b|\b(?:auto-?|automatically )generated\b|\bgenerated (?:by|from|with)\b|"
    r"\bThis file (?:is|was) generated\b",
    re.IGNORECASE,
)
# how rollup, webpack and esbuild begin what they put together
_BUNDLED = re.compile(
    r"^\s*typeof define === 'function' && define\.amd \? define|\bwebpackUniversalModuleDefinition\b|^\s*var __commonJS = "
    r"|^\(\(?\) => \{ // webpackBootstrap|^\(function\(\)\{function r\(e,n,t\)",
    re.MULTILINE,
)
_HEAD = 12  # lines in which a generator says so
_VENDORED = re.compile(
    r"(?:^|/)(?:node_modules|bower_components|_?vendor(?:ed)?|third[_-]?party|site-packages|extern(?:al)?s?/|dist|\.yarn)/|"
    r"(?:^|/)(?:six|_?wrapt|_?distro)(?:/__init__)?\.py$"
)
_BESIDE = re.compile(
    r"(?:^|/)(?:docs?|documentation|examples?|samples?|demos?|tutorials?|benchmarks?|bench|benches|fixtures?|testdata|"
    r"experimental|test(?:ing|utils?|s?[-_]\w+)|\w+[-_]tests?|"
    r"website|\.[\w-]+|ci)/|^(?:scripts?|tools?|utils_dev|hack|hacking|packaging|contrib|extra|misc|build|dev|release)/|"
    r"(?:^|/)setup\.py$|^(?:noxfile|fabfile|tasks|conftest|Gruntfile|gulpfile|build|[\w.-]+\.config)\.\w+$|"
    r"(?:^|[/_-])(?:samples?|demos?|seeds?|mocks?|mockup)(?:[_-]\w+)?\.\w+$|"
    r"(?:^|/)(?:static|themes?|assets|public|contrib)/(?:.*/)?[^/]+\.[cm]?jsx?$"
)
# characters that nobody writes in a line, be it one of many
_LONG_LINE, _FAR_TOO_LONG = 2_000, 20_000
_MINIFIED = 300  # characters in a line on average
_LARGEST = 1_500_000  # characters of a file that is read


def language_of(path: str) -> str:
    """Return the programming language of a file by its ending.

    Empty for one that is not looked into.
    """
    found = language_at(path)
    return found.name if found and found.analysis and ending_of(path) in found.endings else ""


@lru_cache(maxsize=1)
def measured() -> frozenset[str]:
    """Return the languages in which ast-grep finds functions."""
    return frozenset(one.name for one in languages().values() if one.analysis == "tree")


def tag_of(path: str) -> str:
    """Return what a fence with code of this file is tagged with."""
    return fence_at(path) if language_of(path) else ""


def is_document(path: str) -> bool:
    """Tell whether a file is prose."""
    found = language_at(path)
    return found is not None and (found.kind == "document" or found.prose)


def is_beside(path: str) -> bool:
    """Tell whether a file stands beside the program: documentation, examples, scripts for its developers."""
    return bool(_BESIDE.search(path))


def how_generated(path: str, text: str) -> str:
    """Return how it shows that nobody wrote a file by hand here; empty for one that somebody did."""
    name = path.rpartition("/")[2].lower()
    if _VENDORED.search(path):
        return "it lies in a folder for the code of others"
    if ".min." in name or name.endswith(
        (".bundle.js", "_pb2.py", "_pb2_grpc.py", ".pb.go", ".g.dart", ".designer.cs")
    ):
        return "its name says so"
    if len(text) > _LARGEST:
        return "it is too long to be written by hand"
    lines = text.count("\n") + 1
    is_long = len(text) > _FAR_TOO_LONG and _longest(text) > _FAR_TOO_LONG
    if is_long or (len(text) > _LONG_LINE and len(text) / lines > _MINIFIED):
        return "its lines are too long to be written by hand"
    head = text.split("\n", _HEAD)[:_HEAD]
    marks = (*comments_at(path), *COMMENTS, "%")  # a generator may be of another language
    is_script = path.endswith((".js", ".mjs", ".cjs"))
    is_bundled = is_script and (
        "\n//# sourceMappingURL=" in text[-_LONG_LINE:] or _BUNDLED.search("\n".join(head))
    )
    if is_bundled or any(
        is_comment(line, marks) and _SAYS_GENERATED.search(line[:200]) for line in head
    ):
        return "its head or end says so"
    return ""


def _longest(text: str) -> int:
    return max(map(len, text.split("\n")), default=0)
