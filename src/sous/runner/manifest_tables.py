"""Which part of a manifest decides what is tested, and whether it changed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sous.project.data import at, has_long_key, read_json, read_toml, table

if TYPE_CHECKING:
    from collections.abc import Mapping

TABLES = {
    "pyproject.toml": (
        "tool.pytest",
        "tool.tox",
        "tool.nox",
        "tool.coverage",
        "tool.hatch.envs",
        "tool.poe",
    )
}
_LARGEST = 100_000_000  # characters of a manifest, for one that is not read could hide a change
_KEYS = ("jest", "vitest", "mocha", "ava", "c8", "nyc")


def changed_table(path: str, old: str, new: str) -> str | None:
    """Return which part of a manifest changed that decides what is tested."""
    name = path.rpartition("/")[2]
    if name == "package.json":
        return _changed_key(read_json(old, most=_LARGEST), read_json(new, most=_LARGEST))
    if name in TABLES and has_long_key(new) and new != old:
        return "a key with too many parts"
    for dotted in TABLES.get(name, ()):
        keys = dotted.split(".")
        if at(read_toml(old, most=_LARGEST), *keys) != at(read_toml(new, most=_LARGEST), *keys):
            return f"[{dotted}]"
    return None


def _changed_key(before: Mapping[str, Any], after: Mapping[str, Any]) -> str | None:
    """Return which key of a package.json changed that decides what is tested."""
    scripts = table(after.get("scripts"))
    for name, command in table(before.get("scripts")).items():  # a new script runs nothing yet
        if "test" in name and scripts.get(name) != command:
            return "scripts.test"
    return next((key for key in _KEYS if before.get(key) != after.get(key)), None)
