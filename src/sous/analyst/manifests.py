"""What the project's own files say of it: pyproject.toml, package.json, Cargo.toml, go.mod and their like."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sous.project.data import read_toml
from sous.project.manifest import Manifest
from sous.project.manifests import read_manifest

if TYPE_CHECKING:
    from sous.analyst.survey import Survey


def toml_of(survey: Survey, path: str) -> dict[str, Any]:
    """Return a file of TOML; empty where it is not there or cannot be read."""
    file = survey.files.get(path)
    return read_toml(file.text) if file else {}


def manifest_of(survey: Survey, path: str) -> Manifest:
    """Return what a manifest says; nothing where it is not there or cannot be read."""
    file = survey.files.get(path)
    return (read_manifest(path, file.text) if file else None) or Manifest()
