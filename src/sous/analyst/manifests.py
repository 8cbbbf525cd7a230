"""What the project's own files say of it: pyproject.toml, package.json, Cargo.toml, go.mod and their like."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sous.analyst.survey import Survey


def toml_of(survey: Survey, path: str) -> dict[str, Any]:
    """Return a file of TOML; empty where it is not there or cannot be read."""
    if sys.version_info >= (3, 11):
        import tomllib
    else:
        import tomli as tomllib
    file = survey.files.get(path)
    if file is None:
        return {}
    try:
        return tomllib.loads(file.text)
    except (ValueError, RecursionError):
        return {}


def json_of(survey: Survey, path: str) -> dict[str, Any]:
    """Return a file that is an object of JSON; empty where it is not there or cannot be read."""
    file = survey.files.get(path)
    if file is None:
        return {}
    try:
        data = json.loads(file.text)
    except (ValueError, RecursionError):
        return {}
    return data if isinstance(data, dict) else {}
