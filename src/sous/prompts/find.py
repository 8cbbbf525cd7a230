"""Find a prompt template: never by a name in the current folder, which others write to."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml

from sous.errors import SousError
from sous.files import read_file
from sous.marks import is_ours
from sous.names import REPORTS
from sous.prompts.render import Template, render
from sous.resources import resource_folder
from sous.terminal import say

if TYPE_CHECKING:
    from collections.abc import Iterable

# Names from before the command was called so.
_FORMER_NAMES = {"github-issue-gen": "github-issues-gen"}
_READ_KEYS = ("prompt", "system", "defaults", "extract", "extract_last")

_LARGEST = 10_000_000  # bytes of a template


def is_file_name(name: str) -> bool:
    """Tell whether NAME|FILE means a file."""
    return "/" in name or "\\" in name or name.endswith((".yaml", ".yml"))


_OF_PLANS = ("hone-gen", "poke-gen", "spec-gen", "plan-gen", "plan-no-tdd-gen", "todo-gen")
_NO_COMMAND = (
    "readme-merge-gen",
    "plan-repair-gen",
    "edit-gen",
    "verify-gen",
    "contradictions-gen",
    "adopt-plan-gen",
    "adopt-items-gen",
)  # ours, but of use only inside a command


def template_names() -> list[str]:
    """Return the names of the templates that come with sous."""
    return [*(report.template for report in REPORTS.values()), *_OF_PLANS]


def canonical_name(name: str) -> str:
    """Return the full name of a template: with `-gen`, the name of today."""
    name = name if name.endswith("-gen") else f"{name}-gen"
    return _FORMER_NAMES.get(name, name)


def former_names(name: str) -> list[str]:
    """Return the names that a template also answers to."""
    return [old for old, new in _FORMER_NAMES.items() if new == name]


def find_template(name: str, *, project: Path | None = None, user: Path | None = None) -> Template:
    """Return the template that NAME|FILE means; a FILE has a folder or a `.yaml` ending in it.

    A name is looked for in `project` (the folder that a trusted project names), then in `user`
    (llm's own folder, unless what is there is an unchanged copy of ours), then among ours. Raises
    SousError.
    """
    if is_file_name(name):
        return _load_plain(Path(name))
    full = canonical_name(name)
    if project is not None:
        if not project.is_dir():
            raise SousError(
                f"`templates` names {project}, which is not a folder; "
                "make it, or leave the setting out"
            )
        for path in _candidates(project, name, full):
            return _load_project(path, project)
    if user is not None:
        for path in _candidates(user, name, full):
            if not is_ours(path):
                return _load_plain(path)
    return shipped_template(name)


def shipped_template(name: str) -> Template:
    """Return one of our templates, its shared parts filled in.

    Raises SousError for an unknown name.
    """
    full = canonical_name(name)
    if full not in (*template_names(), *_NO_COMMAND):
        known = ", ".join(template_names())
        raise SousError(
            f"no template {name}; known are {known}; a file of your own needs a path: ./FILE.yaml"
        )
    folder = resource_folder("templates")
    return _rendered(_read_yaml(folder / f"{full}.yaml"), full, [folder])


def _candidates(folder: Path, *names: str) -> Iterable[Path]:
    paths = (folder / f"{name}.yaml" for name in dict.fromkeys(names))
    return [path for path in paths if path.is_file()]


def _load_plain(path: Path) -> Template:
    """Load a template of the user's own: llm's form, taken as it is."""
    return _template(path.stem, _read_yaml(path), path)


def _load_project(path: Path, folder: Path) -> Template:
    """Load a template of a project: in a sandbox, parts from its folder and ours only."""
    if path.is_symlink():  # trust was about the files in the folder
        raise SousError(f"{path} is a link; put the template itself there")
    return _rendered(_read_yaml(path), path.stem, [folder, resource_folder("templates")])


def _rendered(data: dict[str, Any], name: str, folders: list[Path]) -> Template:
    plain = _template(name, data, folders[0] / f"{name}.yaml")
    return Template(
        name,
        render(plain.prompt, folders, name) if plain.prompt else None,
        render(plain.system, folders, name) if plain.system else None,
        plain.defaults,
        plain.extract,
    )


def _template(name: str, data: dict[str, Any], path: Path) -> Template:
    ignored = sorted(str(key) for key in data if key not in (*_READ_KEYS, "name"))
    if ignored:
        say(f"{path}: ignored {', '.join(ignored)}; sous reads only {', '.join(_READ_KEYS)}")
    for key in ("prompt", "system"):
        if not isinstance(data.get(key), (str, type(None))):
            raise SousError(f"{path}: `{key}` must be text")
    if not (data.get("prompt") or data.get("system")):
        raise SousError(f"{path}: a template needs `prompt` or `system`")
    defaults = data.get("defaults") or {}
    if not isinstance(defaults, dict):
        raise SousError(f"{path}: `defaults` must be a table")
    return Template(
        name,
        data.get("prompt"),
        data.get("system"),
        {str(key): str(value) for key, value in defaults.items()},
        "last" if data.get("extract_last") else "first" if data.get("extract") else "",
    )


def _read_yaml(path: Path) -> dict[str, Any]:
    try:
        data = yaml.safe_load(read_file(path, root=None, most=_LARGEST).decode("utf-8"))
    except OSError as exc:
        raise SousError(f"cannot read the template {path}: {exc.strerror}") from exc
    except (yaml.YAMLError, ValueError, RecursionError) as exc:
        raise SousError(f"{path} is not valid YAML: {exc}") from exc
    if isinstance(data, str):
        return {"prompt": data}
    if not isinstance(data, dict):
        raise SousError(f"{path}: a template is a table with `prompt` or `system`")
    return data
