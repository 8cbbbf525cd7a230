"""The first settings of a project, and what git is told to ignore: `sous init`."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Literal, NamedTuple

from sous.bundle.ignore import GITIGNORE, ignored_by_git
from sous.bundle.starter import SETTINGS
from sous.environment import current
from sous.errors import SousError
from sous.files import read_file, write_file
from sous.folders import hold
from sous.git_place import find_checkout
from sous.mise_files import read_toml
from sous.names import FOLDER, OWN_FILES
from sous.proc import ProgramFailed
from sous.project.manifests import TOLD_BY, test_command
from sous.root import MISE_FILES
from sous.settings import project_layers, trusted_facts
from sous.trust import trust

if TYPE_CHECKING:
    from pathlib import Path

IgnoreIn = Literal["exclude", "gitignore", "no"]

_LARGEST = 10_000_000  # bytes of a file that is added to
# what sous writes into a project, beside what it means to be committed
WRITTEN = tuple(name for name in OWN_FILES if not name.startswith(FOLDER))
_HEAD = "# what sous writes"


class FirstSettings(NamedTuple):
    """What the user wants: a model and a test command (empty: none), and where git is told."""

    model: str = ""
    test: str = ""
    ignore_in: IgnoreIn = "exclude"

    @property
    def values(self) -> dict[str, str]:
        """The settings that were answered."""
        return {key: value for key in ("model", "test") if (value := getattr(self, key))}


def guess_test(root: Path) -> str:
    """Return the command that runs the project's tests, empty where nothing says which."""
    there: dict[str, str | None] = {name: None for name in TOLD_BY if (root / name).is_file()}
    if found := test_command(there):
        return found
    is_python = any((root / name).is_file() for name in ("pyproject.toml", "setup.py", "tox.ini"))
    return "pytest -q" if is_python else ""


def begin(root: Path, answers: FirstSettings) -> list[str]:
    """Write settings and ignore rules, and return what was done, a line each. Raises SousError."""
    return [_write_settings(root, answers), *_ignore(root, answers.ignore_in)]


def _write_settings(root: Path, answers: FirstSettings) -> str:
    """Add `[_.sous]` to the project's mise file; trust it where the project sets nothing else."""
    found = [path for name in MISE_FILES if (path := root / name).is_file()]
    if kept := file_with_ours(root):
        lines = _lines(answers)
        if not lines:
            return f"{kept.name}: kept, it has [_.sous] already"
        raise SousError(
            f"{kept.name} has [_.sous] already; write there yourself: {'; '.join(lines)}"
        )
    sets_nothing = not trusted_facts(project_layers(root), root) and not current(root).brought
    path = next((one for one in found if "local" not in one.name), root / ".mise.toml")
    done = _add_settings(path, root, answers, is_new=path not in found)
    if not answers.values:
        return done
    if not sets_nothing:
        return f"{done}; `sous trust` shows what the project sets, and lets you use it"
    trust(root, trusted_facts(project_layers(root), root))
    return done


def file_with_ours(root: Path) -> Path | None:
    """Return the project's mise file that has `[_.sous]` already."""
    paths = (root / name for name in MISE_FILES)
    return next((path for path in paths if path.is_file() and "sous" in _underscore(path)), None)


def _add_settings(path: Path, root: Path, answers: FirstSettings, *, is_new: bool) -> str:
    before = b"" if is_new else read_file(path, root=root, most=_LARGEST)
    after = _joined(before, _settings(answers))
    _refuse_other(path, after, answers.values)
    write_file(path, after, root=root)
    return f"{path.name}: {'written' if is_new else 'added to'}"


def _underscore(path: Path) -> dict[str, object]:
    """Return the table `_` of a mise file, where users keep what mise does not read."""
    found = read_toml(path).get("_", {})
    return found if isinstance(found, dict) else {}


def _settings(answers: FirstSettings) -> str:
    """Return the table, with what was answered in the place of the examples."""
    given = {line.partition(" = ")[0]: line for line in _lines(answers)}
    keys = ((line.removeprefix("# ").partition(" = ")[0], line) for line in SETTINGS.splitlines())
    return "".join(f"{given.get(key, line)}\n" for key, line in keys)


def _lines(answers: FirstSettings) -> list[str]:
    """Return the answers as lines of TOML."""
    return [f"{key} = {_string(value)}" for key, value in answers.values.items()]


def _string(value: str) -> str:
    """Return a text as a string of TOML: that of JSON, but for what TOML has as it is."""
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")


def _joined(before: bytes, text: str) -> bytes:
    """Return a file with text added as a part of its own, in the file's own line ends."""
    if not before:
        return text.encode()
    end = b"\r\n" if b"\r\n" in before else b"\n"
    gap = b"" if before.endswith(b"\n") else end
    return before + gap + end + text.encode().replace(b"\n", end)


def _refuse_other(path: Path, after: bytes, wanted: dict[str, str]) -> None:
    """Raise SousError unless the new text of a mise file says what was answered."""
    import sys

    if sys.version_info >= (3, 11):
        import tomllib
    else:
        import tomli as tomllib
    try:
        table = tomllib.loads(after.decode("utf-8"))["_"]["sous"]
    except (ValueError, KeyError, TypeError) as exc:
        raise SousError(
            f"cannot add [_.sous] to {path.name}: {exc}; correct the file, or write there "
            f"yourself: {'; '.join(f'{key} = {_string(value)}' for key, value in wanted.items())}"
        ) from exc
    if table != wanted:
        raise SousError(f"{path.name} would not say what you answered; nothing was written")


def _ignore(root: Path, where: IgnoreIn) -> list[str]:
    """Have git ignore what sous writes."""
    if where == "no":
        return []
    try:
        checkout = find_checkout(root)
    except ProgramFailed:
        return ["no git repository, so nothing was ignored"]
    ignored = ignored_by_git(root, WRITTEN)
    missing = [name for name in WRITTEN if name not in ignored]
    if not missing:
        return ["git ignores bundle and reports already"]
    if where == "gitignore":
        path, base = root / GITIGNORE, root
        patterns = [f"/{name}" for name in missing]
    else:
        path, base = checkout.common / "info" / "exclude", checkout.common
        inside = root.resolve().relative_to(checkout.top).as_posix()
        prefix = "" if inside == "." else f"/{_literal(inside)}"
        patterns = [f"{prefix}/{name}" for name in missing]
        with hold(checkout.common, "info", create=True):
            pass  # git makes it with a repository, and works without
    before = read_file(path, root=base, most=_LARGEST) if path.is_file() else b""
    there = before.decode("utf-8", "replace").splitlines()
    if all(pattern in there for pattern in patterns):
        return ["git ignores bundle and reports already"]
    write_file(path, _joined(before, "\n".join([_HEAD, *patterns]) + "\n"), root=base)
    shown = path.name if where == "gitignore" else ".git/info/exclude"
    return [f"{shown}: {len(missing)} patterns added"]


def _literal(path: str) -> str:
    """Return a path as a pattern that means it alone (gitignore(5))."""
    return re.sub(r"([\\*?\[ ])", r"\\\1", path)
