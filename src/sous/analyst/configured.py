"""What a project's own configuration says of rules: which are switched off, and which Python it is for."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from sous.analyst.manifests import toml_of
from sous.bundle.globs import Globs

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sous.analyst.survey import Survey

_LONGEST = 200  # characters of a glob


class Ignored(NamedTuple):
    """Codes of rules that are switched off, and those for files by globs."""

    codes: tuple[str, ...]
    by_file: tuple[tuple[str, tuple[str, ...]], ...]

    def __call__(self, path: str, rule: str) -> bool:
        """Tell whether a rule is switched off for a file."""
        if rule.startswith(self.codes):
            return True
        return any(
            rule.startswith(codes) and Globs([glob, f"**/{glob}"]).match(path)
            for glob, codes in self.by_file
        )


def ignored_rules(survey: Survey) -> Ignored:
    """Return the rules that the project's configuration of ruff switches off, for all files or for some."""
    codes: list[str] = []
    by_file: list[tuple[str, tuple[str, ...]]] = []
    for table in _tables(survey):
        for key in ("ignore", "extend-ignore"):
            codes += _texts(table.get(key))
        for key in ("per-file-ignores", "extend-per-file-ignores"):
            own = table.get(key)
            for glob, some in own.items() if isinstance(own, dict) else ():
                if isinstance(glob, str) and len(glob) < _LONGEST and "!" not in glob:
                    by_file.append((glob, tuple(_texts(some))))
    return Ignored(tuple(codes), tuple(by_file))


def caps_python(survey: Survey, version: str) -> bool:
    """Tell whether the project says that it does not run on this version of Python."""
    project = toml_of(survey, "pyproject.toml").get("project")
    said = project.get("requires-python") if isinstance(project, dict) else None
    cap = re.search(r"<\s*(\d+)\.(\d+)", said) if isinstance(said, str) else None
    return bool(cap) and (int(cap[1]), int(cap[2])) <= tuple(map(int, version.split(".")))  # type: ignore[index]


def _texts(value: object) -> list[str]:
    return [one for one in value if isinstance(one, str) and one] if isinstance(value, list) else []


def _tables(survey: Survey) -> Iterator[dict[str, object]]:
    tool = toml_of(survey, "pyproject.toml").get("tool")
    ruff = tool.get("ruff") if isinstance(tool, dict) else None
    for table in (toml_of(survey, "ruff.toml"), toml_of(survey, ".ruff.toml"), ruff):
        for part in (table, table.get("lint")) if isinstance(table, dict) else ():
            if isinstance(part, dict):
                yield part
