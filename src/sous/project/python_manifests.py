"""What the manifests of Python projects say: pyproject.toml, setup.cfg, setup.py."""

from __future__ import annotations

import ast
import configparser

from sous.project.data import at, read_toml, table, text, texts
from sous.project.manifest import Manifest, names_of, strings

_MOST_CODE = 100_000  # characters; a longer one is cut, and is no code then


def pyproject(content: str) -> Manifest:
    """Read pyproject.toml: the project table, and that of Poetry."""
    data = read_toml(content)
    own, poetry = table(data.get("project")), table(at(data, "tool", "poetry"))
    needs = text(own.get("requires-python"))
    licence = own.get("license") or poetry.get("license")
    needed = names_of(texts(own.get("dependencies"))) | table(poetry.get("dependencies")).keys()
    for extra in table(own.get("optional-dependencies")).values():
        needed |= names_of(texts(extra))
    return Manifest(
        name=text(own.get("name")) or text(poetry.get("name")),
        description=text(own.get("description")) or text(poetry.get("description")),
        version=text(own.get("version")) or text(poetry.get("version")),
        licence=text(licence) or text(at(licence, "text")),
        needs=f"Python {needs}" if needs else "",
        dependencies=frozenset(needed),
        programs={**strings(poetry.get("scripts")), **strings(own.get("scripts"))},
    )


def setup_cfg(content: str) -> Manifest:
    """Read setup.cfg."""
    parser = configparser.RawConfigParser(strict=False)
    try:
        parser.read_string(content)
    except configparser.Error:
        return Manifest()
    needs = parser.get("options", "python_requires", fallback="")
    programs = {}
    for line in parser.get("options.entry_points", "console_scripts", fallback="").splitlines():
        name, equals, value = line.partition("=")
        if equals:
            programs[name.strip()] = value.strip()
    return Manifest(
        name=parser.get("metadata", "name", fallback=""),
        description=parser.get("metadata", "description", fallback=""),
        version=parser.get("metadata", "version", fallback=""),
        licence=parser.get("metadata", "license", fallback=""),
        needs=f"Python {needs}" if needs else "",
        dependencies=frozenset(
            names_of(parser.get("options", "install_requires", fallback="").splitlines())
        ),
        programs=programs,
    )


def setup_py(content: str) -> Manifest:
    """Read the texts that are given to `setup`; nothing is run."""
    try:
        nodes = list(ast.walk(ast.parse(content[:_MOST_CODE])))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return Manifest()
    given: dict[str, str] = {}
    for node in nodes:
        if (
            isinstance(node, ast.Call)
            and getattr(node.func, "id", getattr(node.func, "attr", "")) == "setup"
        ):
            for one in node.keywords:
                if (
                    one.arg
                    and isinstance(one.value, ast.Constant)
                    and isinstance(one.value.value, str)
                ):
                    given.setdefault(one.arg, one.value.value)
    needs = given.get("python_requires", "")
    return Manifest(
        name=given.get("name", ""),
        description=given.get("description", ""),
        version=given.get("version", ""),
        licence=given.get("license", ""),
        needs=f"Python {needs}" if needs else "",
    )
