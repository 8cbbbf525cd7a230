"""Which file uses which: import lines of many languages, matched to the paths of the tree."""

from __future__ import annotations

import posixpath
import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

# Forms of import lines; each group names what is used, as a path or as dotted words.
_PYTHON = re.compile(
    r"^[ \t]*(?:from[ \t]+([.\w]+)[ \t]+import[ \t]+\(?([\w \t,*]+)|import[ \t]+([\w., \t]+))",
    re.MULTILINE,
)
_QUOTED = re.compile(
    r"""(?:\bfrom[ \t]*|\brequire(?:_relative)?[ \t]*\(?[ \t]*"""
    r"""|\bimport[ \t]*\(?[ \t]*|^[ \t]*#[ \t]*include[ \t]*|\bsource[ \t]+|"""
    r"""\burl\(|\bsrc=|\bhref=)"""
    r"""["'<]([^"'<>\n]{1,200})["'>]""",
    re.MULTILINE,
)
_DOTTED = re.compile(
    r"^[ \t]*(?:pub[ \t]+)?(?:import|use|using|mod|require)[ \t]+(?:static[ \t]+)?([\w.:\\/]+)",
    re.MULTILINE,
)
_GO = re.compile(r'^[ \t]*(?:import[ \t]+)?(?:\w+[ \t]+)?"([\w./\-]+)"$', re.MULTILINE)
_ENDINGS_OF_FOLDERS = ("__init__", "index", "mod", "lib", "main")
_MOST_MEANT = 4  # a name that could mean more files than this says nothing


def references(texts: Iterable[tuple[str, str]], paths: Iterable[str]) -> dict[str, set[str]]:
    """Return for each path the paths that its text refers to, from pairs of path and text."""
    return resolved(((path, referred_names(path, text)) for path, text in texts), paths)


def resolved(
    names: Iterable[tuple[str, Iterable[str]]], paths: Iterable[str]
) -> dict[str, set[str]]:
    """Return for each path the paths that it refers to.

    `names` are pairs of path and `referred_names` of its text.
    """
    index = _index(paths)
    return {
        path: {target for name in own for target in _resolve(name, path, index)} - {path}
        for path, own in names
    }


def users(uses: Mapping[str, set[str]]) -> dict[str, set[str]]:
    """Turn `references` around: for each path those that refer to it."""
    turned: dict[str, set[str]] = {}
    for path, targets in uses.items():
        for target in targets:
            turned.setdefault(target, set()).add(path)
    return turned


def _index(paths: Iterable[str]) -> dict[str, list[str]]:
    """Return the paths by the last name in them, without the extension.

    A folder's main file by the folder's name.
    """
    index: dict[str, list[str]] = {}
    for path in paths:
        stem = _stem(path)
        name = stem.rpartition("/")[2]
        index.setdefault(name, []).append(path)
        folder = stem.rpartition("/")[0]
        if folder and (name in _ENDINGS_OF_FOLDERS or path.endswith(".go")):  # Go imports folders
            index.setdefault(folder.rpartition("/")[2], []).append(path)
    return index


def _stem(path: str) -> str:
    folder, _, name = path.rpartition("/")
    stem = name.partition(".")[0] or name
    return f"{folder}/{stem}" if folder else stem


def referred_names(path: str, text: str) -> Iterator[str]:
    """Yield what a text refers to: paths with `/`, relative ones with `./` or `../`."""
    ending = path.rpartition(".")[2].lower()
    if ending in ("py", "pyi"):
        for match in _PYTHON.finditer(text):
            if match[1]:
                dots = len(match[1]) - len(match[1].lstrip("."))
                base = ("./" if dots == 1 else "../" * (dots - 1)) + match[1].lstrip(".").replace(
                    ".", "/"
                )
                yield from (
                    f"{base.rstrip('/')}/{one.split()[0]}"
                    for one in match[2].split(",")
                    if one.split()
                )
                yield base
            else:
                yield from (
                    one.split()[0].replace(".", "/") for one in match[3].split(",") if one.split()
                )
        return
    for match in _QUOTED.finditer(text):
        yield match[1].partition("?")[0]
    for match in (_GO if ending == "go" else _DOTTED).finditer(text):
        yield (
            re.sub(r"::|\\|(?<=\w)\.(?=\w)", "/", match[1])
            .removeprefix("crate/")
            .removeprefix("self/")
        )


def _resolve(name: str, path: str, index: Mapping[str, list[str]]) -> list[str]:
    folder = path.rpartition("/")[0]
    is_relative = name.startswith(".")
    wanted = posixpath.normpath(posixpath.join(folder, name)) if is_relative else name.strip("/")
    stem = _stem(wanted)
    candidates = [
        one
        for one in index.get(stem.rpartition("/")[2], ())
        if (known := _stem(one)) == stem
        or _is_main_of(known, stem, exact=is_relative)
        or (not is_relative and known.endswith(f"/{stem}"))
        or (
            one.endswith(".go")
            and path.endswith(".go")
            and name.endswith(known.rpartition("/")[0].rpartition("/")[2])
        )
    ]
    near = (
        [one for one in candidates if one.rpartition("/")[0] == folder]
        if len(candidates) > _MOST_MEANT
        else []
    )
    candidates = near or candidates
    return candidates if len(candidates) <= _MOST_MEANT else []


def _is_main_of(known: str, stem: str, *, exact: bool) -> bool:
    folder, _, name = known.rpartition("/")
    return name in _ENDINGS_OF_FOLDERS and (
        folder == stem or (not exact and folder.endswith(f"/{stem}"))
    )
