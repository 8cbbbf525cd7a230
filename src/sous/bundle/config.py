"""repomix.config.json and its kin, so that a repository that has one needs no new settings."""

from __future__ import annotations

import difflib
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sous.effort import read_within
from sous.errors import SousError
from sous.files import read_file, shown_path
from sous.root import project_of
from sous.terminal import inform, say

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_LARGEST = 200_000  # bytes of a configuration
_READ = ("json5", "jsonc", "json")
_RUN = ("ts", "mts", "cts", "js", "mjs", "cjs")
_STYLES = ("xml", "markdown", "plain", "json")
_PATH_STYLES = ("target-relative", "cwd-relative")

# repomix 1.18.1's keys (repomix-schema of that release): where, the field of a Recipe, what the
# value must be.
_KEYS: tuple[tuple[str, str, str], ...] = (
    ("include", "include", "globs"),
    ("ignore.useGitignore", "gitignore", "boolean"),
    ("ignore.useDotIgnore", "dot_ignore", "boolean"),
    ("ignore.useDefaultPatterns", "default_patterns", "boolean"),
    ("ignore.customPatterns", "ignore", "globs"),
    ("input.maxFileSize", "max_file_size", "count"),
    ("output.style", "style", "style"),
    ("output.filePathStyle", "path_style", "path style"),
    ("output.parsableStyle", "parsable", "boolean"),
    ("output.headerText", "header_text", "text"),
    ("output.instructionFilePath", "instruction_file", "text"),
    ("output.fileSummary", "file_summary", "boolean"),
    ("output.directoryStructure", "directory_structure", "boolean"),
    ("output.files", "files", "boolean"),
    ("output.removeComments", "remove_comments", "boolean"),
    ("output.removeEmptyLines", "remove_empty_lines", "boolean"),
    ("output.compress", "compress", "boolean"),
    ("output.showLineNumbers", "line_numbers", "boolean"),
    ("output.truncateBase64", "truncate_base64", "boolean"),
    ("output.includeEmptyDirectories", "empty_directories", "boolean"),
    ("output.includeFullDirectoryStructure", "full_directory_structure", "boolean"),
    ("output.git.sortByChanges", "sort_by_changes", "boolean"),
    ("output.git.sortByChangesMaxCommits", "max_commits", "count"),
    ("output.git.includeDiffs", "diffs", "boolean"),
    ("output.git.includeLogs", "logs", "boolean"),
    ("output.git.includeLogsCount", "logs_count", "count"),
)
# What decides about the command, not about the bundle: the option of `sous bundle`.
_OPTIONS: tuple[tuple[str, str, str], ...] = (
    ("output.topFilesLength", "top", "number"),
    ("output.tokenCountTree", "least", "tree"),
    ("output.tokenBudget", "token_budget", "count"),
    ("output.splitOutput", "split", "count"),
    ("tokenCount.encoding", "token_count_encoding", "encoding"),
)
# What has no part in a bundle of ours, and why: said when it is set to anything but `False`.
_NOT_DONE = {
    "output.filePath": "the bundle goes to output.txt; use -o for another file",
    "output.copyToClipboard": "`sous copy-buffer` copies",
    "input.processors": "commands of a repository are not run",
    "security.enableSecurityCheck": "secrets are masked; use --secrets allow to keep them",
}
_NOT_DONE_KINDS = {
    "output.filePath": "text",
    "output.copyToClipboard": "boolean",
    "input.processors": "tables",
    "security.enableSecurityCheck": "boolean",
}
_ENCODINGS = ("o200k_base", "cl100k_base", "p50k_base", "p50k_edit", "r50k_base")
# What lets more in than usual: it holds, as in repomix, and is said.
_WIDER = {
    "ignore.useGitignore": ".gitignore files",
    "ignore.useDotIgnore": ".ignore files",
    "ignore.useDefaultPatterns": "the default patterns",
}
_FALSE_IS_NEWS = frozenset({"security.enableSecurityCheck"})


@dataclass(frozen=True)
class PathRule:
    """What holds for files that match a glob (repomix's `output.patterns`).

    The first rule that matches decides.
    """

    pattern: str
    compress: bool = False
    listed_only: bool = False


def load_config(base: Path, *, root: Path, named: str | None = None) -> dict[str, Any]:
    """Return the fields of a Recipe that repomix's configuration file sets.

    `named` (from -c) replaces the search.

    Looked for in `base`, then in the user's own folder of repomix. Raises SousError for a file that
    is missing, broken or has a value of a wrong type; unknown keys are said.
    """
    path = _find(base, named)
    if path is None:
        return {}
    data = _parse(path)
    _say_unknown(data, path)
    _check_others(data, path)
    found: dict[str, Any] = {}
    for key, name, kind in _KEYS:
        value = _value(data, key, path)
        if value is not None:
            found[name] = _checked(path, key, kind, value)
    rules = _value(data, "output.patterns", path)
    if rules is not None:
        found["patterns"] = _rules(path, rules)
    for key, why in _NOT_DONE.items():
        value = _value(data, key, path)
        if value is False if key in _FALSE_IS_NEWS else value:
            say(f"{shown_path(path)}: {key} is ignored: {why}")
    for key, what in _WIDER.items():
        if _value(data, key, path) is False:
            inform(f"{shown_path(path)} turns {what} off")
    if not path.is_relative_to(root):
        inform(f"packing as {path} says")
    return found


def options_of(base: Path, named: str | None = None) -> dict[str, Any]:
    """Return the options of `sous bundle` that a configuration sets: what it shows, and parts.

    Raises SousError as `load_config` does, which says what there is to say.
    """
    path = _find(base, named, quiet=True)
    if path is None:
        return {}
    data = _parse(path)
    found = {}
    for key, name, kind in _OPTIONS:
        value = _value(data, key, path)
        if value is not None and value is not False:
            found[name] = _checked(path, key, kind, value)
    return found


def _check_others(data: dict[str, Any], path: Path) -> None:
    """Check the values that are in no recipe."""
    for key, kind in (*((key, kind) for key, _, kind in _OPTIONS), *_NOT_DONE_KINDS.items()):
        if (value := _value(data, key, path)) is not None:
            _checked(path, key, kind, value)


def _say_unknown(data: dict[str, Any], path: Path) -> None:
    known = {key for key, _, _ in (*_KEYS, *_OPTIONS)} | set(_NOT_DONE)
    known |= {"$schema", "output.patterns"}
    tables = {key.rpartition(".")[0] for key in known if "." in key}
    for key in _keys(data, "", tables):
        if key not in known:
            near = difflib.get_close_matches(key, known, 1)
            hint = f"; did you mean {near[0]}?" if near else ""
            say(f"{shown_path(path)}: {key} is not a key that sous knows, so it is ignored{hint}")


def _keys(data: dict[str, Any], above: str, tables: set[str]) -> Iterator[str]:
    for name, value in data.items():
        key = f"{above}{name}"
        if key in tables and isinstance(value, dict):
            yield from _keys(value, f"{key}.", tables)
        elif key not in tables:
            yield key


def _find(base: Path, named: str | None, *, quiet: bool = False) -> Path | None:
    if named is not None:
        path = base / named
        if path.suffix.lstrip(".") not in (*_READ, *_RUN):
            raise SousError(
                f"{named} is not a configuration of repomix: it ends in "
                f"{', '.join(f'.{one}' for one in _READ)}"
            )
        if not path.is_file():
            raise SousError(
                f"{named} does not exist; name a repomix.config.json with -c, or leave it out"
            )
        if path.suffix.lstrip(".") in _RUN:
            raise SousError(
                f"{named} is a program, which is not run; write it as repomix.config.json5"
            )
        return path
    for folder in (base, _user_folder()):
        if program := next((one for one in _RUN if _config_in(folder, one).is_file()), None):
            if not quiet:
                say(
                    f"repomix.config.{program} is a program, which is not run: its "
                    "settings are ignored"
                )
            return None
        paths = (_config_in(folder, ending) for ending in _READ)
        if found := next(filter(Path.is_file, paths), None):
            return found
    return None


def _config_in(folder: Path, ending: str) -> Path:
    return folder / f"repomix.config.{ending}"


def _user_folder() -> Path:
    from sous.mise_files import config_home

    return config_home() / "repomix"


def _parse(path: Path) -> dict[str, Any]:
    import json5

    try:
        is_users = path.is_relative_to(_user_folder())
        bounds = None if is_users else project_of(path) or path.parent
        text = read_file(path, root=bounds, most=_LARGEST).decode("utf-8-sig")
        data = read_within(shown_path(path), json5.loads, text)
    except OSError as exc:
        raise SousError(f"cannot read {shown_path(path)}: {exc.strerror}") from exc
    except (ValueError, RecursionError) as exc:  # its text begins with "<string>:3 "
        place = str(exc).removeprefix("<string>:")
        raise SousError(
            f"{shown_path(path)} is not valid JSON5: line {place}; fix it there"
        ) from exc
    if not isinstance(data, dict):
        raise SousError(f"{shown_path(path)} must be a table; see repomix's documentation")
    return data


def _value(data: dict[str, Any], key: str, path: Path) -> Any:
    current: Any = data
    walked: list[str] = []
    for name in key.split("."):
        if current is None:
            return None
        if not isinstance(current, dict):
            raise SousError(
                f"{shown_path(path)}: `{'.'.join(walked)}` must be a table, not {current!r}"
            )
        current = current.get(name)
        walked.append(name)
    return current


def _is_number(value: Any, least: int) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= least


def _is_list_of(kind: type, value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(one, kind) for one in value)


def _is_one_of(values: tuple[str, ...], value: Any) -> bool:
    return isinstance(value, str) and value in values


def _checked(path: Path, key: str, kind: str, value: Any) -> Any:
    is_good, what = _KINDS[kind]
    if not is_good(value):
        raise SousError(f"{shown_path(path)}: `{key}` must be {what}, not {value!r}")
    if kind == "tree":
        return 0 if isinstance(value, bool) else int(value)
    if kind == "globs":
        return tuple(one for one in value if one.strip())
    return value.lower() if kind == "style" else value


def _is_text(value: str) -> bool:
    """Tell whether a text can be written: JSON can hold halves of characters."""
    try:
        value.encode("utf-8")
    except UnicodeEncodeError:
        return False
    return True


def _rules(path: Path, value: Any) -> tuple[PathRule, ...]:
    flags = ("compress", "directoryStructureOnly")
    if not isinstance(value, list) or not all(isinstance(one, dict) for one in value):
        raise SousError(f"{shown_path(path)}: `output.patterns` must be a list of tables")
    for one in value:
        _checked(path, "output.patterns[].pattern", "text", one.get("pattern"))
        for flag in flags:
            _checked(path, f"output.patterns[].{flag}", "boolean", one.get(flag, False))
    return tuple(
        PathRule(one["pattern"], *(bool(one.get(flag, False)) for flag in flags)) for one in value
    )


# What a value must be, and what that is called.
_KINDS: dict[str, tuple[Callable[[Any], bool], str]] = {
    "globs": (partial(_is_list_of, str), "a list of globs"),
    "boolean": (lambda value: isinstance(value, bool), "true or false"),
    "count": (lambda value: _is_number(value, 1), "a number from 1"),
    "number": (lambda value: _is_number(value, 0), "a number from 0"),
    "tree": (
        lambda value: isinstance(value, bool) or str(value).isdecimal(),
        "true, false or a number of tokens",
    ),
    "tables": (partial(_is_list_of, dict), "a list of tables"),
    "encoding": (partial(_is_one_of, _ENCODINGS), f"one of {', '.join(_ENCODINGS)}"),
    "text": (lambda value: isinstance(value, str) and _is_text(value), "a text"),
    "style": (
        lambda value: isinstance(value, str) and value.lower() in _STYLES,
        f"one of {', '.join(_STYLES)}",
    ),
    "path style": (partial(_is_one_of, _PATH_STYLES), f"one of {', '.join(_PATH_STYLES)}"),
}
