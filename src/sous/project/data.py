"""Data that somebody else wrote, as TOML, JSON or YAML: bounded, empty if it cannot be read."""

from __future__ import annotations

import json
import re
import sys
from typing import Any

MOST = 1_000_000  # characters of a file that is read
_MOST_YAML = 100_000  # its reader is slow
_MOST_PARTS = 50  # of a dotted key: the reader of TOML takes the square of them
_KEY = re.compile(r"[\w.\-\"' \t]+")


def parse_toml(text: str) -> dict[str, Any]:
    """Return a text of TOML.

    Raises ValueError, or RecursionError for one that is nested too deeply.
    """
    if sys.version_info >= (3, 11):
        import tomllib
    else:
        import tomli as tomllib
    return tomllib.loads(text)


def read_toml(text: str, *, most: int = MOST) -> dict[str, Any]:
    """Return a text of TOML; empty where it cannot be read."""
    try:
        return parse_toml(text) if len(text) <= most and not has_long_key(text) else {}
    except (ValueError, RecursionError):
        return {}


def has_long_key(text: str) -> bool:
    """Tell whether a TOML text seems to have a dotted key long enough to keep its reader busy."""
    for run in _KEY.findall(text):
        if (
            run.count(".") > _MOST_PARTS
            and sum(bool(part.strip()) for part in run.split(".")) > _MOST_PARTS
        ):
            return True
    return False


def read_json(text: str, *, most: int = MOST) -> dict[str, Any]:
    """Return a text that is an object of JSON; empty where it is none or cannot be read."""
    try:
        return table(json.loads(text)) if len(text) <= most else {}
    except (ValueError, RecursionError):
        return {}


def read_yaml(text: str) -> dict[str, Any]:
    """Return a text that is a mapping of YAML; empty where it is none or cannot be read."""
    if len(text) > _MOST_YAML:
        return {}
    import yaml

    try:
        return table(yaml.safe_load(text))
    except (yaml.YAMLError, ValueError, TypeError, RecursionError, AttributeError, OverflowError):
        return {}


def table(value: object) -> dict[str, Any]:
    """Return the entries of a table whose names are texts; none for what is no table."""
    if not isinstance(value, dict):
        return {}
    return {key: one for key, one in value.items() if isinstance(key, str)}


def texts(value: object) -> list[str]:
    """Return the texts in a list; none for what is no list."""
    return [one for one in value if isinstance(one, str)] if isinstance(value, list) else []


def text(value: object) -> str:
    """Return a text; empty for what is none."""
    return value if isinstance(value, str) else ""


def at(data: object, *path: str) -> Any:
    """Return what is in tables within tables; None where something is missing or no table."""
    for key in path:
        data = data.get(key) if isinstance(data, dict) else None
    return data
