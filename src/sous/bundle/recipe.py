"""How a bundle is made: a table of all options, and how the places that set them combine."""

from __future__ import annotations

import os
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypedDict

from sous.bundle.config import PathRule, load_config
from sous.bundle.secret_allow import COMMENTS
from sous.errors import SousError, UsageProblem
from sous.files import read_file, refuse_link_out, shown_path
from sous.root import holds_home
from sous.settings import is_trusted_as_it_is, load_settings, with_globs

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sous.settings import Settings

_FROM_SETTINGS = ("style", "line_numbers", "budget", "git_excludes", "notebooks")
MAX_FILE_SIZE = 50 * 1024 * 1024  # as repomix's input.maxFileSize


@dataclass(frozen=True)
class PackTarget:
    """A folder to pack: `base`, which globs are relative to; `label` before its paths.

    `parts`: only these files.
    """

    base: Path
    label: str = ""
    parts: tuple[str, ...] = ()


@dataclass(frozen=True)
class Recipe:
    """All that decides about the bytes of a bundle; the defaults are here and nowhere else.

    Sizes are bytes, `budget` is o200k tokens. Names follow repomix's options.
    """

    targets: tuple[PackTarget, ...]
    cwd: Path
    # what is in it
    include: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    listed: tuple[str, ...] = ()  # full paths from stdin
    default_patterns: bool = True
    gitignore: bool = True
    dot_ignore: bool = True
    git_excludes: bool = False  # whether git's core.excludesFile counts
    max_file_size: int = MAX_FILE_SIZE
    since: str | None = None
    # how it is written
    style: str = "xml"
    parsable: bool = False
    path_style: str = "target-relative"
    line_numbers: bool = True
    header_text: str = ""
    instruction: str = ""
    file_summary: bool = True
    directory_structure: bool = True
    files: bool = True
    full_directory_structure: bool = False
    empty_directories: bool = False
    # what is done to the content
    remove_empty_lines: bool = False
    remove_comments: bool = False
    truncate_base64: bool = False
    notebooks: str = "whole"  # or "cells"
    compress: bool = False
    patterns: tuple[PathRule, ...] = ()
    secrets: str = "mask"
    secrets_engine: str = "builtin"
    allow_secrets: tuple[str, ...] = ()  # fingerprints, and "comments"
    # git
    sort_by_changes: bool = True
    max_commits: int = 100
    diffs: bool = False
    logs: bool = False
    logs_count: int = 50
    # size
    budget: int | None = None
    budget_strict: bool = False
    task: str | None = None
    split: int | str | None = None  # bytes, or a size: 100k-tokens


class Choices(TypedDict, total=False):
    """The fields of a Recipe that can be given by name; see there for what they mean.

    `instruction_file` is a path, relative to the folder that is packed.
    """

    include: Sequence[str]
    ignore: Sequence[str]
    listed: Sequence[str]
    default_patterns: bool
    gitignore: bool
    dot_ignore: bool
    git_excludes: bool
    max_file_size: int
    since: str
    style: str
    parsable: bool
    path_style: str
    line_numbers: bool
    header_text: str
    instruction_file: str
    file_summary: bool
    directory_structure: bool
    files: bool
    full_directory_structure: bool
    empty_directories: bool
    remove_empty_lines: bool
    remove_comments: bool
    truncate_base64: bool
    notebooks: str
    compress: bool
    secrets: str
    secrets_engine: str
    allow_secrets: Sequence[str]
    sort_by_changes: bool
    max_commits: int
    diffs: bool
    logs: bool
    logs_count: int
    budget: int
    budget_strict: bool
    task: str
    split: int | str


@dataclass(frozen=True)
class Order:
    """What a command line asked for: where, which paths, and the fields of a Recipe in `given`."""

    cwd: Path
    paths: tuple[str, ...] = ()
    project: bool = False
    config: str | None = None
    given: Mapping[str, Any] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        """Return a table that `from_json` reads."""
        return {**asdict(self), "cwd": str(self.cwd), "given": dict(self.given)}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Order:
        """Return the order that `as_json` wrote.

        Raises KeyError and TypeError for anything else.
        """
        return cls(
            Path(data["cwd"]),
            tuple(data["paths"]),
            bool(data["project"]),
            data["config"],
            dict(data["given"]),
        )

    def what(self) -> str:
        """Return in words what was asked for."""
        named = [*self.paths, *self.given.get("include", ()), *self.given.get("listed", ())]
        since = self.given.get("since")
        return ", ".join(named) or (
            f"what changed since {since}" if since else shown_path(self.cwd)
        )

    def is_whole(self, root: Path) -> bool:
        """Tell whether all of the project was asked for."""
        narrow = ("include", "listed", "since")
        return (
            not self.paths
            and (self.project or self.cwd == root)
            and not any(map(self.given.get, narrow))
        )


def recipe_of(order: Order, *, root: Path, settings: Settings | None = None) -> Recipe:
    """Return the recipe: command line over settings over repomix's configuration over defaults.

    Globs of all places hold together. `settings`: those that are meant, where neither the
    environment nor a configuration that nobody named counts. Raises SousError and UsageProblem.
    """
    said, values = _said(order, root, settings)
    lists = {key: (*values.pop(key, ()), *getattr(said, key)) for key in ("include", "ignore")}
    lists["allow_secrets"] = (*said.allow_secrets, *order.given.get("allow_secrets", ()))
    single = {key: getattr(said, key) for key in _FROM_SETTINGS}
    values |= {key: value for key, value in single.items() if value is not None}
    values |= {key: value for key, value in order.given.items() if value is not None}
    values |= lists
    values["instruction"] = _instruction(values.pop("instruction_file", None), order, root)
    values = {
        key: tuple(value) if isinstance(value, list) else value for key, value in values.items()
    }
    targets = (
        (PackTarget(root),) if order.project else targets_of(order.paths, order.cwd, root=root)
    )
    return Recipe(targets=targets, cwd=order.cwd if not order.project else root, **values)


def _said(order: Order, root: Path, settings: Settings | None) -> tuple[Settings, dict[str, Any]]:
    """Return the settings with the globs of an order, and what repomix's configuration says."""
    base = root if order.project else order.cwd
    globs = {key: order.given.get(key) for key in ("include", "ignore")}
    if settings is None:
        trusted = is_trusted_as_it_is(root)
        found = load_settings(root, given=globs, needs=("allow_secrets",) if trusted else ())
        if trusted:
            found = replace(found, allow_secrets=(*found.allow_secrets, COMMENTS))
        return found, load_config(base, root=root, named=order.config)
    config = load_config(base, root=root, named=order.config) if order.config else {}
    return with_globs(settings, globs), config


def targets_of(paths: tuple[str, ...], cwd: Path, *, root: Path) -> tuple[PackTarget, ...]:
    """Return the targets of PATH arguments: none is `cwd`, a folder itself, several get labels.

    Raises UsageProblem for a path that is missing, lies outside `root` or is not to be packed.
    """
    full = [_checked(path, cwd, root) for path in (paths or (".",))]
    if len(full) == 1 and full[0].is_dir():
        return (PackTarget(full[0]),)
    targets: list[PackTarget] = []
    labels: set[str] = set()
    for path in full:
        inside = path.is_relative_to(cwd)
        if path.is_dir():
            label = wanted = (
                path.relative_to(cwd).as_posix() if inside and path != cwd else path.name
            )
            number = 2
            while label in labels:
                label, number = f"{wanted}-{number}", number + 1
            labels.add(label)
            targets.append(PackTarget(path, label))
        elif inside and targets and targets[-1].base == cwd and targets[-1].parts:
            targets[-1] = PackTarget(
                cwd, "", (*targets[-1].parts, path.relative_to(cwd).as_posix())
            )
        else:
            base = cwd if inside else path.parent
            targets.append(PackTarget(base, "", (path.relative_to(base).as_posix(),)))
    return tuple(targets)


def _checked(path: str, cwd: Path, root: Path) -> Path:
    full = Path(os.path.normpath(cwd / path))
    if not full.exists():
        raise UsageProblem(f"{path} does not exist; name a file or folder to pack")
    if holds_home(full) or ".git" in full.parts:
        raise UsageProblem(
            f"{full} is your home folder or inside .git, and is not packed; "
            "name a folder of your own"
        )
    if not full.resolve().is_relative_to(root.resolve()):
        raise UsageProblem(
            f"{path} lies outside the project {root}; go there, or name its folder with --root"
        )
    if not (full.is_dir() or full.is_file()):
        raise UsageProblem(f"{path} is not a regular file; name a file or folder to pack")
    return full


def _instruction(named: str | None, order: Order, root: Path) -> str:
    """Return the text of the instruction file.

    One that a configuration file names must lie in the project.
    """
    if not named:
        return ""
    path = order.cwd / named
    try:
        if "instruction_file" not in order.given:
            inside = os.path.normpath(path)
            if not Path(inside).is_relative_to(root) or ".git" in Path(inside).parts:
                raise SousError(
                    f"output.instructionFilePath names {named}, which is not a file of "
                    f"{root}; put it "
                    "inside"
                )
            refuse_link_out(path, root=root)
        if not path.is_file():  # a FIFO would be waited for
            raise SousError(
                f"the instruction file {named} does not exist, or is not a regular file"
            )
        return read_file(path, root=None, most=MAX_FILE_SIZE).decode("utf-8-sig", "replace")
    except (OSError, ValueError) as exc:
        raise SousError(f"cannot read the instruction file {named!r}: {exc}") from exc
