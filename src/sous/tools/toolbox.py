"""The tools of a project for models of llm: `llm -T Sous`."""

from __future__ import annotations

import functools
import inspect
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import llm

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable


class Sous(llm.Toolbox):
    """Read a project, its reports, findings and plan: `-T Sous`, `-T 'Sous(root="../other")'`.

    `allow_write` adds the tools that mark steps and items and pack the bundle.
    """

    def __init__(self, root: str = "", *, allow_write: bool = False) -> None:
        self._named = root
        self._may_write = allow_write

    @classmethod
    def method_tools(cls) -> list[llm.Tool]:
        """Return the tools that `llm tools list` shows."""
        return list(cls(allow_write=True).tools())

    def tools(self) -> Iterable[llm.Tool]:
        """Return the tools of the project that is named, else of the one around this folder."""
        from sous.root import find_root
        from sous.tools.project import ProjectTools

        named = Path(self._named) if self._named else None
        offered = ProjectTools(find_root(Path.cwd(), named=named), may_write=self._may_write)
        for tool in offered.offered():
            yield llm.Tool.function(_told(tool), name=f"sous_{tool.__name__}")


def _told(tool: Callable[..., dict[str, Any]]) -> Callable[..., str]:
    """Return a tool that gives JSON, and its foreseen errors as such."""
    from sous.errors import SousError
    from sous.terminal import one_line

    @functools.wraps(tool)
    def called(*args: Any, **kwargs: Any) -> str:
        try:
            return json.dumps(tool(*args, **kwargs), ensure_ascii=False)
        except SousError as error:
            return json.dumps({"error": one_line(str(error))}, ensure_ascii=False)

    called.__doc__ = inspect.getdoc(tool)
    return called
