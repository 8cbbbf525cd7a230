"""What mise files set: their `[env]`, the files that it loads, and what only running would show."""

from __future__ import annotations

import hashlib
import json
import os
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sous.errors import SousError
from sous.mise_files import read_toml

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

_MOST = 1_000_000  # bytes of a file of variables that is read
_MOST_HASHED = 1_000_000_000  # bytes of a script that is compared
_LINE = re.compile(r"\s*(?:export\s+)?([A-Za-z_]\w*)\s*=\s*(.*?)\s*")
_QUOTED = re.compile(r"'([^']*)'|\"([^\"\\$]*)\"|([^\s'\"\\$#`]*)(?:\s+#.*)?")
_HARMLESS = ("path", "python")  # directives that set PATH and VIRTUAL_ENV alone
# mise makes a value of such a text: templates, and `env_shell_expand`
_RENDERED = ("{{", "{%", "{#", "$")


@dataclass(frozen=True)
class Value:
    """What a file sets a variable to: its text, and its value if plain (None: only mise knows)."""

    text: str
    plain: str | None


@dataclass(frozen=True)
class Written:
    """What one mise file says.

    `others`: directives that may set any variable, each with a hash of the file it runs or loads.
    """

    path: Path
    values: Mapping[str, Value] = field(default_factory=dict)
    others: Mapping[str, str] = field(default_factory=dict)

    def may_set(self, name: str) -> bool:
        """Tell whether this file can be where a variable comes from."""
        return name in self.values or bool(self.others)

    def gives(self, name: str, value: str) -> bool:
        """Tell whether this file gives a variable just this value, by what stands in it."""
        return name in self.values and self.values[name].plain == value

    def could_give(self, name: str, value: str) -> bool:
        """Tell whether a variable's value can be of this file's making."""
        found = self.values.get(name)  # what `others` set is the stronger
        return bool(self.others) or (found is not None and found.plain in (None, value))


def read_written(path: Path, folder: Path) -> Written:
    """Return what a mise file of a project, or of the user, in `folder` says of the environment.

    A file that cannot be read may set anything: nothing is raised, mise itself says what is wrong
    with it.
    """
    try:
        data = {} if path.stat().st_size == 0 else _toml(path)
    except (SousError, OSError):
        return Written(path, others={"unreadable": _digest(path)})
    values: dict[str, Value] = {}
    others: dict[str, str] = {}
    for name, raw in _entries(data.get("env")):
        if name == "_":
            _directives(raw, folder, values, others)
        else:
            values[name] = _value(raw)
    settings = data.get("settings")
    for kind, raw in (
        ("plugins", data.get("plugins")),
        ("settings.env_file", _key(settings, "env_file")),
    ):
        if raw:
            others[kind] = _text(raw)
    return Written(path, values, others)


def read_unnamed(path: Path) -> Written:
    """Return what a file says by which mise reads files of any name: they may set anything."""
    return Written(path, others={"miserc": _digest(path)})


def _toml(path: Path) -> dict[str, Any]:
    if path.stat().st_size > _MOST:
        raise SousError(f"{path} is too large")
    return read_toml(path)


def _entries(tables: object) -> Iterable[tuple[str, Any]]:
    for table in tables if isinstance(tables, list) else [tables]:
        if isinstance(table, dict):
            yield from table.items()


def _key(table: object, name: str) -> object:
    return table.get(name) if isinstance(table, dict) else None


def _text(raw: object) -> str:
    return json.dumps(raw, sort_keys=True, default=str, ensure_ascii=False)


def _value(raw: object) -> Value:
    named = raw.get("value") if isinstance(raw, dict) else raw
    if isinstance(named, bool) or not isinstance(named, (str, int, float)):
        return Value(_text(raw), None)
    text = str(named)
    shown = text if named is raw else _text(raw)
    return Value(shown, None if any(mark in text for mark in _RENDERED) else text)


def _directives(
    raw: object, folder: Path, values: dict[str, Value], others: dict[str, str]
) -> None:
    if not isinstance(raw, dict):
        others["_"] = _text(raw)
        return
    for name, said in raw.items():
        if name in _HARMLESS:
            continue
        for one in said if isinstance(said, list) else [said]:
            place = _named_file(one, folder)
            loaded = _dotenv(place) if name == "file" and place is not None else None
            if loaded is None:
                others[f"_.{name} {_text(one)}"] = _digest(place) if place is not None else ""
            else:
                values.update(loaded)


def _named_file(raw: object, folder: Path) -> Path | None:
    text = raw.get("path") if isinstance(raw, dict) else raw
    if not isinstance(text, str) or any(mark in text for mark in _RENDERED):
        return None
    try:
        return folder / Path(text).expanduser()
    except RuntimeError:  # ~nobody
        return None


def _dotenv(path: Path) -> dict[str, Value] | None:
    """Return what a file of `NAME=value` lines sets, None for one of another form or size."""
    data = _bytes(path)
    if data is None:
        return {}  # mise loads nothing from a file that is not there
    if len(data) > _MOST:
        return None
    found = {}
    for line in data.decode("utf-8-sig", "replace").splitlines():
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        match = _LINE.fullmatch(line)
        if match is None:
            return None
        plain = _QUOTED.fullmatch(match[2])
        text = (
            next((group for group in plain.groups() if group is not None), None) if plain else None
        )
        if text is None and match[2][:1] in ("'", '"') and not match[2].endswith(match[2][0]):
            return None  # goes on in the next line
        found[match[1]] = Value(match[2], text)
    return found


def _bytes(path: Path) -> bytes | None:
    """Return what a regular file contains, up to one byte more than `_MOST`; None without one."""
    try:
        if not path.is_file():
            return None
        with path.open("rb") as stream:
            return stream.read(_MOST + 1)
    except (OSError, ValueError):
        return None


def _digest(path: Path) -> str:
    """Return a hash of all of a regular file, "" without one."""
    found = hashlib.sha256()
    try:
        if not path.is_file():
            return ""
        with path.open("rb") as stream:
            if os.fstat(stream.fileno()).st_size > _MOST_HASHED:
                return "too large"
            while block := stream.read(1 << 20):
                found.update(block)
    except (OSError, ValueError):
        return ""
    return found.hexdigest()
