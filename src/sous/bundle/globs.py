"""The globs of `--include` and `--ignore`: matched against the whole path, as in repomix."""

from __future__ import annotations

import itertools
import re
from functools import lru_cache
from typing import TYPE_CHECKING

from sous.errors import UsageProblem

if TYPE_CHECKING:
    from collections.abc import Iterable


_GROUPS = itertools.count()
_ANY_FOLDERS = "(?:[^/]+/)*"


class Globs:
    """An ordered list of globs; the last one that matches a path decides, `!glob` takes back.

    `*` and `?` stay within a folder, `**` crosses folders, `{a,b}` means either, `[a-z]` one of a
    class. A glob is anchored at the packed folder (`*.py` is the top level only, `**/*.py` all
    levels). One that names a folder takes what is in it. Raises UsageProblem for a glob that cannot
    be read.
    """

    def __init__(self, patterns: Iterable[str]) -> None:
        rules: list[tuple[bool, list[tuple[str, str]]]] = []
        for pattern in patterns:
            taken = not pattern.startswith("!")
            globs = [(one, pattern) for one in _expand_braces(pattern.removeprefix("!")) if one]
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


class _Matcher:
    """Several globs of which any may match.

    The common forms are looked up, the rest needs a regex.
    """

    def __init__(self, globs: Iterable[tuple[str, str]]) -> None:
        self._first: set[str] = set()  # `name`, `name/**`: a file or folder at the top
        self._anywhere: set[str] = set()  # `**/name`, `**/name/**`
        endings: set[str] = set()  # `**/*.ext`
        rest = []
        for glob, whole in globs:
            kind, name = _plain_form(glob)
            if kind == "first":
                self._first.add(name)
            elif kind == "anywhere":
                self._anywhere.add(name)
            elif kind == "ending":
                endings.add(name)
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
        return self._regex is not None and self._regex.fullmatch(path) is not None


def _plain_form(glob: str) -> tuple[str, str]:
    """Return which common form a glob has, and the name in it; two empty texts for none."""
    name = glob.removeprefix("./")
    kind = "first"
    if name.startswith("**/"):
        name, kind = name[3:], "anywhere"
    if kind == "anywhere" and name.startswith("*.") and not re.search(r"[*?\[\]/]", name[1:]):
        return "ending", name[1:]
    name = name.removesuffix("/**")
    return (kind, name) if name and not re.search(r"[*?\[\]/]", name) and name != "." else ("", "")


def include_globs(patterns: Iterable[str], paths: Iterable[str]) -> Globs:
    """Return the globs of `--include`; `[id]` is a folder's name if one of `paths` has it."""
    given = tuple(patterns)
    if not any("[" in pattern for pattern in given):
        return Globs(given)
    listed = list(paths)
    literal = (pattern.replace("[", "[[]") for pattern in given)
    return Globs(
        plain
        if "[" in pattern and any(map(Globs((plain.removeprefix("!"),)).match, listed))
        else pattern
        for pattern, plain in zip(given, literal, strict=True)
    )


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
    is_open = not is_under and any(char in segments[-1] for char in "*?")
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
        elif char == "[" and (end := segment.find("]", index + 1)) > 0:
            inside = re.sub("-+", "-", re.sub(r"([\\\[&|~])", r"\\\1", segment[index:end]))
            out.append("[" + ("^/" + inside[1:] if inside[0] in "!^" else inside) + "]")
            index = end + 1
        else:
            out.append(re.escape(char))
    regex = "".join(out)
    try:
        re.compile(regex)
    except re.error as exc:
        raise UsageProblem(
            f"cannot read the glob `{whole}`: {exc}; write `[[]` for a plain bracket"
        ) from exc
    return regex


def _expand_braces(glob: str, limit: int = 1000) -> list[str]:
    """Return the globs that `a{b,c}` stands for.

    Nested braces work, unbalanced ones are plain text.
    """
    done: list[str] = []
    queue = [glob]
    while queue:
        if len(done) + len(queue) > limit:
            raise UsageProblem(
                f"the glob `{glob[:60]}` stands for more than {limit} globs; make it smaller"
            )
        current = queue.pop()
        match = re.search(r"\{([^{}]*,[^{}]*)\}", current)
        if match is None:
            done.append(current)
        else:
            queue.extend(
                current[: match.start()] + one + current[match.end() :]
                for one in match[1].split(",")
            )
    return done
