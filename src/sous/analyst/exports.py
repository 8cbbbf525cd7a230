"""What a file hands out, and how a test gets it: only what the code itself proves."""

from __future__ import annotations

import keyword
import re
import sys
from typing import TYPE_CHECKING

from sous.analyst.manifests import manifest_of, toml_of
from sous.project.data import at, table, text, texts

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sous.analyst.facts import ScriptExport
    from sous.analyst.survey import Code, Survey

SCRIPTS = ("JavaScript", "TypeScript")
_ALL = re.compile(r"^__all__\b[^=\n]*\+?=\s*[\[(]([^\])]*)", re.MULTILINE)
_NAME = re.compile(r"[A-Za-z_$][\w$]*")
_RUST_PUBLIC = re.compile(r"\s*pub (?:(?:async|const|unsafe|extern \"C\") )*fn\b")


def is_exported(survey: Survey, code: Code) -> bool:
    """Tell whether other files can get at a function: what the language calls public."""
    language = survey.facts[code.path].language
    line = survey.lines(code.path)[code.function.first - 1]
    owner = code.function.owner
    if language == "Python":
        return _is_in_all(survey, code.path, owner.partition(".")[0] or code.function.name)
    if language in SCRIPTS:
        is_private = re.search(rf"\bprivate\b|#{re.escape(code.function.name)}\b", line)
        return not is_private and bool(
            script_export(survey, code.path, script_subject(survey, code))
        )
    if language == "Go":
        return not owner or owner[0].isupper()
    return language != "Rust" or bool(_RUST_PUBLIC.match(line))


# -- Python


def _is_in_all(survey: Survey, path: str, name: str) -> bool:
    """Tell whether a module offers a name: by `__all__`, else unless a part of its path is private."""
    listed = _ALL.findall(survey.files[path].text)
    if listed and name in _NAME.findall(" ".join(listed)):
        return True
    is_private = any(part.startswith("_") and not part.startswith("__") for part in path.split("/"))
    return name in _handed_on(survey) if listed or is_private else True


def _handed_on(survey: Survey) -> set[str]:
    """Return the names that the packages of a project import to hand them on."""
    if "handed on" not in survey.memo:
        survey.memo["handed on"] = {
            dotted.rpartition(".")[2]
            for path in survey.program
            if path.endswith("__init__.py")
            for dotted in survey.facts[path].imports
        }
    found: set[str] = survey.memo["handed on"]
    return found


def python_module(survey: Survey, path: str) -> str:
    """Return the name that a test imports a module by; empty where nothing proves that it can.

    Proof: tests import the same top-level name, or it is what `pip install` or `python -m pytest`
    puts on the path, and what it imports is the project's own, of Python, or a dependency.
    """
    if path.rpartition("/")[2] in ("__main__.py", "setup.py", "conftest.py"):
        return ""
    parts = path.removesuffix(".py").removesuffix("/__init__").split("/")
    loaded = _loaded_by_tests(survey)
    for root, is_sure in _python_roots(survey).items():
        own = parts[root.count("/") + 1 :] if root else parts
        if (root and not path.startswith(f"{root}/")) or not own:
            continue
        is_named = all(part.isidentifier() and not keyword.iskeyword(part) for part in own)
        if is_named and (is_sure or own[0] in loaded) and _can_load(survey, path):
            return ".".join(own)
    return ""


def _python_roots(survey: Survey) -> dict[str, bool]:
    """Return folders that modules may be imported from, and whether it is known without a test that does it."""
    tool = table(toml_of(survey, "pyproject.toml").get("tool"))
    packages = at(tool, "poetry", "packages")
    told = [
        *texts(at(tool, "setuptools", "packages", "find", "where")),
        *table(at(tool, "setuptools", "package-dir")).values(),
        *(text(at(row, "from")) for row in (packages if isinstance(packages, list) else ())),
        *(one.rpartition("/")[0] for one in _hatch_packages(tool)),
        *texts(at(tool, "pytest", "ini_options", "pythonpath")),
    ]
    sure = {one.strip("./"): True for one in told if isinstance(one, str) and one.strip("./")}
    is_installed = any(one in survey.files for one in ("setup.py", "setup.cfg")) or bool(
        manifest_of(survey, "pyproject.toml").name
    )
    has_src = any(path.startswith("src/") for path in survey.files)
    return {**sure, "src": is_installed, "": not has_src} if has_src else {**sure, "": True}


def _hatch_packages(tool: object) -> list[str]:
    return texts(at(tool, "hatch", "build", "targets", "wheel", "packages"))


def _loaded_by_tests(survey: Survey) -> set[str]:
    """Return the top-level modules that tests import."""
    return {
        dotted.partition(".")[0]
        for path in survey.tests
        for dotted in survey.facts[path].imports
        if not dotted.startswith(".")
    }


def _can_load(survey: Survey, path: str) -> bool:
    """Tell whether all that a module imports is there when tests run."""
    known = {*sys.stdlib_module_names, *_loaded_by_tests(survey), *_own_modules(survey)}
    for manifest in ("pyproject.toml", "setup.cfg", "setup.py"):
        known |= {_normal(one) for one in manifest_of(survey, manifest).dependencies}
    imported = {
        dotted.partition(".")[0]
        for dotted in survey.facts[path].imports
        if not dotted.startswith(".")
    }
    return {_normal(one) for one in imported} <= {_normal(one) for one in known}


def _own_modules(survey: Survey) -> Iterator[str]:
    for path in survey.files:
        if path.endswith(".py"):
            yield from path.removesuffix(".py").split("/")


def _normal(name: str) -> str:
    return re.sub(r"[-_.]+", "_", name).lower()


# -- JavaScript and TypeScript


_CLASS = re.compile(r"(?:export )?(?:default )?(?:abstract )?class (\w+)")


def script_subject(survey: Survey, code: Code) -> str:
    """Return what has to be loaded to get at a function: its class, by the nearest line at the margin, or itself."""
    if code.function.owner:
        return code.function.owner
    lines = survey.lines(code.path)
    if not lines[code.function.first - 1][:1].isspace():
        return code.function.name
    above = (lines[at] for at in range(code.function.first - 2, -1, -1))
    margin = next((line for line in above if line[:1].isalpha()), "")
    match = _CLASS.match(margin)
    return match[1] if match else code.function.name


def script_export(survey: Survey, path: str, name: str) -> ScriptExport | None:
    """Return how a file hands a name out; None where it does not."""
    return next((one for one in survey.facts[path].exports if one.own == name), None)


# -- Rust


def is_compiled(survey: Survey, path: str) -> bool:
    """Tell whether a file of Rust is in its crate without any feature: by the `mod` lines above it."""
    root, _, inside = f"/{path}".rpartition("/src/")
    root = root.lstrip("/")
    manifest = f"{root}/Cargo.toml".lstrip("/")
    if manifest not in survey.files or at(toml_of(survey, manifest), "lib", "proc-macro"):
        return False
    if re.search(r"^\s*#!\[cfg\(", survey.files[path].text, re.MULTILINE):
        return False
    source = f"{root}/src".lstrip("/")
    if inside in ("lib.rs", "main.rs"):
        return True
    parts = inside.removesuffix(".rs").removesuffix("/mod").split("/")
    above = [f"{source}/lib.rs", f"{source}/main.rs"]
    for at_part, part in enumerate(parts):
        if not any(_has_module(survey, one, part) for one in above):
            return False
        folder = f"{source}/{'/'.join(parts[: at_part + 1])}"
        above = [f"{folder}.rs", f"{folder}/mod.rs"]
    return True


def _has_module(survey: Survey, path: str, name: str) -> bool:
    """Tell whether a file has a line `mod NAME;` with no condition above it."""
    if path not in survey.files:
        return False
    lines = survey.lines(path)
    for number, line in enumerate(lines):
        if re.match(rf"(?:pub(?:\([^)]*\))? )?mod {re.escape(name)};", line):
            return not (number and "cfg" in lines[number - 1])
    return False
