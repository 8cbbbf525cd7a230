"""The globs of `--include` and `--ignore`: matched against the whole path, as in repomix."""

from __future__ import annotations

import itertools
import re
from functools import lru_cache
from typing import TYPE_CHECKING

from sous.bundle.braces import expand_braces
from sous.bundle.extglob import Extglob, class_at, class_regex
from sous.bundle.places import Places
from sous.errors import UsageProblem

if TYPE_CHECKING:
    from collections.abc import Iterable


_GROUPS = itertools.count()
_ANY_FOLDERS = "(?:[^/]+/)*"
_SPECIAL = re.compile(r"[*?\[\]()|\\/]")
# The rest is a regex: quicker, and as safe.
_NEEDS_EXTGLOB = re.compile(r"[()|\\]|\]\+|\[[^\]]*/")


class Globs:
    r"""An ordered list of globs; the last one that matches a path decides, `!glob` takes back.

    `*` and `?` stay within a folder, `**` crosses folders, `{a,b}` and `{1..3}` mean each, `[a-z]`
    one of a class, `@(a|b)`, `+(…)`, `*(…)`, `?(…)`, `!(…)` are groups as in picomatch, which
    repomix has, and `\` makes what follows plain. A glob is anchored at the packed folder (`*.py`
    is the top level only, `**/*.py` all levels). One that names a folder takes what is in it.
    Raises UsageProblem for a glob that cannot be read.
    """

    def __init__(self, patterns: Iterable[str]) -> None:
        rules: list[tuple[bool, list[tuple[str, str]]]] = []
        for pattern in patterns:
            taken = not is_negated(pattern)
            glob = pattern if taken else pattern[1:]
            globs = [(one, pattern) for one in expand_braces(glob) if one]
            if rules and rules[-1][0] == taken:
                rules[-1][1].extend(globs)
            else:
                rules.append((taken, globs))
        self._rules = [(taken, _Matcher(globs)) for taken, globs in rules if globs]

    def __bool__(self) -> bool:
        """Tell whether there is any rule."""
        return bool(self._rules)

    def only_negated(self) -> bool:
        """Tell whether there are only rules that take back: `--include` means all but those."""
        return bool(self._rules) and not any(takes for takes, _ in self._rules)

    def match(self, path: str, *, taken: bool = False) -> bool:
        """Tell whether a path (with `/`, relative) is taken.

        `taken` is what holds where no glob matches.
        """
        for takes, matcher in self._rules:
            if takes != taken and matcher.matches(path):
                taken = takes
        return taken


def is_negated(pattern: str) -> bool:
    """Tell whether a glob takes back what others take: `!glob`, but not the group `!(…)`."""
    return pattern.startswith("!") and not pattern.startswith("!(")


class _Matcher:
    """Several globs of which any may match.

    The common forms are looked up, the rest needs a regex.
    """

    def __init__(self, globs: Iterable[tuple[str, str]]) -> None:
        self._first: set[str] = set()  # `name`, `name/**`: a file or folder at the top
        self._anywhere: set[str] = set()  # `**/name`, `**/name/**`
        endings: set[str] = set()  # `**/*.ext`
        rest = []
        self._extglobs: list[Extglob] = []
        for raw, whole in globs:
            glob = re.sub("/{2,}", "/", raw)
            kind, name = _plain_form(glob)
            if kind == "first":
                self._first.add(name)
            elif kind == "anywhere":
                self._anywhere.add(name)
            elif kind == "ending":
                endings.add(name)
            elif _NEEDS_EXTGLOB.search(glob):
                self._extglobs.append(Extglob(_with_contents(glob), whole))
            else:
                rest.append(_to_regex(glob, whole))
        self._endings = tuple(endings)
        self._regex = _compile(rest) if rest else None

    def matches(self, path: str) -> bool:
        if self._endings and path.endswith(self._endings):
            return True
        parts = path.split("/")
        if parts[0] in self._first or not self._anywhere.isdisjoint(parts):
            return True
        if self._regex is not None and self._regex.fullmatch(path):
            return True
        if not self._extglobs:
            return False
        places = Places(path)
        return any(one.matches(places) for one in self._extglobs)


def _with_contents(glob: str) -> str:
    """Return a glob that takes what is in a folder too, where its last name is plain."""
    name = glob.strip("/").removeprefix("./")
    if glob.endswith("/"):
        return f"{name}/**/*"
    is_open = re.search(r"[*?\[\]()|\\]", name.rpartition("/")[2])
    return name if is_open else f"{name}/**"


def _plain_form(glob: str) -> tuple[str, str]:
    """Return which common form a glob has, and the name in it; two empty texts for none."""
    name = glob.removeprefix("./")
    kind = "first"
    if name.startswith("**/"):
        name, kind = name[3:], "anywhere"
    if kind == "anywhere" and name.startswith("*.") and not _SPECIAL.search(name[1:]):
        return "ending", name[1:]
    name = name.removesuffix("/**")
    return (kind, name) if name and not _SPECIAL.search(name) and name != "." else ("", "")


def include_globs(patterns: Iterable[str], paths: Iterable[str]) -> Globs:
    """Return the globs of `--include`; `[id]` and `(group)` are names if one of `paths` has them.

    That is how repomix reads all of them.
    """
    given = tuple(patterns)
    if not any(re.search(r"[()\[\\]", pattern) for pattern in given):
        return Globs(given)
    listed = list(paths)
    return Globs(_as_names(pattern, listed) for pattern in given)


def _as_names(pattern: str, paths: list[str]) -> str:
    plain = re.sub(r"[()\[\]\\]", r"\\\g<0>", pattern)
    if plain == pattern:
        return pattern
    try:
        matches = Globs((plain[1:] if is_negated(plain) else plain,)).match
    except UsageProblem:
        return pattern
    return plain if any(map(matches, paths)) else pattern


def _compile(regexes: list[str]) -> re.Pattern[str]:
    # Each once: a repeated glob would repeat the names of its groups.
    return re.compile("|".join(f"(?:{regex})" for regex in dict.fromkeys(regexes)), re.DOTALL)


@lru_cache(maxsize=1024)
def _to_regex(glob: str, whole: str) -> str:
    folder_only = glob.endswith("/")
    glob = glob.strip("/").removeprefix("./")
    if glob in ("", "."):
        return ".*"
    segments = [
        one for one, before in _with_previous(glob.split("/")) if one != "**" or before != "**"
    ]
    is_under = len(segments) > 1 and segments[-1] == "**" and not segments[-2].endswith("*")
    if is_under:  # `build/**` also means a plain file `build`
        segments.pop()
    regex = "".join(_without_backtracking(segments, _pieces(segments, whole)))
    if folder_only:
        return regex + "/.*"
    is_open = not is_under and any(char in segments[-1] for char in "*?[")
    return regex if is_open else regex + "(?:/.*)?"


def _pieces(segments: list[str], whole: str) -> list[str]:
    """Return a pattern for each segment, with the `/` behind it."""
    pieces = []
    for index, segment in enumerate(segments):
        is_last = index == len(segments) - 1
        if segment == "**":
            pieces.append(".*" if is_last else _ANY_FOLDERS)
        elif segment.startswith("**") and is_last:
            pieces.append(_ANY_FOLDERS + _segment_regex(segment[1:], whole))
        else:
            pieces.append(_segment_regex(segment, whole) + ("" if is_last else "/"))
    return pieces


def _without_backtracking(segments: list[str], pieces: list[str]) -> list[str]:
    """Take the first place for what is between two `**`, which is as good as any other."""
    out = list(pieces)
    stars = [index for index, segment in enumerate(segments) if segment == "**"]
    for begin, end in reversed(list(itertools.pairwise(stars))):
        name = f"g{next(_GROUPS)}"
        piece = "".join(out[begin + 1 : end])
        out[begin:end] = [f"(?=(?P<{name}>(?:[^/]+/)*?{piece}))(?P={name})"]
    return out


def _with_previous(segments: list[str]) -> Iterable[tuple[str, str]]:
    return zip(segments, ["", *segments[:-1]], strict=True)


def _segment_regex(segment: str, whole: str) -> str:
    out, index = [], 0
    while index < len(segment):
        char = segment[index]
        index += 1
        if char == "*" and (more := segment.find("*", index)) > index:
            # The shortest text up to the next star is as good as any other: no backtracking,
            # whatever the glob.
            name, piece = f"g{next(_GROUPS)}", _segment_regex(segment[index:more], whole)
            out.append(f"(?=(?P<{name}>[^/]*?{piece}))(?P={name})")
            index = more
        elif char == "*":
            out.append("[^/]*")
        elif char == "?":
            out.append("[^/]")
        elif char == "[" and (inside := class_at(segment, index)) is not None:
            out.append(class_regex(inside, whole))
            index += len(inside) + 1
        else:
            out.append(re.escape(char))
    return "".join(out)
