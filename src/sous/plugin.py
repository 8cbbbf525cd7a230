"""Hooks for llm: `llm sous …`, `-m sous-static`, `-t sous:NAME`, `-f bundle:PATH`, `-T Sous`.

llm imports this at every start, and a plugin that fails to import breaks every llm command: nothing
heavy here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import llm

if TYPE_CHECKING:
    from collections.abc import Callable

    import click


@llm.hookimpl
def register_commands(cli: click.Group) -> None:
    """Add `llm sous`."""
    from sous.cli import sous

    cli.add_command(sous, "sous")


@llm.hookimpl
def register_models(register: Callable[..., Any]) -> None:
    """Add `-m sous-static`."""
    from sous.analyst.static import Static

    register(Static())


@llm.hookimpl
def register_template_loaders(register: Callable[..., Any]) -> None:
    """Add `-t sous:code-review-gen`."""
    register("sous", load_template)


@llm.hookimpl
def register_fragment_loaders(register: Callable[..., Any]) -> None:
    """Add `-f bundle:PATH`."""
    register("bundle", load_bundle)


@llm.hookimpl
def register_tools(register: Callable[..., Any]) -> None:
    """Add `-T Sous`."""
    from sous.tools.toolbox import Sous

    register(Sous)


def load_template(name: str) -> llm.Template:
    """Load a prompt template of sous, with or without -gen: sous:code-review."""
    from sous.prompts.find import shipped_template

    found = shipped_template(name)
    return llm.Template(
        name=found.name, prompt=found.prompt, system=found.system, defaults=found.defaults or None
    )


def load_bundle(path: str) -> llm.Fragment:
    """Pack a folder or file as `sous bundle PATH` does: bundle:src."""
    from pathlib import Path

    from sous.bundle.pack import pack_to_text
    from sous.root import find_root

    cwd = Path.cwd()
    text = pack_to_text(path, cwd=cwd, root=find_root(cwd))
    return llm.Fragment(text, f"bundle:{path}")
