"""The tasks of makefiles, justfiles and Taskfiles, each with what is said of it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from sous.project.data import at, read_yaml, table, text

if TYPE_CHECKING:
    from collections.abc import Iterator

_TARGETS = re.compile(r"^([^\s:=#.%$][^:=#\n]{0,1000}):(?!:{0,2}=)([^\n]*)", re.MULTILINE)
_SAID = re.compile(r"##[ \t]*(.*)")
_RECIPE = re.compile(r"^@?([A-Za-z_][\w-]*)(?:[ \t][^\n:]{0,500})?:(?!=)", re.MULTILINE)
_ALIAS = re.compile(r"^alias[ \t]+([\w-]+)[ \t]*:=", re.MULTILINE)
_COMMENT_ABOVE = re.compile(r"(?:^|\n)#[ \t]*([^\n]*)\n(?:\[[^\n]*\]\n)*\Z")


_DEFINE = re.compile(r" *(?:(?:override|export|unexport|private) +)*define\b(?! *[:=])")


def make_targets(content: str) -> dict[str, str]:
    """Return the targets of a makefile with what stands behind `##` in their lines.

    Pattern rules and variables are left out.
    """
    found: dict[str, str] = {}
    for match in _TARGETS.finditer("\n".join(_without_definitions(content))):
        said = _SAID.search(match[2])
        for name in match[1].split():
            found[name] = found.get(name) or (said[1].strip() if said else "")
    return found


def _without_definitions(content: str) -> Iterator[str]:
    """Yield the lines outside of `define … endef`: what is inside is text, not targets."""
    is_text = False
    for line in content.split("\n"):
        is_text = is_text or bool(_DEFINE.match(line))
        if not is_text:
            yield line
        is_text = is_text and not line.startswith("endef")


def just_recipes(content: str) -> dict[str, str]:
    """Return the recipes and aliases of a justfile with the comments above them."""
    found = dict.fromkeys(_ALIAS.findall(content), "")
    for match in _RECIPE.finditer(content):
        above = _COMMENT_ABOVE.search(content[max(0, match.start() - 500) : match.start()])
        found[match[1]] = above[1].strip() if above else ""
    return found


def task_names(content: str) -> dict[str, str]:
    """Return the tasks of a Taskfile with their descriptions."""
    tasks = table(read_yaml(content).get("tasks"))
    return {name: text(at(one, "desc")) or text(at(one, "summary")) for name, one in tasks.items()}
