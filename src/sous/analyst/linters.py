"""What linters of the project said: SARIF, and the JSON of eslint, golangci-lint and clippy, bound to files that are there.

A file of results is data from anywhere: its paths count only where the bundle has such a file, its
texts lose every sign that a terminal, markdown or a prompt could obey.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import re
from pathlib import PurePosixPath, PureWindowsPath
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import unquote, urlsplit

from sous.errors import SousError
from sous.files import read_file
from sous.git import is_tracked

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence
    from pathlib import Path

_LARGEST = 50_000_000  # bytes
_MOST = 10_000  # results
_MOST_FILES = 10  # of SARIF that a project has
_LONGEST = 200  # characters of a message
_SIGNS = re.compile(r"[`*_<>\[\]@#\\|\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]+")
_NAME = re.compile(r"[A-Za-z][\w.:/@-]{0,79}")
_SEVERITY = {"error": "high", "warning": "medium", "2": "high", "1": "medium"}
_FORMS = "SARIF, eslint --format json, golangci-lint JSON, clippy JSON"


class LinterResult(NamedTuple):
    """What a linter says of lines of a file of the bundle (from 1); `link` explains its rule."""

    tool: str
    rule: str
    path: str
    first: int
    last: int
    said: str
    severity: str = "low"
    link: str = ""


class _Raw(NamedTuple):
    tool: Any
    rule: Any
    path: Any
    first: Any
    last: Any
    said: Any
    level: Any
    link: Any = ""


class LinterResults(NamedTuple):
    """The results of files, and in words what of them does not count."""

    found: tuple[LinterResult, ...] = ()
    told: tuple[str, ...] = ()


def sarif_in(root: Path | None) -> tuple[Path, ...]:
    """Return the files of SARIF at the root of a project, without those that are none inside.

    One that git tracks came with the project: it could replace our findings by its own, and is
    only read where it is named.
    """
    found = []
    for file in sorted(root.glob("*.sarif"))[:_MOST_FILES] if root else ():
        with contextlib.suppress(SousError):
            if not file.is_symlink() and not is_tracked(file) and _raw(file) is not None:
                found.append(file)
    return tuple(found)


def digests_of(files: Sequence[Path]) -> list[str]:
    """Return what tells files of results apart from what they were. Raises SousError."""
    return [hashlib.blake2b(_read(file), digest_size=16).hexdigest() for file in files]


def read_results(files: Sequence[Path], paths: Collection[str], root: Path | None) -> LinterResults:
    """Return what files of results say of these paths, one result a line and rule.

    Raises SousError for a file that cannot be read or has no known format.
    """
    found: dict[tuple[str, int, str], LinterResult] = {}
    strange = skipped = 0
    for file in files:
        for number, raw in enumerate(_raw(file)):
            if number >= _MOST:
                skipped = 1
                break
            one = _bound(raw, paths, root)
            if one is None:
                strange += 1
            else:
                found.setdefault((one.path, one.first, one.rule), one)
    told = [f"{strange} results of linters are of no file in the bundle"] if strange else []
    told += (
        [f"of results of linters only the first {_MOST:,} of a file were read"] if skipped else []
    )
    return LinterResults(tuple(found.values()), tuple(told))


def _raw(file: Path) -> Iterator[_Raw]:
    try:
        rows = list(_rows(_read(file).decode("utf-8-sig")))
    except (ValueError, RecursionError) as exc:
        raise SousError(
            f"cannot read {file}: it is not the JSON of a linter; sous reads {_FORMS}"
        ) from exc
    for read in (_sarif, _eslint, _golangci, _clippy):
        found = read(rows)
        if found is not None:
            return found
    raise SousError(f"cannot read {file}: its format is unknown; sous reads {_FORMS}")


def _read(file: Path) -> bytes:
    try:
        return read_file(file, root=None, most=_LARGEST)
    except OSError as exc:
        raise SousError(f"cannot read {file}: {exc.strerror or exc}") from exc


def _rows(text: str) -> Iterator[Any]:
    """Yield the values of a text: one, or one a line."""
    try:
        yield json.loads(text)
    except ValueError:
        for line in text.splitlines():
            if line.strip():
                yield json.loads(line)


def _dicts(value: Any) -> list[dict[str, Any]]:
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []


def _of(value: Any, *keys: str | int) -> Any:
    """Return what is in nested dicts and lists; None where something on the way is not there."""
    for key in keys:
        if isinstance(key, int):
            value = value[key] if isinstance(value, list) and len(value) > key else None
        else:
            value = value.get(key) if isinstance(value, dict) else None
    return value


def _sarif(rows: Sequence[Any]) -> Iterator[_Raw] | None:
    if len(rows) != 1 or not isinstance(_of(rows[0], "runs"), list):
        return None
    return (
        _Raw(
            _of(run, "tool", "driver", "name"), _rule_of(one), _of(place, "artifactLocation", "uri"),
            _of(place, "region", "startLine"), _of(place, "region", "endLine"), _of(one, "message", "text"),
            one.get("level", "warning"), links.get(_rule_of(one)),
        )
        for run in _dicts(rows[0]["runs"])
        for links in [_links(run)]
        for one in _dicts(run.get("results"))
        if not one.get("suppressions")
        for place in [_of(one, "locations", 0, "physicalLocation")]
    )  # fmt: skip


def _rule_of(result: dict[str, Any]) -> str:
    rule = result.get("ruleId") or _of(result, "rule", "id")
    return rule if isinstance(rule, str) else ""


def _links(run: dict[str, Any]) -> dict[Any, Any]:
    rules = _dicts(_of(run, "tool", "driver", "rules"))
    return {one["id"]: one.get("helpUri") for one in rules if isinstance(one.get("id"), str)}


def _eslint(rows: Sequence[Any]) -> Iterator[_Raw] | None:
    if (
        len(rows) != 1
        or not isinstance(rows[0], list)
        or not all(_of(one, "filePath") for one in rows[0])
    ):
        return None
    return (
        _Raw("eslint", said.get("ruleId"), one["filePath"], said.get("line"), said.get("endLine"), said.get("message"), said.get("severity"))
        for one in _dicts(rows[0])
        for said in _dicts(one.get("messages"))
    )  # fmt: skip


def _golangci(rows: Sequence[Any]) -> Iterator[_Raw] | None:
    if len(rows) != 1 or not isinstance(rows[0], dict) or "Issues" not in rows[0]:
        return None
    return (
        _Raw("golangci-lint", one.get("FromLinter"), _of(one, "Pos", "Filename"), _of(one, "Pos", "Line"), _of(one, "LineRange", "To"), one.get("Text"), one.get("Severity") or "warning")
        for one in _dicts(rows[0]["Issues"])
    )  # fmt: skip


def _clippy(rows: Sequence[Any]) -> Iterator[_Raw] | None:
    if not rows or not all(_of(one, "reason") for one in rows):
        return None
    return (
        _Raw("clippy", _of(said, "code", "code"), span.get("file_name"), span.get("line_start"), span.get("line_end"), said.get("message"), said.get("level"))
        for one in rows
        for said in [_of(one, "message")]
        if isinstance(said, dict)
        for span in [one for one in _dicts(said.get("spans")) if one.get("is_primary")][:1]
    )  # fmt: skip


def _bound(raw: _Raw, paths: Collection[str], root: Path | None) -> LinterResult | None:
    """Return a result whose file is there and whose lines are numbers; None for another."""
    path = _path(raw.path, paths, root)
    rule, tool = (
        one if isinstance(one, str) and _NAME.fullmatch(one) else "" for one in (raw.rule, raw.tool)
    )
    first = raw.first if isinstance(raw.first, int) and raw.first > 0 else 0
    if not (path and first and rule and isinstance(raw.said, str)):
        return None
    last = raw.last if isinstance(raw.last, int) and raw.last >= first else first
    link = (
        raw.link
        if isinstance(raw.link, str) and re.fullmatch(r"https://[\w./#?=&%~+-]{3,200}", raw.link)
        else ""
    )
    said = " ".join(_SIGNS.sub(" ", raw.said[: 5 * _LONGEST]).split())[:_LONGEST].rstrip(".")
    severity = _SEVERITY.get(str(raw.level).lower(), "low")
    return LinterResult(tool or "a linter", rule, path, first, last, said, severity, link)


def _path(written: Any, paths: Collection[str], root: Path | None) -> str:
    """Return the path of the bundle that is meant; empty for any other."""
    if not isinstance(written, str) or len(written) > 4096:  # noqa: PLR2004
        return ""
    try:
        text = unquote(urlsplit(written).path) if "://" in written or "%" in written else written
    except ValueError:
        return ""
    named = PurePosixPath(PureWindowsPath(text).as_posix() if "\\" in text else text)
    if root is not None and named.is_absolute() and named.is_relative_to(root.as_posix()):
        named = named.relative_to(root.as_posix())
    return str(named) if str(named) in paths else ""
